//! `cargo xtask vectors`: builds everything that judges vectors, then becomes it.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use crate::build::{self, BuildError};
use crate::command::CommandError;
use crate::demo::{Programs, become_it};
use crate::setup::{self, SetupError};
use crate::workspace::Workspace;

/// What to judge.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The folder, laid out like ../shared/vectors
    folder: Option<PathBuf>,
}

/// The gate with the endpoint that answers questions.
pub(crate) fn build_with_questions() -> build::Arguments {
    build::Arguments {
        features: Some("vectors".to_owned()),
    }
}

/// Prepares and runs it; does not return where a process can be replaced by another.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<ExitCode, VectorsError> {
    let node = setup::run(workspace).map_err(VectorsError::Setup)?;
    for wanted in [build::Arguments::default(), build_with_questions()] {
        build::run(workspace, &wanted).map_err(VectorsError::Build)?;
    }
    let programs = Programs::build(workspace).map_err(VectorsError::Command)?;
    let mut command = Command::new(&programs.vectors);
    command
        .env("USHER_GATE_BUILD", workspace.path("edge/build"))
        .env("USHER_NODE", node.path())
        .env("USHER_VECTORS_BUILD", workspace.path("edge/build-vectors"))
        .args(&arguments.folder);
    become_it(command).map_err(|source| VectorsError::NotStarted {
        program: programs.vectors,
        source,
    })
}

/// Why nothing was judged.
#[derive(Debug)]
pub(crate) enum VectorsError {
    Build(BuildError),
    Command(CommandError),
    NotStarted {
        program: PathBuf,
        source: std::io::Error,
    },
    Setup(SetupError),
}

impl fmt::Display for VectorsError {
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
