//! How each step's time changed, and whether that is too much.

use serde::Serialize;

use crate::arguments::baseline::{Against, Percent};
use crate::baseline::error::Flaw;
use crate::baseline::{Baseline, is_compared};
use crate::outcome::{Outcome, Verdict};
use crate::percentiles::Percentile;
use crate::record::Record;
use crate::scenario::Scenario;
use crate::steps::StepName;

/// A run beside an earlier one.
#[derive(Debug, Serialize)]
pub(crate) struct Comparison {
    pub(crate) file: String,
    pub(crate) started_at_unix_seconds: u64,
    #[serde(flatten)]
    pub(crate) limits: Limits,
    pub(crate) steps: Vec<Change>,
}

/// From where on a step is slower than before.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Limits {
    pub(crate) slower_than_percent: u32,
    pub(crate) fail_slower_than_percent: Option<u32>,
    pub(crate) slower_by_millis: u64,
}

/// The time of a step on one side, and how much it stands on.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct Sample {
    pub(crate) millis: u64,
    pub(crate) runs: usize,
    /// None of a single run.
    pub(crate) percentile: Option<Percentile>,
}

/// A step then and now.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) scenario: Scenario,
    pub(crate) step: StepName,
    pub(crate) then: Option<Sample>,
    pub(crate) now: Option<Sample>,
    pub(crate) percent: Option<i64>,
    pub(crate) pace: Pace,
}

/// What is said of a change.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Pace {
    /// Not slower than may be.
    Fine,
    Slower,
    /// So much that the step has failed.
    TooSlow,
    /// One of the sides has no such time.
    Uncompared,
}

impl Pace {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Fine => "",
            Self::Slower => "slower",
            Self::TooSlow => "too slow",
            Self::Uncompared => "not compared",
        }
    }
}

impl Limits {
    pub(super) fn of(against: &Against) -> Result<Self, Flaw> {
        let (warn, fail) = (against.slower_than, against.fail_slower_than);
        match fail {
            Some(fail) if fail <= warn && warn != Self::USUAL => Err(Flaw::Limits { warn, fail }),
            Some(_) | None => Ok(Self {
                slower_than_percent: warn.0,
                fail_slower_than_percent: fail.map(|Percent(fail)| fail),
                slower_by_millis: against.slower_by,
            }),
        }
    }

    /// Whoever did not give it does not contradict themselves.
    const USUAL: Percent = Percent(50);

    fn judge(&self, then: u64, now: u64) -> Pace {
        let by = now.saturating_sub(then);
        // What took nothing is slower by any percentage, and only by so many milliseconds.
        let reaches = |percent: u32| by.saturating_mul(100) >= then.saturating_mul(percent.into());
        if by == 0 || by < self.slower_by_millis {
            Pace::Fine
        } else if self.fail_slower_than_percent.is_some_and(reaches) {
            Pace::TooSlow
        } else if reaches(self.slower_than_percent) {
            Pace::Slower
        } else {
            Pace::Fine
        }
    }
}

impl Change {
    /// `310 ms, and 200 ms in the baseline (+55 %)`.
    pub(crate) fn said(&self) -> Option<String> {
        let (then, now) = (self.then?.millis, self.now?.millis);
        let percent = self.shown_percent();
        Some(format!(
            "{now} ms, and {then} ms in the baseline ({percent})"
        ))
    }

    pub(crate) fn shown_percent(&self) -> String {
        self.percent
            .map_or_else(|| "-".to_owned(), |percent| format!("{percent:+} %"))
    }
}

/// How much more it is, in per cent; nothing is no measure.
fn percent(then: u64, now: u64) -> Option<i64> {
    let (then, now) = (i64::try_from(then).ok()?, i64::try_from(now).ok()?);
    let by = now.checked_sub(then)?.checked_mul(100)?;
    by.checked_div(then)
}

impl Comparison {
    /// The steps that are slower, or too slow.
    pub(crate) fn slower(&self) -> impl Iterator<Item = &Change> {
        self.steps.iter().filter(|change| match change.pace {
            Pace::Slower | Pace::TooSlow => true,
            Pace::Fine | Pace::Uncompared => false,
        })
    }

