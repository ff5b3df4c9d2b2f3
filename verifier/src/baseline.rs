//! An earlier run whose times this one is compared with: its JSON report, so that there is no other format to keep.

pub(crate) mod comparison;
pub(crate) mod error;

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::arguments::baseline::Against;
use crate::baseline::comparison::{Limits, Sample};
use crate::baseline::error::{BaselineError, Flaw};
use crate::outcome::Outcome;
use crate::percentiles::{Percentile, StepTimes};
use crate::record::Record;
use crate::scenario::Scenario;
use crate::steps::StepName;

/// What this run is compared with, and how.
#[derive(Debug)]
pub(crate) struct Baseline {
    file: PathBuf,
    report: Report,
    limits: Limits,
    percentile: Option<Percentile>,
}

impl Baseline {
    /// Reads it, before anything is sent: what cannot be compared afterwards is said now.
    pub(crate) fn of(
        against: &Against,
        runs: u32,
        written: &[&Path],
    ) -> Result<Option<Self>, BaselineError> {
        let Some(file) = &against.baseline else {
            return Ok(None);
        };
        let wrong = |flaw| BaselineError::of(file, flaw);
        let limits = Limits::of(against).map_err(wrong)?;
        if let Some(percentile) = against.percentile
            && !percentile.is_carried_by(runs as usize)
        {
            return Err(wrong(Flaw::TooFewRuns { percentile, runs }));
        }
        let text = fs::read_to_string(file).map_err(|error| wrong(Flaw::Unreadable(error)))?;
        let is_it = |other: &&Path| match (fs::canonicalize(other), fs::canonicalize(file)) {
            (Ok(other), Ok(own)) => other == own,
            (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
        };
        if written.iter().any(is_it) {
            return Err(wrong(Flaw::Overwritten));
        }
        Ok(Some(Self {
            file: file.clone(),
            report: Report::read(&text).map_err(wrong)?,
            limits,
            percentile: against.percentile,
        }))
    }

    /// Every story that will be played has to be in it, with what is to be compared.
    pub(crate) fn covers(&self, played: &[Scenario]) -> Result<(), BaselineError> {
        let wrong = |flaw| Err(BaselineError::of(&self.file, flaw));
        for scenario in played {
            let Some(story) = self.report.story(*scenario) else {
                let known = self.report.scenarios.iter();
                let known = known.map(|story| story.scenario.clone()).collect();
                return wrong(Flaw::NotTold(*scenario, known));
            };
            let compared = story.steps.iter().filter(|step| step.is_compared());
            for step in compared {
                if let (Some(percentile), Err(runs)) = (self.percentile, self.then(story, step)) {
                    let step = step.name.clone();
                    return wrong(Flaw::NotCarried {
                        step,
                        percentile,
                        runs,
                    });
                }
            }
        }
        Ok(())
    }

    /// The time of a step then, or of how many runs there is not the one that was asked for.
    fn then(&self, story: &Story, step: &Step) -> Result<Sample, usize> {
        let mut repeated = self.report.repeated.iter();
        let is_its = |times: &&Times| times.scenario == story.scenario && times.step == step.name;
        let runs = repeated.find(is_its).map_or(Runs::ONE, |times| Runs {
            count: times.runs,
            percentiles: [times.p50_millis, times.p90_millis, times.p99_millis],
        });
        runs.sample(step.millis, self.percentile).ok_or(runs.count)
    }

    fn sample_then(&self, scenario: Scenario, step: &StepName) -> Option<Sample> {
        let story = self.report.story(scenario)?;
        let mut steps = story.steps.iter();
        let word = step.word();
        let step = steps.find(|then| then.name == word && then.is_compared())?;
        self.then(story, step).ok()
    }

    fn sample_now(
        &self,
        repeated: &[StepTimes],
        scenario: Scenario,
        step: &StepName,
        millis: u64,
    ) -> Option<Sample> {
        let mut repeated = repeated.iter();
        let is_its = |times: &&StepTimes| times.scenario == scenario && times.step == *step;
        let runs = repeated.find(is_its).map_or(Runs::ONE, |times| Runs {
            count: times.runs,
            percentiles: [times.p50_millis, times.p90_millis, times.p99_millis],
        });
        runs.sample(millis, self.percentile)
    }
}

/// What several runs say of a step.
#[derive(Clone, Copy, Debug)]
struct Runs {
    count: usize,
    percentiles: [Option<u64>; 3],
}

impl Runs {
    const ONE: Self = Self {
        count: 1,
        percentiles: [None; 3],
    };

