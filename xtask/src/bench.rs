//! `cargo xtask bench`: what the project promises to be fast at, measured beside what people would use instead.
//!
//! Every figure is a ratio of two things that ran in turns on this machine, for the times themselves say more about the machine. Each has
//! what it must be, without which the command fails, and what it aims at. A part starts the program that measures, and makes rows of what
//! it says.

mod audit;
mod gate;
mod hurl;
mod memory;
mod page;
mod programs;
mod row;
mod times;
mod verify;

use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::build::BuildError;
use crate::command::CommandError;
use crate::setup::SetupError;
use crate::talk;
use crate::workspace::{self, FileError, Workspace};
use page::PageError;
use row::Row;

/// What to measure, and how well.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Only this; may be given several times
    #[arg(long, value_enum, value_name = "NAME")]
    only: Vec<Part>,
    /// As few rounds as mean something, and fewer requests in each
    #[arg(long)]
    quick: bool,
    /// How often each side runs; 12, or 8 with --quick, unless given
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(LEAST_ROUNDS..))]
    rounds: Option<u32>,
    /// Write everything that was measured to this file too, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the table into docs/performance.md
    #[arg(long)]
    write: bool,
}

/// Of fewer the least is still chance.
const LEAST_ROUNDS: i64 = 8;

/// How well to measure.
#[derive(Clone, Copy, Debug)]
struct Effort {
    quick: bool,
    rounds: u32,
}

/// What can be measured on its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Part {
    /// `usher audit` of 100,000 identities beside only fetching them
    Audit,
    /// The gate beside what people would use instead: CPU, throughput, size, first answers, questions to the authority
    Gate,
    /// What the gate takes of memory while a million different visitors come
    Memory,
    /// `usher verify` beside the same requests run by hurl
    Verify,
}

impl Part {
    fn measure(self, workspace: &Workspace, effort: Effort) -> Result<Measured, BenchError> {
        match self {
            Self::Audit => audit::measure(workspace, effort),
            Self::Gate => gate::measure(workspace, effort),
            Self::Memory => memory::measure(workspace, effort),
            Self::Verify => verify::measure(workspace, effort),
        }
    }

    /// Its word on the command line, on the page and in JSON.
    const fn word(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Gate => "gate",
            Self::Memory => "memory",
            Self::Verify => "verify",
        }
    }
}

/// What a part found.
#[derive(Debug)]
struct Measured {
    rows: Vec<Row>,
    /// What one has to know to read them: noise, versions.
    notes: Vec<String>,
    /// Everything that was measured, round by round.
    raw: Value,
}

impl Measured {
    /// The table, and what helps to read it.
    fn text(&self) -> String {
        let mut text = row::table(&self.rows) + "\n";
        for note in &self.notes {
            text.push_str("- ");
            text.push_str(note);
            text.push('\n');
        }
        text
    }

    /// Whether every promise is kept. One that could not be looked at, because what it is held against is not there, is said loudly and breaks
    /// nothing on somebody's machine; with `CI` set it does, as with the tests.
    fn passes(&self) -> bool {
        let must_be_there = std::env::var_os("CI").is_some();
        let passes = |row: &Row| row.is_met() && !(must_be_there && row.is_left_out());
        self.rows.iter().all(passes)
    }

    fn json(&self, part: Part) -> Value {
        json!({
            "part": part.word(),
            "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "notes": self.notes,
            "raw": self.raw,
        })
    }
}

/// Measures, and prints the table; fails where something is not what it must be.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode, BenchError> {
    let parts = if arguments.only.is_empty() {
        Part::value_variants()
    } else {
        &arguments.only
    };
    let effort = Effort {
        quick: arguments.quick,
        rounds: (arguments.rounds).unwrap_or(if arguments.quick { 8 } else { 12 }),
    };
    let load = load();
    if let Some(load) = &load {
        talk::say(&format!("load of this machine before: {load}"));
    }
    let mut all = Vec::new();
    for part in parts {
        let mut measured = part.measure(workspace, effort)?;
        if let Some(load) = &load {
            (measured.notes).push(format!("load of the machine before the run: {load}"));
        }
        print(&format!("{}\n", measured.text()))?;
        if arguments.write {
            let command = command(*part, effort);
            page::write(workspace, *part, &measured, &command).map_err(BenchError::Page)?;
        }
        all.push((*part, measured));
    }
    if let Some(path) = &arguments.json {
        let parts: Vec<Value> = all.iter().map(|(part, found)| found.json(*part)).collect();
        let text = json!({ "load": load, "rounds": effort.rounds, "parts": parts }).to_string();
        workspace::write(path, text.as_bytes()).map_err(BenchError::File)?;
    }
    let passes = all.iter().all(|(_, measured)| measured.passes());
    Ok(if passes {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The command line that measures this again.
fn command(part: Part, effort: Effort) -> String {
    let quick = if effort.quick { " --quick" } else { "" };
    format!(
        "cargo xtask bench --only {} --rounds {}{quick}",
        part.word(),
        effort.rounds
    )
}

fn print(text: &str) -> Result<(), BenchError> {
    let mut stdout = io::stdout();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    written.map_err(BenchError::Output)
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

/// Why there is no table.
#[derive(Debug)]
pub(crate) enum BenchError {
    Build(BuildError),
    Command(CommandError),
    File(FileError),
    /// What `USHER_HURL` names.
    NotHurl(PathBuf),
    /// A program that measures said something else than figures.
    NoFigures(String),
    Output(io::Error),
    Page(PageError),
    Setup(SetupError),
}

impl fmt::Display for BenchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Command(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
            Self::NotHurl(named) => write!(
                f,
                "`{}`, which USHER_HURL names, is no hurl that runs here; name another, or unset it",
                named.display()
            ),
            Self::NoFigures(said) => write!(f, "the comparison said no figures: {said}"),
            Self::Output(error) => write!(f, "the table cannot be written: {error}"),
            Self::Page(error) => error.fmt(f),
            Self::Setup(error) => error.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_one_word() {
        for part in Part::value_variants() {
            let value = part.to_possible_value().unwrap();
            assert_eq!(value.get_name(), part.word());
        }
    }
}
