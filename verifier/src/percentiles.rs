//! `--repeat`: how long each step takes, over several runs. A percentile that the sample cannot carry is not given: of ten runs none is
//! the slowest of a hundred.

use clap::ValueEnum;
use serde::Serialize;

use crate::outcome::Outcome;
use crate::record::Record;
use crate::scenario::Scenario;
use crate::steps::StepName;

/// The figures that are given of several runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Percentile {
    /// The median
    P50,
    P90,
    P99,
}

impl Percentile {
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::P50 => "P50",
            Self::P90 => "P90",
            Self::P99 => "P99",
        }
    }

    /// As many as it takes for one of them to lie beyond.
    pub(crate) const fn least_runs(self) -> usize {
        100_usize.div_ceil(100 - self.hundredths())
    }

    pub(crate) const fn is_carried_by(self, runs: usize) -> bool {
        runs >= self.least_runs()
    }

    const fn hundredths(self) -> usize {
        match self {
            Self::P50 => 50,
            Self::P90 => 90,
            Self::P99 => 99,
        }
    }
}

/// The times of one step over all runs.
#[derive(Debug, Serialize)]
pub(crate) struct StepTimes {
    pub(crate) scenario: Scenario,
    pub(crate) step: StepName,
    /// How many runs performed it.
    pub(crate) runs: usize,
    pub(crate) p50_millis: Option<u64>,
    pub(crate) p90_millis: Option<u64>,
    pub(crate) p99_millis: Option<u64>,
    #[serde(skip)]
    samples: Vec<u64>,
}

impl StepTimes {
    fn of(scenario: Scenario, step: StepName) -> Self {
        Self {
            scenario,
            step,
            runs: 0,
            p50_millis: None,
            p90_millis: None,
            p99_millis: None,
            samples: Vec::new(),
        }
    }

    fn settle(&mut self) {
        self.samples.sort_unstable();
        self.runs = self.samples.len();
        self.p50_millis = percentile(&self.samples, Percentile::P50);
        self.p90_millis = percentile(&self.samples, Percentile::P90);
        self.p99_millis = percentile(&self.samples, Percentile::P99);
    }
}

/// By the nearest rank, of samples in order; nothing where there are fewer than it takes for one to lie beyond.
fn percentile(sorted: &[u64], percentile: Percentile) -> Option<u64> {
    let rank = (sorted.len() * percentile.hundredths()).div_ceil(100);
    sorted
        .get(rank.checked_sub(1)?)
        .copied()
        .filter(|_| percentile.is_carried_by(sorted.len()))
}

/// The runs so far.
#[derive(Debug, Default)]
pub(crate) struct Repetition {
    runs: u32,
    times: Vec<StepTimes>,
}

impl Repetition {
    /// Takes the steps that passed in this run.
    pub(crate) fn note(&mut self, record: &Record) {
        self.runs += 1;
        for story in &record.scenarios {
            let passed = story
                .steps
                .iter()
                .filter(|step| step.outcome == Outcome::Passed);
            for step in passed {
                let is_this =
                    |times: &StepTimes| times.scenario == story.scenario && times.step == step.name;
                let position = self.times.iter().position(is_this).unwrap_or_else(|| {
                    self.times
                        .push(StepTimes::of(story.scenario, step.name.clone()));
                    self.times.len() - 1
                });
                if let Some(times) = self.times.get_mut(position) {
                    times.samples.push(step.millis);
                }
            }
        }
    }

    pub(crate) fn runs(&self) -> u32 {
        self.runs
    }

    /// What the runs say of each step.
    pub(crate) fn into_times(mut self) -> Vec<StepTimes> {
        self.times.iter_mut().for_each(StepTimes::settle);
        self.times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_percentile_is_given_that_the_sample_cannot_carry() {
        let sample = |runs: u64| (1..=runs).collect::<Vec<_>>();
        let every = [Percentile::P50, Percentile::P90, Percentile::P99];
        let all = |runs| every.map(|percent| percentile(&sample(runs), percent));
        assert_eq!(all(0), [None; 3]);
        assert_eq!(all(1), [None; 3]);
        assert_eq!(all(2), [Some(1), None, None]);
        assert_eq!(all(9), [Some(5), None, None]);
        assert_eq!(all(10), [Some(5), Some(9), None]);
        assert_eq!(all(99), [Some(50), Some(90), None]);
        assert_eq!(all(100), [Some(50), Some(90), Some(99)]);
    }
}
