//! The programs that measure, and those that are measured, with the optimisations of a release: a slow server would hide a slow client.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::bench::BenchError;
use crate::build;
use crate::command::{Program, Run};
use crate::talk;
use crate::workspace::Workspace;

/// Every program of the verifier and of the tests.
pub(super) struct Programs {
    /// What cargo said of them.
    messages: String,
}

impl Programs {
    pub(super) fn build(workspace: &Workspace) -> Result<Self, BenchError> {
        let started = Instant::now();
        let messages = Run::new(Program::Cargo)
            .arguments(["build", "--release", "--package", "verifier"])
            .arguments(["--package", "tests", "--bins"])
            .arguments(["--message-format", "json-render-diagnostics"])
            .folder(workspace.root())
            .capture_stdout()
            .map_err(BenchError::Command)?;
        talk::say_done(
            "built the programs that measure, for release",
            started.elapsed(),
        );
        Ok(Self { messages })
    }

    /// Where the one of that name is.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        build::executable(&self.messages, name)
            .unwrap_or_else(|| Path::new("target/release").join(name))
    }
}
