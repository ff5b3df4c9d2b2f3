//! What is read of the JSON report of a run.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use serde::Deserialize;

use crate::incident::failure::{Flaw, IncidentError};
use crate::incident::impact::Impact;
use crate::record::Record;
use crate::steps::StepName;

/// A run that did not pass.
#[derive(Debug, Deserialize)]
pub(super) struct FailedRun {
    pub(super) app: String,
    pub(super) gate: Option<String>,
    pub(super) started_at_unix_seconds: u64,
    pub(super) wanted_version: Option<String>,
    verdict: Ended,
    #[serde(default)]
    pub(super) findings: Vec<Finding>,
    #[serde(default)]
    pub(super) could_not_look: Vec<Unlooked>,
    pub(super) scenarios: Vec<Story>,
}

#[derive(Debug, Deserialize)]
struct Ended {
    outcome: String,
    #[serde(default)]
    step: Option<String>,
}

/// A cause.
#[derive(Debug, Deserialize)]
pub(super) struct Finding {
    pub(super) code: String,
    pub(super) confidence: String,
    pub(super) sentence: String,
    pub(super) evidence: Vec<Evidence>,
    pub(super) fix: Fix,
}

#[derive(Debug, Deserialize)]
pub(super) struct Evidence {
    pub(super) what: String,
    pub(super) source: String,
    pub(super) at_unix_seconds: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Fix {
    pub(super) sentence: String,
    pub(super) commands: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Unlooked {
    pub(super) at: String,
    pub(super) why: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Story {
    scenario: String,
    verdict: Ended,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    name: String,
    why: Option<String>,
}

/// A story that showed that something is wrong.
#[derive(Debug)]
pub(super) struct Broken<'a> {
    pub(super) scenario: &'a str,
    pub(super) step: String,
    pub(super) why: &'a str,
    pub(super) impact: Impact,
}

impl FailedRun {
    /// The report of a run that failed, or could not find out.
    pub(super) fn read(path: &Path) -> Result<Self, IncidentError> {
        let run = Self::parse(path)?;
        if run.broken().next().is_none() {
            let outcome = run.verdict.outcome;
            return Err(error(path, Flaw::NothingWrong(outcome)));
        }
        Ok(run)
    }

    fn parse(path: &Path) -> Result<Self, IncidentError> {
        #[derive(Deserialize)]
        struct Versioned {
            schema_version: u32,
        }
        let wrong = |flaw| error(path, flaw);
        let text = text_of(path).map_err(|error| wrong(Flaw::Unreadable(error)))?;
        // Of another version nothing else is known.
        let versioned = serde_json::from_str(&text);
        let Versioned { schema_version } =
            versioned.map_err(|error| wrong(Flaw::NoReport(error)))?;
        if schema_version != Record::SCHEMA_VERSION {
            return Err(wrong(Flaw::Version(schema_version)));
        }
        serde_json::from_str(&text).map_err(|error| wrong(Flaw::NoReport(error)))
    }

    /// Every story that a step ended.
    pub(super) fn broken(&self) -> impl Iterator<Item = Broken<'_>> {
        self.scenarios.iter().filter_map(Story::broken)
    }

    /// When the run of this report began, if it shows that all of it is well again.
    pub(super) fn over_by(&self, path: &Path) -> Result<u64, IncidentError> {
        let wrong = |flaw| Err(error(path, flaw));
        let later = Self::parse(path)?;
        let platform = |run: &Self| run.gate.clone().unwrap_or_else(|| run.app.clone());
        let (then, now) = (platform(self), platform(&later));
        if then != now {
            return wrong(Flaw::OtherPlatform { then, now });
        }
        if later.started_at_unix_seconds <= self.started_at_unix_seconds {
            return wrong(Flaw::NotLater);
        }
        if later.verdict.outcome != PASSED {
            return wrong(Flaw::NotPassed(later.verdict.outcome));
        }
        for broken in self.broken() {
            let is_well = |story: &Story| {
                story.scenario == broken.scenario && story.verdict.outcome == PASSED
            };
            if !later.scenarios.iter().any(is_well) {
                return wrong(Flaw::NotTold(broken.scenario.to_owned()));
            }
        }
        Ok(later.started_at_unix_seconds)
    }
}

impl Story {
    fn broken(&self) -> Option<Broken<'_>> {
        if !matches!(self.verdict.outcome.as_str(), "failed" | "broken") {
            return None;
        }
        let word = self.verdict.step.as_deref()?;
        let step = self.steps.iter().find(|step| step.name == word);
        let mut built_in = StepName::BUILT_IN.into_iter();
        let known = built_in.find(|step| step.word() == word);
        let title = known.as_ref().map_or(word, StepName::title).to_owned();
        Some(Broken {
            scenario: &self.scenario,
            step: title,
            why: step
                .and_then(|step| step.why.as_deref())
                .unwrap_or_default(),
            impact: Impact::of(known.as_ref()),
        })
    }
}

fn text_of(path: &Path) -> io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    fs::read_to_string(path)
}

fn error(file: &Path, flaw: Flaw) -> IncidentError {
    let file = file.to_owned();
    IncidentError { file, flaw }
}

/// `Verdict::Passed`, as it is written.
const PASSED: &str = "passed";