    /// The figure that was asked for, else the median, else the one time; nothing where there are too few runs for it.
    fn sample(self, millis: u64, wanted: Option<Percentile>) -> Option<Sample> {
        match wanted {
            Some(percentile) => self.figure(percentile),
            None if self.count <= 1 => Some(Sample {
                millis,
                runs: 1,
                percentile: None,
            }),
            None => self.figure(Percentile::P50),
        }
    }

    fn figure(self, percentile: Percentile) -> Option<Sample> {
        let [p50, p90, p99] = self.percentiles;
        let millis = match percentile {
            Percentile::P50 => p50,
            Percentile::P90 => p90,
            Percentile::P99 => p99,
        };
        // Whoever wrote the report, so few runs do not say it.
        let millis = millis.filter(|_| percentile.is_carried_by(self.count))?;
        Some(Sample {
            millis,
            runs: self.count,
            percentile: Some(percentile),
        })
    }
}

/// What is read of a report; all else in it is of no concern here.
#[derive(Debug, Deserialize)]
struct Report {
    started_at_unix_seconds: u64,
    verdict: Ended,
    scenarios: Vec<Story>,
    /// Reports of the first days have none.
    #[serde(default)]
    repeated: Vec<Times>,
}

impl Report {
    fn read(text: &str) -> Result<Self, Flaw> {
        // Of another version nothing else is known.
        let Versioned { schema_version } = serde_json::from_str(text).map_err(Flaw::NoReport)?;
        if schema_version != Record::SCHEMA_VERSION {
            return Err(Flaw::Version(schema_version));
        }
        let report: Self = serde_json::from_str(text).map_err(Flaw::NoReport)?;
        if report.verdict.outcome == PASSED {
            Ok(report)
        } else {
            Err(Flaw::NotPassed(report.verdict.outcome))
        }
    }

    /// The story of that name that passed.
    fn story(&self, scenario: Scenario) -> Option<&Story> {
        let mut stories = self.scenarios.iter();
        stories.find(|story| story.scenario == scenario.name() && story.verdict.outcome == PASSED)
    }
}

/// `Verdict::Passed` and `Outcome::Passed`, as they are written.
const PASSED: &str = "passed";

#[derive(Debug, Deserialize)]
struct Versioned {
    schema_version: u32,
}

#[derive(Debug, Deserialize)]
struct Ended {
    outcome: String,
}

#[derive(Debug, Deserialize)]
struct Story {
    scenario: String,
    verdict: Ended,
    steps: Vec<Step>,
}

#[derive(Debug, Deserialize)]
struct Step {
    name: String,
    outcome: String,
    millis: u64,
}

impl Step {
    fn is_compared(&self) -> bool {
        self.outcome == PASSED && self.name != StepName::CleanUp.word()
    }
}

#[derive(Debug, Deserialize)]
struct Times {
    scenario: String,
    step: String,
    runs: usize,
    p50_millis: Option<u64>,
    p90_millis: Option<u64>,
    p99_millis: Option<u64>,
}

/// Whatever came before, the clean-up takes the time that it takes.
fn is_compared(step: &StepName, outcome: Outcome) -> bool {
    outcome == Outcome::Passed && *step != StepName::CleanUp
}

#[cfg(test)]
mod tests;
