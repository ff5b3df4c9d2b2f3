//! The XML of `JUnit` as Jenkins, `GitLab` and others read it: a suite a scenario, a case a step.
//!
//! There is no standard. `GitLab` shows a case's text and not its message or its suite, and of two cases of one name only the first; so a
//! text says everything a person needs, and a case is named after its scenario and its step.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::outcome::{Outcome, Verdict};
use crate::record::{Record, StepRecord};
use crate::report::human;
use crate::steps::StepName;

/// Renders the run.
pub(crate) fn render(record: &Record) -> String {
    let scenario = record.scenario.name();
    let mut suite = TestSuite::new(format!("usher {scenario}"));
    suite.set_time(Duration::from_millis(record.millis));
    suite.add_property(("app", record.app.as_str()));
    suite.add_property(("user", record.user.as_str()));
    suite.add_test_cases(record.steps.iter().map(|step| case(record, step)));
    let shows_nothing = match record.verdict {
        Verdict::NothingRan | Verdict::OtherVersion => true,
        Verdict::Passed
        | Verdict::Failed(_)
        | Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted => false,
    };
    if shows_nothing {
        let status = TestCaseStatus::non_success(NonSuccessKind::Error);
        let case = TestCase::new("run", status);
        suite.add_test_case(explained(case, record, &human::verdict(record)));
    }
    let mut report = Report::new("usher");
    report.set_time(Duration::from_millis(record.millis));
    report.add_test_suite(suite);
    // It writes into memory, where nothing fails.
    report.to_string().unwrap_or_default()
}

fn case(record: &Record, step: &StepRecord) -> TestCase {
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
    explained(case, record, why)
}

fn explained(mut case: TestCase, record: &Record, why: &str) -> TestCase {
    case.set_classname(format!("usher.{}", record.scenario.name()));
    let explains = record
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
            *ty = (record.findings.first()).map(|finding| finding.code.word().into());
            let text = if explains {
                human::explanation(record)
            } else {
                why.to_owned()
            };
            *description = Some(text.into());
        }
    }
    case
}
