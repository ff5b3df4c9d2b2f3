//! `cargo xtask bench`: what the project promises to be fast at, measured beside what people would use instead.
//!
//! Every figure is a ratio of two things that ran in turns on this machine, for the times themselves say more about the machine. Each has
//! what it must be, without which the command fails, and what it aims at.

mod hurl;
mod verify;

use std::fmt;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::ValueEnum;

use crate::build::BuildError;
use crate::command::CommandError;
use crate::setup::SetupError;
use crate::talk;
use crate::workspace::Workspace;

/// What to measure, and how well.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only this; may be given several times
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// How often each side runs
    #[arg(long, value_name = "N", default_value_t = 12, value_parser = clap::value_parser!(u32).range(LEAST_ROUNDS..))]
    rounds: u32,
}

/// Of fewer the least is still chance.
const LEAST_ROUNDS: i64 = 8;

/// What can be measured on its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Part {
    /// `usher verify` beside the same requests run by hurl
    Verify,
}

impl Part {
    fn measure(self, workspace: &Workspace, rounds: u32) -> Result<Vec<Row>, BenchError> {
        match self {
            Self::Verify => verify::measure(workspace, rounds),
        }
    }
}

/// A promise, and what became of it.
#[derive(Debug)]
struct Row {
    figure: &'static str,
    /// At most so many times as much.
    must: f64,
    aim: f64,
    measured: f64,
    /// The times behind it, and how far they lie apart.
    told: String,
}

impl Row {
    fn is_met(&self) -> bool {
        self.measured <= self.must
    }
}

/// Measures, and prints the table; fails where something is not what it must be.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode, BenchError> {
    let parts = if arguments.only.is_empty() {
        Part::value_variants()
    } else {
        &arguments.only
    };
    if let Some(load) = load() {
        talk::say(&format!("load of this machine before: {load}"));
    }
    let mut rows = Vec::new();
    for part in parts {
        rows.extend(part.measure(workspace, arguments.rounds)?);
    }
    io::stdout()
        .write_all(table(&rows).as_bytes())
        .map_err(BenchError::Output)?;
    if rows.iter().all(Row::is_met) {
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

/// Markdown, to be copied.
fn table(rows: &[Row]) -> String {
    let head = "| figure | must | aim | measured | |\n| --- | --- | --- | --- | --- |\n";
    let row = |row: &Row| {
        let Row {
            figure,
            must,
            aim,
            measured,
            told,
        } = row;
        let missed = if row.is_met() { "" } else { "**missed**; " };
        format!("| {figure} | ≤ {must:.2}× | ≤ {aim:.2}× | {measured:.2}× | {missed}{told} |\n")
    };
    head.to_owned() + &rows.iter().map(row).collect::<String>()
}

/// What else the machine does, where it says so.
fn load() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    Some(
        text.split_whitespace()
            .take(3)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

/// The times of one side, in milliseconds.
#[derive(Debug)]
struct Times(Vec<f64>);

impl Times {
    fn of(mut times: Vec<f64>) -> Option<Self> {
        times.sort_by(f64::total_cmp);
        (!times.is_empty()).then_some(Self(times))
    }

    /// The least is what the machine disturbed least.
    fn least(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

/// Why there is no table.
#[derive(Debug)]
pub(crate) enum BenchError {
    Build(BuildError),
    Command(CommandError),
    NoHurl,
    NoTimes(String),
    Output(io::Error),
    Setup(SetupError),
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Command(error) => error.fmt(f),
            Self::NoHurl => f.write_str(
                "there is no hurl to compare with: its npm package did not get the program from GitHub, and none is on the PATH; \
                 run `cargo install hurl --version 8.0.1 --locked`, or name one in USHER_HURL",
            ),
            Self::NoTimes(said) => write!(f, "the comparison said no times: {said}"),
            Self::Output(error) => write!(f, "the table cannot be written: {error}"),
            Self::Setup(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misses_its_must_is_told_and_what_misses_its_aim_is_not() {
        let row = |measured| Row {
            figure: "a",
            must: 1.2,
            aim: 1.0,
            measured,
            told: "b".to_owned(),
        };
        assert!(row(1.2).is_met() && !row(1.21).is_met());
        // A time that is missing meets nothing.
        assert!(!row(f64::NAN).is_met());
        assert!(
            table(&[row(1.3)]).ends_with("| a | ≤ 1.20× | ≤ 1.00× | 1.30× | **missed**; b |\n")
        );
        assert!(table(&[row(1.1)]).ends_with("| 1.10× | b |\n"));
    }

    #[test]
    fn the_least_and_the_median_are_taken_of_times_in_order() {
        let times = Times::of(vec![3.0, 1.0, 2.0]).unwrap();
        assert!(times.least() < 1.5 && times.median() > 1.5 && times.median() < 2.5);
        assert!(Times::of(Vec::new()).is_none());
    }
}
