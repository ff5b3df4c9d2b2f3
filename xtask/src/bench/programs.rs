//! The programs that measure, and those that are measured, with the optimisations of a release: a slow server would hide a slow client.

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::bench::BenchError;
use crate::build;
use crate::command::{Program, Run};
use crate::talk;
use crate::workspace::Workspace;

/// Some programs of the verifier and of the tests.
pub(super) struct Programs {
    /// What cargo said of them.
    messages: String,
}

impl Programs {
    /// Builds those of these names, and nothing else: for release, each takes minutes.
    pub(super) fn build(workspace: &Workspace, names: &[&str]) -> Result<Self, BenchError> {
        let started = Instant::now();
        let messages = Run::new(Program::Cargo)
            .arguments(["build", "--release", "--package", "verifier"])
            .arguments(["--package", "tests"])
            .arguments(names.iter().flat_map(|name| ["--bin", name]))
            .arguments(["--message-format", "json-render-diagnostics"])
            .folder(workspace.root())
            .capture_stdout()
            .map_err(BenchError::Command)?;
        let what = format!("built {} for release", names.join(" and "));
        talk::say_done(&what, started.elapsed());
        Ok(Self { messages })
    }

    /// Where the one of that name is.
    pub(super) fn place(&self, name: &str) -> PathBuf {
        build::executable(&self.messages, name)
            .unwrap_or_else(|| Path::new("target/release").join(name))
    }
}
