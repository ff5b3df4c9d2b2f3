//! `cargo xtask simulate`: builds the simulation of large sizes, then becomes it.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::build;
use crate::command::{CommandError, Program, Run};
use crate::demo::become_it;
use crate::talk;
use crate::workspace::Workspace;

/// What to simulate.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// Its own arguments; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Builds and runs it; does not return where a process can be replaced by another.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode, SimulateError> {
    let program = build(workspace).map_err(SimulateError::Command)?;
    let mut command = Command::new(&program);
    command.args(&arguments.arguments);
    become_it(command).map_err(|source| SimulateError::NotStarted { program, source })
}

fn build(workspace: &Workspace) -> Result<PathBuf, CommandError> {
    let started = Instant::now();
    let messages = Run::new(Program::Cargo)
        .arguments(["build", "--package", "tests", "--bin", "simulate"])
        .arguments(["--message-format", "json-render-diagnostics"])
        .folder(workspace.root())
        .capture_stdout()?;
    talk::say_done("built the simulation", started.elapsed());
    Ok(build::executable(&messages, "simulate")
        .unwrap_or_else(|| Path::new("target/debug").join("simulate")))
}

/// Why nothing was simulated.
#[derive(Debug)]
pub(crate) enum SimulateError {
    Command(CommandError),
    NotStarted {
        program: PathBuf,
        source: std::io::Error,
    },
}

impl fmt::Display for SimulateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(error) => error.fmt(f),
            Self::NotStarted { program, source } => {
                write!(f, "`{}` cannot be started: {source}", program.display())
            }
        }
    }
}
