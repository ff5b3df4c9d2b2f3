//! The XML of `JUnit` as Jenkins, `GitLab` and others read it: a suite a scenario, a case a step.
//!
//! There is no standard. `GitLab` shows a case's text and not its message or its suite, and of two cases of one name only the first; so a
//! text says everything a person needs, and a case is named after its scenario and its step.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::outcome::{Outcome, Verdict};
use crate::record::{Record, StepRecord, Story};
use crate::report::{human, words};
use crate::steps::StepName;

/// Renders the run.
pub(crate) fn render(record: &Record) -> String {
    let mut report = Report::new("usher");
    report.set_time(Duration::from_millis(record.millis));
    let suites = record.scenarios.iter().map(|story| suite(record, story));
    report.add_test_suites(suites);
    // It writes into memory, where nothing fails.
    report.to_string().unwrap_or_default()
}

fn suite(record: &Record, story: &Story) -> TestSuite {
    let mut suite = TestSuite::new(format!("usher {}", story.scenario.name()));
    suite.set_time(Duration::from_millis(story.millis));
    suite.add_property(("app", record.app.as_str()));
    if let Some(user) = &story.user {
        suite.add_property(("user", user.as_str()));
    }
    suite.add_test_cases(story.steps.iter().map(|step| case(record, story, step)));
    let shows_nothing = match story.verdict {
        Verdict::NothingRan | Verdict::OtherVersion | Verdict::Interrupted => true,
        Verdict::Passed
        | Verdict::Failed(_)
        | Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Skipped => false,
    };
    // In a run of skipped scenarios every case is skipped, and a CI server would take that for a pass.
    let nothing_ran = record.verdict == Verdict::NothingRan && story.verdict == Verdict::Skipped;
    if shows_nothing || nothing_ran {
        let status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let case = TestCase::new("run", status);
        let why = story.why.as_deref();
        let words = why.map_or_else(|| words::verdict(record), str::to_owned);
        suite.add_test_case(explained(case, record, story, &words));
    }
    suite
}

fn case(record: &Record, story: &Story, step: &StepRecord) -> TestCase {
    let why = step.why.as_deref().unwrap_or_default();
    let status = match step.outcome {
        Outcome::Passed => TestCaseStatus::success(),
        Outcome::Skipped => TestCaseStatus::skipped(),
        // What was created is still there: that says nothing about the deploy.
        Outcome::Failed if step.name == StepName::CleanUp => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        Outcome::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Outcome::Broken => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let mut case = TestCase::new(step.name.title(), status);
    case.set_time(Duration::from_millis(step.millis));
    explained(case, record, story, why)
}

fn explained(mut case: TestCase, record: &Record, story: &Story, why: &str) -> TestCase {
    case.set_classname(format!("usher.{}", story.scenario.name()));
    let explains = story
        .stopped_at()
        .is_some_and(|step| step.name.title() == case.name.as_str());
    match &mut case.status {
        TestCaseStatus::Success { .. } => {}
        TestCaseStatus::Skipped { message, .. } => *message = Some(why.into()),
        TestCaseStatus::NonSuccess {
            message,
            ty,
            description,
            ..
        } => {
            *message = Some(why.into());
            let finding = record.causes_of(story).next();
            *ty = finding.map(|finding| finding.cause.code.word().into());
            let text = if explains {
                human::explanation(record, story)
            } else {
                why.to_owned()
            };
            *description = Some(text.into());
        }
    }
    case
}
