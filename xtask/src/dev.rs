//! `cargo xtask dev`: only the gate, under `wrangler dev`, for people who have their own upstream.

use std::fmt;
use std::path::Path;

use crate::build::{self, BuildError};
use crate::command::{CommandError, Run};
use crate::node::Node;
use crate::setup::{self, SetupError};
use crate::workspace::Workspace;

/// How to run it.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The port on 127.0.0.1
    #[arg(long, default_value_t = 8787)]
    port: u16,
}

/// Applies the migrations to the local database and runs the gate until Ctrl-C.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<(), DevError> {
    let node = setup::run(workspace).map_err(DevError::Setup)?;
    // wrangler builds too; built here first, a compiler error is not buried in its output.
    build::run(workspace, &build::Arguments::default()).map_err(DevError::Build)?;
    migrate(workspace, &node).map_err(DevError::Command)?;
    watch(workspace, &node, arguments.port).map_err(DevError::Command)
}

fn migrate(workspace: &Workspace, node: &Node) -> Result<(), CommandError> {
    quiet(workspace, node, &workspace.path(WRANGLER))
        .arguments([
            "d1",
            "migrations",
            "apply",
            "USHER_DB",
            "--local",
            "--persist-to",
            STATE,
        ])
        .announce("applied the migrations to the local database")
}

fn watch(workspace: &Workspace, node: &Node, port: u16) -> Result<(), CommandError> {
    let gate = quiet(workspace, node, &workspace.path("xtask/dev.mjs"))
        .arguments([workspace.path(WRANGLER)])
        .arguments([
            "dev",
            "--persist-to",
            STATE,
            "--ip",
            "127.0.0.1",
            "--inspector-port",
            "0",
            "--port",
        ])
        .arguments([port.to_string()]);
    gate.show_while_we_live()
}

/// A run of wrangler that stays on this machine and out of the home folder.
fn quiet(workspace: &Workspace, node: &Node, script: &Path) -> Run {
    node.run(script)
        .variable("CI", "1")
        .variable("CLOUDFLARE_CF_FETCH_ENABLED", "false")
        .variable("WRANGLER_CACHE_DIR", workspace.path("target/dev/cache"))
        .variable("WRANGLER_HIDE_BANNER", "true")
        .variable("WRANGLER_LOG_PATH", workspace.path("target/dev/logs"))
        .variable(
            "WRANGLER_REGISTRY_PATH",
            workspace.path("target/dev/registry"),
        )
        .variable("WRANGLER_SEND_METRICS", "false")
        .folder(workspace.root())
}

const STATE: &str = "target/dev";
const WRANGLER: &str = "node_modules/wrangler/bin/wrangler.js";

/// Why the gate does not run.
#[derive(Debug)]
pub(crate) enum DevError {
    Build(BuildError),
    Command(CommandError),
    Setup(SetupError),
}

impl fmt::Display for DevError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Command(error) => error.fmt(f),
            Self::Setup(error) => error.fmt(f),
        }
    }
}
