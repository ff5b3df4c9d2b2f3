//! One run as data: what every report is rendered from.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::deployment::exchange::Exchange;
use crate::findings::{Finding, Unlooked};
use crate::outcome::{Outcome, Verdict};
use crate::redaction::Secrets;
use crate::scenario::Scenario;
use crate::steps::StepName;

/// Everything that is known about a run.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    /// Grows when a program that reads the JSON report would have to change.
    pub(crate) schema_version: u32,
    pub(crate) scenario: Scenario,
    /// The gate's address, if there is one.
    pub(crate) gate: Option<String>,
    /// Where users reach their app.
    pub(crate) app: String,
    pub(crate) user: String,
    pub(crate) started_at_unix_seconds: u64,
    pub(crate) millis: u64,
    /// The version of the gate that had to answer, if one had to.
    pub(crate) wanted_version: Option<String>,
    /// Why it did not, or not always.
    pub(crate) unconfirmed: Option<String>,
    pub(crate) verdict: Verdict,
    pub(crate) exit_code: u8,
    pub(crate) findings: Vec<Finding>,
    pub(crate) could_not_look: Vec<Unlooked>,
    pub(crate) steps: Vec<StepRecord>,
    pub(crate) left_over: Vec<LeftOver>,
}

/// What became of a step.
#[derive(Debug, Serialize)]
pub(crate) struct StepRecord {
    pub(crate) name: StepName,
    pub(crate) outcome: Outcome,
    /// Why it did not pass, or was skipped.
    pub(crate) why: Option<String>,
    pub(crate) attempts: u32,
    /// When it began, since the run did.
    pub(crate) at_millis: u64,
    pub(crate) millis: u64,
    /// What the gate said while it was waited for, each change once.
    pub(crate) states: Vec<StateSeen>,
    /// The versions of the gate that answered, each once.
    pub(crate) versions: Vec<String>,
    /// The last request and its answer.
    pub(crate) last: Option<Exchange>,
}

impl StepRecord {
    /// A step that was not performed.
    pub(crate) fn skipped(name: StepName, why: &str) -> Self {
        Self {
            name,
            outcome: Outcome::Skipped,
            why: Some(why.to_owned()),
            attempts: 0,
            at_millis: 0,
            millis: 0,
            states: Vec::new(),
            versions: Vec::new(),
            last: None,
        }
    }
}

/// A state, and when it was first seen.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct StateSeen {
    pub(crate) state: String,
    /// Since the step began.
    pub(crate) at_millis: u64,
}

/// Something that the run created and that is, or may be, still there.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeftOver {
    pub(crate) user: String,
    pub(crate) why: String,
    /// What holds everything that is needed to remove it.
    pub(crate) journal: PathBuf,
}

impl Record {
    /// The version of what `--report json` writes.
    pub(crate) const SCHEMA_VERSION: u32 = 1;

    /// Replaces every secret now, before a report shortens or wraps a text: half a token is not recognised any more.
    pub(crate) fn redact(&mut self, secrets: &Secrets) {
        let mut redact = |text: &mut String| *text = secrets.redact(text);
        for step in &mut self.steps {
            step.why.iter_mut().for_each(&mut redact);
            step.last
                .iter_mut()
                .for_each(|last| last.for_each_text(&mut redact));
        }
        self.findings
            .iter_mut()
            .for_each(|finding| finding.for_each_text(&mut redact));
        self.could_not_look
            .iter_mut()
            .for_each(|unlooked| redact(&mut unlooked.why));
        self.left_over
            .iter_mut()
            .for_each(|left| redact(&mut left.why));
    }

    /// The step that did not pass.
    pub(crate) fn stopped_at(&self) -> Option<&StepRecord> {
        match &self.verdict {
            Verdict::Failed(name) | Verdict::Broken(name) => {
                self.steps.iter().find(|step| step.name == *name)
            }
            Verdict::Passed
            | Verdict::NothingRan
            | Verdict::CleanUpIncomplete
            | Verdict::Interrupted
            | Verdict::OtherVersion => None,
        }
    }
}

/// A duration as records hold it.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Seconds for people: tenths are what one can tell apart.
pub(crate) fn seconds(millis: u64) -> String {
    let tenths = millis.saturating_add(50) / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}
