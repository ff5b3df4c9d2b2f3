//! `cargo xtask fuzz`: looks for inputs that break a law of the crate `fuzz`, one target after the other.

mod engine;
mod search;

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::command::{CommandError, Program, Run};
use crate::talk;
use crate::workspace::{FileError, Workspace};
use engine::Engine;
use search::Search;

/// What to look for, and for how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The reader to try; all of them, one after the other, unless given
    target: Option<String>,
    /// Stop after so many executions of each target; a million unless given
    #[arg(long, value_name = "N", conflicts_with = "seconds")]
    executions: Option<u64>,
    /// Stop after so many seconds for each target
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
    /// Try one input again and nothing else
    #[arg(long, value_name = "FILE", requires = "target", conflicts_with_all = ["executions", "seconds"])]
    input: Option<PathBuf>,
}

/// When to stop looking.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Budget {
    Executions(u64),
    Seconds(u64),
}

/// Searches and says one line for each target; a finding makes the command fail.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode, FuzzError> {
    if let (Some(name), Some(input)) = (&arguments.target, &arguments.input) {
        return again(workspace, name, input);
    }
    let targets = chosen(targets(workspace)?, arguments.target.as_deref())?;
    let budget = match (arguments.executions, arguments.seconds) {
        (_, Some(seconds)) => Budget::Seconds(seconds),
        (executions, None) => Budget::Executions(executions.unwrap_or(1_000_000)),
    };
    let engine = Engine::build(workspace).map_err(FuzzError::Command)?;
    talk::say(&format!("fuzzing with {engine}"));
    let mut broken = false;
    for target in &targets {
        let search = Search::run(workspace, &engine, target, budget)?;
        talk::say(&search.line(target));
        broken |= search.finding.is_some();
    }
    Ok(if broken {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// A reader of foreign bytes, as the crate `fuzz` lists it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    pub(crate) name: String,
    /// The longest input worth trying.
    pub(crate) max_bytes: String,
}

/// Asks the crate `fuzz`, so that there is one list.
fn targets(workspace: &Workspace) -> Result<Vec<Target>, FuzzError> {
    let list = laws(workspace).arguments(["--list"]);
    Ok(listed(&list.capture().map_err(FuzzError::Command)?))
}

fn chosen(all: Vec<Target>, wanted: Option<&str>) -> Result<Vec<Target>, FuzzError> {
    let Some(wanted) = wanted else {
        return Ok(all);
    };
    match all.iter().find(|target| target.name == wanted) {
        Some(target) => Ok(vec![target.clone()]),
        None => Err(FuzzError::NoSuchTarget {
            wanted: wanted.to_owned(),
            names: all.into_iter().map(|target| target.name).collect(),
        }),
    }
}

fn listed(text: &str) -> Vec<Target> {
    let pairs = text.lines().filter_map(|line| line.split_once(' '));
    pairs
        .map(|(name, max_bytes)| Target {
            name: name.to_owned(),
            max_bytes: max_bytes.to_owned(),
        })
        .collect()
}

fn again(workspace: &Workspace, target: &str, input: &Path) -> Result<ExitCode, FuzzError> {
    // Cargo is started in the root, but the path is meant from where we are.
    let input = std::path::absolute(input).unwrap_or_else(|_| input.to_owned());
    let tried = laws(workspace)
        .arguments([target, "--input"])
        .arguments([input]);
    match tried.show() {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(CommandError::Unsuccessful { .. }) => Ok(ExitCode::FAILURE),
        Err(error @ (CommandError::Missing(_) | CommandError::Unstartable { .. })) => {
            Err(FuzzError::Command(error))
        }
    }
}

/// The program of the crate `fuzz` in an ordinary build, which shows where a law breaks.
fn laws(workspace: &Workspace) -> Run {
    Run::new(Program::Cargo)
        .arguments(["run", "--quiet", "--package", "fuzz", "--bin", "fuzz", "--"])
        .folder(workspace.root())
}

/// Why nothing could be searched.
#[derive(Debug)]
pub(crate) enum FuzzError {
    Command(CommandError),
    File(FileError),
    NoSuchTarget { wanted: String, names: Vec<String> },
}

impl fmt::Display for FuzzError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
            Self::NoSuchTarget { wanted, names } => {
                write!(
                    f,
                    "there is no target `{wanted}`; there are {}",
                    names.join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "jwks 1024\npath 256\n";

    #[test]
    fn a_target_is_chosen_by_its_name_and_all_of_them_without() {
        let target = |name: &str, max_bytes: &str| Target {
            name: name.to_owned(),
            max_bytes: max_bytes.to_owned(),
        };
        let (jwks, path) = (target("jwks", "1024"), target("path", "256"));
        assert_eq!(
            chosen(listed(LIST), Some("path")).unwrap(),
            std::slice::from_ref(&path)
        );
        assert_eq!(chosen(listed(LIST), None).unwrap(), [jwks, path]);
    }

    #[test]
    fn an_unknown_target_is_answered_with_the_names() {
        let error = chosen(listed(LIST), Some("paths")).unwrap_err();
        let sentence = "there is no target `paths`; there are jwks, path";
        assert_eq!(error.to_string(), sentence);
    }
}
