//! `cargo xtask test`: every test of the workspace, on builds made a moment ago. Nothing is skipped, but without Python the
//! tokens of `PyJWT`, Alembic, what asks by pymongo and the examples in Python and Go are, and without `PostgreSQL` what is asked of it, loudly; with `CI` set that fails.

use std::fmt;

use crate::build::{self, BuildError};
use crate::command::{CommandError, Program, Run};
use crate::demo::Programs;
use crate::setup::{self, SetupError};
use crate::vectors;
use crate::workspace::Workspace;

/// Builds what the tests run and runs them.
pub(crate) fn run(workspace: &Workspace) -> Result<(), TestError> {
    let tools = setup::everything(workspace).map_err(TestError::Setup)?;
    let with_traps = build::Arguments {
        features: Some("trap".to_owned()),
    };
    for arguments in [
        build::Arguments::default(),
        with_traps,
        vectors::build_with_questions(),
    ] {
        build::run(workspace, &arguments).map_err(TestError::Build)?;
    }
    let programs = Programs::build(workspace).map_err(TestError::Command)?;
    let tests = Run::new(Program::Cargo)
        .arguments(["test", "--workspace", "--no-fail-fast"])
        .variable("USHER_BIN", &programs.usher)
        .variable("USHER_GATE_BUILD", workspace.path("edge/build"))
        .variable("USHER_NODE", tools.node.path())
        .variable("USHER_TRAP_BUILD", workspace.path("edge/build-trap"))
        .variable("USHER_VECTORS_BUILD", workspace.path("edge/build-vectors"))
        .folder(workspace.root());
    let tests = match &tools.postgres {
        Some(postgres) => tests.variable("USHER_POSTGRES", postgres),
        None => tests,
    };
    let tests = match &tools.python {
        Some(python) => tests.variable("USHER_PYTHON", python),
        None => tests,
    };
    tests.show().map_err(TestError::Command)
}

/// Why the tests did not pass.
#[derive(Debug)]
pub(crate) enum TestError {
    Build(BuildError),
    Command(CommandError),
    Setup(SetupError),
}

impl fmt::Display for TestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Command(error) => error.fmt(f),
            Self::Setup(error) => error.fmt(f),
        }
    }
}
