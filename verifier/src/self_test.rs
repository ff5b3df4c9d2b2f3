//! `usher verify --self-test`: whether this usher, with this usher.toml, notices what is wrong. One expectation after the other is replaced
//! by one that no deployment meets, and a run has to fail at just that step: a check that cannot fail shows nothing when it passes.

use std::fmt;

use uuid::Uuid;

use crate::configuration::Configuration;
use crate::configuration::answer_part::AnswerPart;
use crate::configuration::expectation::Expectation;
use crate::configuration::template::Template;
use crate::configuration::value::{AcceptedStatus, JsonPointer};
use crate::departure;
use crate::deployment::Deployment;
use crate::deployment::tls::NoClient;
use crate::journal;
use crate::outcome::{ExitCode, Verdict};
use crate::performance::Performance;
use crate::record::{LeftOver, Record};
use crate::redaction::Secrets;
use crate::steps::StepName;

/// An expectation that no deployment meets, and the step that has to see it.
struct Sabotage {
    what: String,
    seen_by: StepName,
    configuration: Configuration,
}

/// What came of all of them.
pub(crate) struct SelfTest {
    lines: Vec<String>,
    code: ExitCode,
}

impl SelfTest {
    pub(crate) fn exit_code(&self) -> ExitCode {
        self.code
    }
}

impl fmt::Display for SelfTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Plays `new-user` once for every sabotage, and removes whom it leaves.
pub(crate) async fn run(
    performance: &Performance<'_>,
    secrets: &Secrets,
) -> Result<SelfTest, NoClient> {
    let mut test = SelfTest {
        lines: Vec::new(),
        code: ExitCode::Passed,
    };
    let sabotages = sabotages(performance.deployment.configuration);
    let mut seen = 0;
    for sabotage in &sabotages {
        if performance.interruption.has_happened() {
            test.code = ExitCode::Interrupted;
            break;
        }
        let deployment = Deployment::new(&sabotage.configuration, secrets, None)?;
        let record = performance.of(&deployment).play_new_user().await;
        let (line, code) = judge(sabotage, record.as_ref().ok());
        seen += usize::from(code == ExitCode::Passed);
        test.note(line, code);
        for left in record.iter().flat_map(|record| &record.left_over) {
            if let Err(why) = sweep(performance, left).await {
                let line = format!("left over: the user {}: {why}", left.user);
                test.note(line, ExitCode::CleanUpIncomplete);
            }
        }
    }
    let all = sabotages.len();
    let line = format!("{seen} of {all} wrong expectations were noticed");
    test.lines.push(line);
    Ok(test)
}

impl SelfTest {
    /// The gravest decides: an expectation that nobody misses, one of which nobody can tell, somebody who is left.
    fn note(&mut self, line: String, code: ExitCode) {
        let gravity = |code: ExitCode| match code {
            ExitCode::Passed => 0,
            ExitCode::CleanUpIncomplete => 1,
            ExitCode::Broken | ExitCode::NothingRan | ExitCode::Usage => 2,
            ExitCode::Failed => 3,
            ExitCode::Interrupted => 4,
        };
        self.lines.push(line);
        if gravity(code) > gravity(self.code) {
            self.code = code;
        }
    }
}

fn judge(sabotage: &Sabotage, record: Option<&Record>) -> (String, ExitCode) {
    let (what, step) = (&sabotage.what, sabotage.seen_by.title());
    match record.map(|record| &record.verdict) {
        Some(Verdict::Failed(at)) if *at == sabotage.seen_by => {
            let line = format!("✓ {what}: `{step}` failed, as it should");
            (line, ExitCode::Passed)
        }
        Some(Verdict::Passed | Verdict::CleanUpIncomplete) => {
            let line = format!("✗ {what}: nobody noticed; `{step}` should have failed");
            (line, ExitCode::Failed)
        }
        Some(
            Verdict::Failed(_)
            | Verdict::Broken(_)
            | Verdict::NothingRan
            | Verdict::Interrupted
            | Verdict::OtherVersion
            | Verdict::Skipped,
        )
        | None => {
            let line = format!("? {what}: nobody can tell; the run did not get as far as `{step}`");
            (line, ExitCode::Broken)
        }
    }
}

/// Removes somebody whom a sabotaged configuration could not remove, as the honest one says.
async fn sweep(performance: &Performance<'_>, left: &LeftOver) -> Result<(), String> {
    let entry = journal::read(&left.journal).ok_or("the journal cannot be read")?;
    let (deployment, interruption) = (performance.deployment, performance.interruption);
    let written = (left.journal.as_path(), &entry);
    departure::sweep(deployment, written, interruption, performance.outlet).await?;
    journal::forget(&left.journal)
        .map_err(|error| format!("the journal cannot be removed: {error}"))
}

fn sabotages(honest: &Configuration) -> Vec<Sabotage> {
    let nowhere = Uuid::new_v4().simple().to_string();
    let sabotage = |what: &str, seen_by: StepName, spoil: &dyn Fn(&mut Configuration)| {
        let mut configuration = honest.clone();
        spoil(&mut configuration);
        Sabotage {
            what: what.to_owned(),
            seen_by,
            configuration,
        }
    };
    let never = || AcceptedStatus::OneOf(vec![NEVER_ANSWERED]);
    let unread = Template::parse(&nowhere).ok();
    let mut all = vec![
        sabotage(
            "a status of signing up that never comes",
            StepName::Register,
            &|spoiled| {
                spoiled.register.request.status = never();
            },
        ),
        sabotage(
            "a status of logging in that never comes",
            StepName::LogIn,
            &|spoiled| {
                spoiled.log_in.call.request.status = never();
            },
        ),
        sabotage("a token where there is none", StepName::LogIn, &|spoiled| {
            if let Ok(pointer) = JsonPointer::parse(format!("/{nowhere}")) {
                spoiled.log_in.token = AnswerPart::Json(pointer);
            }
        }),
        sabotage(
            "a page that says what no page says",
            StepName::ReachInstance,
            &|spoiled| {
                spoiled.instance.contains.clone_from(&unread);
            },
        ),
    ];
    for (position, step) in honest.steps.iter().enumerate() {
        let seen_by = StepName::Own(step.name.clone());
        let what = format!("an answer to `{}` that nobody gives", step.name);
        all.push(sabotage(&what, seen_by, &|spoiled| {
            if let (Some(step), Some(text)) = (spoiled.steps.get_mut(position), &unread) {
                step.request
                    .expect
                    .push(Expectation::BodyContains(text.clone()));
            }
        }));
    }
    if honest.log_out.is_some() {
        all.push(sabotage(
            "a status of logging out that never comes",
            StepName::LogOut,
            &|spoiled| {
                if let Some(log_out) = &mut spoiled.log_out {
                    log_out.request.status = never();
                }
            },
        ));
    }
    all
}

/// Nobody has ever given this code a meaning (IANA, HTTP Status Code Registry).
const NEVER_ANSWERED: u16 = 299;
