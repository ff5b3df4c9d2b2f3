//! `--baseline FILE`: the earlier run that the times of the steps are compared with, and from where on a step is slower.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::percentiles::Percentile;

/// The options of `usher verify` about a baseline.
#[derive(Debug, clap::Args)]
pub(crate) struct Against {
    /// Compare how long each step takes with an earlier run that passed: with its report, as `--report json=FILE` wrote it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["plan", "self_test"])]
    pub(crate) baseline: Option<PathBuf>,

    /// From how much on a step is said to be slower than in the baseline
    #[arg(
        long,
        value_name = "PERCENT",
        default_value = "50%",
        requires = "baseline"
    )]
    pub(crate) slower_than: Percent,

    /// From how much on it has failed, and the run with it; if it is not given, no run fails for being slower
    #[arg(long, value_name = "PERCENT", requires = "baseline")]
    pub(crate) fail_slower_than: Option<Percent>,

    /// What is slower by less than so many milliseconds is not slower, whatever the percentage
    #[arg(
        long,
        value_name = "MILLIS",
        default_value_t = 50,
        requires = "baseline"
    )]
    pub(crate) slower_by: u64,

    /// What is compared, where both sides have the runs for it: p50 takes 2, p90 takes 10, p99 takes 100. If it is not given, the median,
    /// and of a single run the one time
    #[arg(long, value_enum, requires = "baseline")]
    pub(crate) percentile: Option<Percentile>,
}

/// A part more than before.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Percent(pub(crate) u32);

impl FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').unwrap_or(text);
        match number.parse() {
            Ok(percent) if percent > 0 => Ok(Self(percent)),
            Ok(_) | Err(_) => Err("give a whole number above 0, such as 50%".to_owned()),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_a_whole_number_above_nothing() {
        for text in ["50", "50%"] {
            assert_eq!(text.parse(), Ok(Percent(50)));
        }
        for text in ["", "%", "0", "-5", "1.5", "50 %", "50%%", "4294967296"] {
            assert!(text.parse::<Percent>().is_err(), "{text}");
        }
    }
}
