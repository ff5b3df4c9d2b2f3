//! `cargo xtask demo`: builds everything the demo is made of, then becomes the demo.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use crate::build::{self, BuildError};
use crate::command::{CommandError, Program, Run};
use crate::setup::{self, SetupError};
use crate::talk;
use crate::workspace::Workspace;

/// How to show it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Run the verifier once and end with its exit code, instead of staying open for visitors
    #[arg(long)]
    once: bool,
    /// Break the platform in the way of a real one
    #[arg(long, value_name = "NAME", value_parser = FAULTS)]
    fault: Option<String>,
}

/// Said again here, so that a misspelt one is refused before anything is built; `tests/tests/lifecycle.rs` holds it equal.
const FAULTS: [&str; 12] = [
    "lost-events",
    "app-down",
    "app-forgets-visitor",
    "email-missing",
    "email-unverified",
    "log-in-fails",
    "log-in-without-token",
    "log-out-fails",
    "never-migrated",
    "removal-fails",
    "sign-up-lost",
    "stuck-active",
];

/// Prepares and runs the demo; does not return where a process can be replaced by another.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode, DemoError> {
    let node = setup::run(workspace).map_err(DemoError::Setup)?;
    build::run(workspace, &build::Arguments::default()).map_err(DemoError::Build)?;
    let programs = Programs::build(workspace).map_err(DemoError::Command)?;
    let mut command = Command::new(&programs.demo);
    command
        .env("USHER_NODE", node.path())
        .env("USHER_BIN", &programs.usher)
        .args(words(arguments));
    become_it(command).map_err(|source| DemoError::NotStarted {
        program: programs.demo,
        source,
    })
}

/// The native programs of the workspace.
#[derive(Debug)]
pub(crate) struct Programs {
    /// The demo.
    pub(crate) demo: PathBuf,
    /// The verifier.
    pub(crate) usher: PathBuf,
    /// The judge of vectors.
    pub(crate) vectors: PathBuf,
}

impl Programs {
    /// Builds them and tells where cargo put them.
    pub(crate) fn build(workspace: &Workspace) -> Result<Self, CommandError> {
        let started = Instant::now();
        let messages = Run::new(Program::Cargo)
            .arguments([
                "build",
                "--package",
                "stage",
                "--package",
                "verifier",
                "--package",
                "tests",
                "--bins",
            ])
            .arguments(["--message-format", "json-render-diagnostics"])
            .folder(workspace.root())
            .capture_stdout()?;
        let place = |name| {
            build::executable(&messages, name)
                .unwrap_or_else(|| Path::new("target/debug").join(name))
        };
        let programs = Self {
            demo: place("demo"),
            usher: place("usher"),
            vectors: place("vectors"),
        };
        talk::say_done(
            "built the stage, the verifier and the programs around them",
            started.elapsed(),
        );
        Ok(programs)
    }
}

fn words(arguments: &Arguments) -> Vec<OsString> {
    let mut words = Vec::new();
    if arguments.once {
        words.push("--once".into());
    }
    if let Some(fault) = &arguments.fault {
        words.extend(["--fault".into(), fault.into()]);
    }
    words
}

/// A process that is replaced leaves no parent between the terminal and the demo: whoever kills the command kills the demo.
#[cfg(unix)]
pub(crate) fn become_it(mut command: Command) -> Result<ExitCode, std::io::Error> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
pub(crate) fn become_it(mut command: Command) -> Result<ExitCode, std::io::Error> {
    let code = command
        .status()?
        .code()
        .and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Why there is no demo.
#[derive(Debug)]
pub(crate) enum DemoError {
    Build(BuildError),
    Command(CommandError),
    NotStarted {
        program: PathBuf,
        source: std::io::Error,
    },
    Setup(SetupError),
}

impl fmt::Display for DemoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Command(error) => error.fmt(f),
            Self::NotStarted { program, source } => {
                write!(f, "`{}` cannot be started: {source}", program.display())
            }
            Self::Setup(error) => error.fmt(f),
        }
    }
}