    /// Whether one of the figures is the time of a single run.
    pub(crate) fn has_single(&self) -> bool {
        let samples = |change: &Change| [change.then, change.now];
        let mut samples = self.steps.iter().flat_map(samples).flatten();
        samples.any(|sample| sample.runs == 1)
    }

    /// On what a side stands, where it stands on the most.
    pub(crate) fn most(&self, side: impl Fn(&Change) -> Option<Sample>) -> Option<Sample> {
        let samples = self.steps.iter().filter_map(side);
        samples.max_by_key(|sample| sample.runs)
    }
}

impl Baseline {
    /// Puts the comparison into the record of a run that passed; what is too slow fails it. Of a run that stopped somewhere nothing is said.
    pub(crate) fn compare(&self, record: &mut Record) {
        if record.verdict != Verdict::Passed {
            return;
        }
        let mut steps = Vec::new();
        let passed = record.scenarios.iter_mut();
        for story in passed.filter(|story| story.verdict == Verdict::Passed) {
            let scenario = story.scenario;
            for step in &mut story.steps {
                if !is_compared(&step.name, step.outcome) {
                    continue;
                }
                let then = self.sample_then(scenario, &step.name);
                let now = self.sample_now(&record.repeated, scenario, &step.name, step.millis);
                let both = then.zip(now);
                let change = Change {
                    scenario,
                    step: step.name.clone(),
                    then,
                    now,
                    percent: both.and_then(|(then, now)| percent(then.millis, now.millis)),
                    pace: both.map_or(Pace::Uncompared, |(then, now)| {
                        self.limits.judge(then.millis, now.millis)
                    }),
                };
                let said = change.said().unwrap_or_default();
                match change.pace {
                    Pace::Slower => {
                        let slower = format!("slower: {said}");
                        let before = step.why.take().map(|why| format!("{why}; {slower}"));
                        step.why = before.or(Some(slower));
                    }
                    Pace::TooSlow => {
                        step.outcome = Outcome::Failed;
                        step.why = Some(format!("too slow: {said}"));
                        if story.verdict == Verdict::Passed {
                            story.verdict = Verdict::Failed(step.name.clone());
                        }
                    }
                    Pace::Fine | Pace::Uncompared => {}
                }
                steps.push(change);
            }
        }
        record.verdict = Verdict::of(record.scenarios.iter().map(|story| &story.verdict));
        record.exit_code = record.verdict.exit_code().into();
        record.baseline = Some(Comparison {
            file: self.file.display().to_string(),
            started_at_unix_seconds: self.report.started_at_unix_seconds,
            limits: self.limits,
            steps,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slower_is_what_is_so_by_the_percentage_and_by_the_milliseconds() {
        let limits = |fail_slower_than_percent| Limits {
            slower_than_percent: 50,
            fail_slower_than_percent,
            slower_by_millis: 50,
        };
        for (then, now, fail, pace) in [
            (2, 4, Some(60), Pace::Fine),
            (2, 51, Some(60), Pace::Fine),
            (2, 52, None, Pace::Slower),
            (2, 52, Some(60), Pace::TooSlow),
            (1000, 1499, Some(100), Pace::Fine),
            (1000, 1500, Some(100), Pace::Slower),
            (1000, 2000, Some(100), Pace::TooSlow),
            (1000, 2000, None, Pace::Slower),
            (1000, 10, Some(100), Pace::Fine),
            (0, 49, Some(100), Pace::Fine),
            (0, 50, Some(100), Pace::TooSlow),
            (u64::MAX, u64::MAX, Some(1), Pace::Fine),
        ] {
            assert_eq!(limits(fail).judge(then, now), pace, "{then} {now} {fail:?}");
        }
    }

    #[test]
    fn a_step_that_took_nothing_has_no_percentage() {
        assert_eq!(percent(0, 50), None);
        assert_eq!(percent(200, 310), Some(55));
        assert_eq!(percent(200, 100), Some(-50));
        assert_eq!(percent(u64::MAX, 1), None);
    }
}
