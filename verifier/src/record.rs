//! One run as data: what every report is rendered from.

use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::baseline::comparison::Comparison;
use crate::deployment::exchange::Exchange;
use crate::findings::{Finding, Unlooked};
use crate::outcome::{Outcome, Verdict};
use crate::percentiles::StepTimes;
use crate::redaction::Secrets;
use crate::scenario::Scenario;
use crate::steps::StepName;

/// Everything that is known about a run.
#[derive(Debug, Serialize)]
pub(crate) struct Record {
    /// Grows when a program that reads the JSON report of a released version would have to change.
    pub(crate) schema_version: u32,
    /// The gate's address, if there is one.
    pub(crate) gate: Option<String>,
    /// Where users reach their app.
    pub(crate) app: String,
    pub(crate) started_at_unix_seconds: u64,
    pub(crate) millis: u64,
    /// The version of the gate that had to answer, if one had to.
    pub(crate) wanted_version: Option<String>,
    /// That of the gravest story.
    pub(crate) verdict: Verdict,
    pub(crate) exit_code: u8,
    pub(crate) findings: Vec<Finding>,
    pub(crate) could_not_look: Vec<Unlooked>,
    /// The stories, in the order in which they were asked for.
    pub(crate) scenarios: Vec<Story>,
    pub(crate) left_over: Vec<LeftOver>,
    /// How long each step took over all runs, where there were several.
    pub(crate) repeated: Vec<StepTimes>,
    /// How long each step took in an earlier run, where there is one to compare with and this one passed.
    pub(crate) baseline: Option<Comparison>,
}

/// What became of a story.
#[derive(Debug, Serialize)]
pub(crate) struct Story {
    pub(crate) scenario: Scenario,
    /// Whom it is about; nobody where it was not begun.
    pub(crate) user: Option<String>,
    /// When it began, since the run did.
    pub(crate) at_millis: u64,
    pub(crate) millis: u64,
    pub(crate) verdict: Verdict,
    /// Why it was not played, or shows nothing of the wanted version.
    pub(crate) why: Option<String>,
    pub(crate) steps: Vec<StepRecord>,
}

impl Story {
    /// One that nobody played, and why.
    pub(crate) fn unplayed(
        scenario: Scenario,
        steps: Vec<StepName>,
        verdict: Verdict,
        why: &str,
    ) -> Self {
        Self {
            scenario,
            user: None,
            at_millis: 0,
            millis: 0,
            verdict,
            why: Some(why.to_owned()),
            steps: steps
                .into_iter()
                .map(|step| StepRecord::skipped(step, why))
                .collect(),
        }
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
            | Verdict::OtherVersion
            | Verdict::Skipped => None,
        }
    }
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
    /// A step to which nobody came, because one before it did not pass.
    pub(crate) fn unreached(name: StepName) -> Self {
        Self::skipped(name, NOT_REACHED)
    }

    pub(crate) fn is_unreached(&self) -> bool {
        self.outcome == Outcome::Skipped && self.why.as_deref() == Some(NOT_REACHED)
    }

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

const NOT_REACHED: &str = "not reached";

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
        for story in &mut self.scenarios {
            story.why.iter_mut().for_each(&mut redact);
            for step in &mut story.steps {
                step.why.iter_mut().for_each(&mut redact);
                step.last
                    .iter_mut()
                    .for_each(|last| last.for_each_text(&mut redact));
            }
        }
        self.findings
            .iter_mut()
            .for_each(|finding| finding.cause.for_each_text(&mut redact));
        self.could_not_look
            .iter_mut()
            .for_each(|unlooked| redact(&mut unlooked.why));
        self.left_over
            .iter_mut()
            .for_each(|left| redact(&mut left.why));
    }

    /// The story whose verdict is the run's, where a step decided it.
    pub(crate) fn decisive(&self) -> Option<&Story> {
        let mut stopped = self.stopped();
        stopped.find(|story| story.verdict == self.verdict)
    }

    /// Every story that a step stopped.
    pub(crate) fn stopped(&self) -> impl Iterator<Item = &Story> {
        self.scenarios
            .iter()
            .filter(|story| story.stopped_at().is_some())
    }

    /// Whether the reader has to be told which story it is about.
    pub(crate) const fn has_several(&self) -> bool {
        self.scenarios.len() > 1
    }

    /// The causes that explain a step of this story.
    pub(crate) fn causes_of(&self, story: &Story) -> impl Iterator<Item = &Finding> {
        let scenario = story.scenario;
        self.findings.iter().filter(move |finding| {
            let mut explains = finding.explains.iter();
            explains.any(|explained| explained.scenario == scenario)
        })
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
