//! `cargo xtask check`: everything that can be said about the code without running it.

mod deny;
mod direction;

use std::fmt;
use std::time::Instant;

use crate::command::{CommandError, Program, Run};
use crate::setup;
use crate::talk;
use crate::workspace::Workspace;

pub(crate) use direction::DirectionError;

/// Runs every check, the quick ones first, and stops at the first that fails.
pub(crate) fn run(workspace: &Workspace) -> Result<(), CheckError> {
    direction::check(workspace).map_err(CheckError::Direction)?;
    setup::rust_target(workspace).map_err(CheckError::Command)?;
    for (what, arguments) in CARGO_CHECKS {
        let started = Instant::now();
        let cargo = Run::new(Program::Cargo)
            .arguments(*arguments)
            .variable("RUSTDOCFLAGS", "-D warnings")
            // As `cargo xtask build` does, so that the linted code is the code that is built.
            .variable("WASM_BINDGEN_USE_JS_SYS", "1")
            .folder(workspace.root());
        cargo.show().map_err(CheckError::Command)?;
        talk::say_done(&format!("checked {what}"), started.elapsed());
    }
    deny::check(workspace).map_err(CheckError::Command)
}

const CARGO_CHECKS: &[(&str, &[&str])] = &[
    ("the format", &["fmt", "--all", "--check"]),
    (
        "the lints",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "the lints of the gate as it is deployed",
        &[
            "clippy",
            "--package",
            "edge",
            "--target",
            "wasm32-unknown-unknown",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    ),
    (
        "the documentation",
        &[
            "doc",
            "--no-deps",
            "--workspace",
            "--document-private-items",
        ],
    ),
];

/// What is wrong with the code.
#[derive(Debug)]
pub(crate) enum CheckError {
    Command(CommandError),
    Direction(DirectionError),
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(error) => error.fmt(f),
            Self::Direction(error) => error.fmt(f),
        }
    }
}
