//! `[budget.steps]` of usher.toml: how long a step may take before the report warns, and before the run fails.

use std::num::NonZeroU32;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::mistake::Mistake;
use crate::configuration::own_step::OwnStep;
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::reading::Reading;
use crate::configuration::suggestion::closest;
use crate::steps::StepName;

/// The limits of a step, as they are written.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    /// From here on the report says that the step was slow.
    warn_millis: Option<NonZeroU32>,
    /// From here on the step has failed.
    fail_millis: Option<NonZeroU32>,
}

/// The limits of a step.
#[derive(Clone, Debug)]
pub(crate) struct StepBudget {
    pub(crate) step: StepName,
    warn: Option<Duration>,
    fail: Option<Duration>,
}

/// What a budget says of the time a step took.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Pace {
    Fine,
    Slow(Duration),
    TooSlow(Duration),
}

impl StepBudget {
    /// Judges a time; the limit that it reached is given.
    pub(crate) fn judge(&self, took: Duration) -> Pace {
        let reached = |limit: Option<Duration>| limit.filter(|limit| took >= *limit);
        match (reached(self.fail), reached(self.warn)) {
            (Some(limit), _) => Pace::TooSlow(limit),
            (None, Some(limit)) => Pace::Slow(limit),
            (None, None) => Pace::Fine,
        }
    }
}

/// Reads `[budget.steps]`.
pub(super) fn step_budgets(
    written: &OwnKeys<Placed<Limits>>,
    own: &[OwnStep],
    reading: &Reading<'_>,
) -> Result<Vec<StepBudget>, Mistake> {
    let own = own.iter().map(|step| StepName::Own(step.name.clone()));
    // Whatever came before, the clean-up takes the time that it takes.
    let built_in = StepName::BUILT_IN
        .into_iter()
        .filter(|step| *step != StepName::CleanUp);
    let steps: Vec<StepName> = built_in.chain(own).collect();
    let words: Vec<String> = steps.iter().map(StepName::word).collect();
    let complete = |(key, limits): &(Placed<String>, Placed<Limits>)| {
        let known = words.iter().position(|word| *word == key.value);
        let Some(step) = known.and_then(|position| steps.get(position)) else {
            let sentence = format!("there is no step `{}`", key.value);
            let meant = closest(&key.value, words.iter().map(String::as_str));
            let hint = match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the steps are {}", words.join(", ")),
            };
            return Err(reading.mistake(key, sentence, Some(hint)));
        };
        let Limits {
            warn_millis,
            fail_millis,
        } = limits.value;
        let duration = |span: Option<NonZeroU32>| {
            span.map(|millis| Duration::from_millis(millis.get().into()))
        };
        let (warn, fail) = (duration(warn_millis), duration(fail_millis));
        if let (Some(warn), Some(fail)) = (warn, fail)
            && warn >= fail
        {
            let hint = "warn before it fails, or give one of the two".to_owned();
            let sentence = "`warn_millis` is not below `fail_millis`".to_owned();
            return Err(reading.mistake(limits, sentence, Some(hint)));
        }
        Ok(StepBudget {
            step: step.clone(),
            warn,
            fail,
        })
    };
    written.0.iter().map(complete).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_fine_below_every_limit_and_reaches_the_gravest_one() {
        let millis = Duration::from_millis;
        let budget = |warn: Option<u64>, fail: Option<u64>| StepBudget {
            step: StepName::LogIn,
            warn: warn.map(millis),
            fail: fail.map(millis),
        };
        for (warn, fail, took, pace) in [
            (Some(5), Some(9), 4, Pace::Fine),
            (Some(5), Some(9), 5, Pace::Slow(millis(5))),
            (Some(5), Some(9), 9, Pace::TooSlow(millis(9))),
            (None, Some(9), 8, Pace::Fine),
            (Some(5), None, 99, Pace::Slow(millis(5))),
            (None, None, 99, Pace::Fine),
        ] {
            assert_eq!(budget(warn, fail).judge(millis(took)), pace);
        }
    }
}
