//! `cargo xtask setup`: installs what the other commands need, and says nothing when all of it is there.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use crate::command::{CommandError, Program, Run};
use crate::node::{Node, NodeError};
use crate::postgres;
use crate::python;
use crate::workspace::{self, FileError, Workspace};

/// Brings everything up to date and gives the Node.js to use.
pub(crate) fn run(workspace: &Workspace) -> Result<Node, SetupError> {
    rust_target(workspace).map_err(SetupError::Command)?;
    npm_packages(workspace)?;
    Node::find(workspace).map_err(SetupError::Node)
}

/// What the tests need beside Rust.
pub(crate) struct Tools {
    pub(crate) node: Node,
    /// Where there is a package for this machine.
    pub(crate) postgres: Option<PathBuf>,
    /// Where the machine has Python.
    pub(crate) python: Option<PathBuf>,
}

/// Also brings what only the tests need.
pub(crate) fn everything(workspace: &Workspace) -> Result<Tools, SetupError> {
    let node = run(workspace)?;
    Ok(Tools {
        postgres: postgres::prepare(workspace, &node),
        node,
        python: python::prepare(workspace).map_err(SetupError::File)?,
    })
}

/// What the gate is compiled to. rustup reads `targets` of rust-toolchain.toml only where that file names a channel.
pub(crate) fn rust_target(workspace: &Workspace) -> Result<(), CommandError> {
    let libraries =
        Run::new(Program::Rustc).arguments(["--print", "target-libdir", "--target", TARGET]);
    if fs::exists(libraries.folder(workspace.root()).capture()?.trim()).unwrap_or(false) {
        return Ok(());
    }
    let add = Run::new(Program::Rustup)
        .arguments(["target", "add", TARGET])
        .folder(workspace.root());
    add.announce(&format!("added the Rust target {TARGET}"))
}

fn npm_packages(workspace: &Workspace) -> Result<(), SetupError> {
    let lock = workspace::read(&workspace.path("package-lock.json")).map_err(SetupError::File)?;
    let stamp = workspace.path("node_modules/.installed-package-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let install = Run::new(Program::Npm)
        // The packages' install scripts would only look for binaries that came as packages already.
        .arguments(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .folder(workspace.root());
    install
        .announce("installed the npm packages: wrangler with miniflare and workerd; issuers, PostgreSQL, Prisma, TypeScript and a browser for the tests")
        .map_err(SetupError::Command)?;
    workspace::write(&stamp, &lock).map_err(SetupError::File)
}

/// What the gate is compiled to.
const TARGET: &str = "wasm32-unknown-unknown";

/// What could not be installed.
#[derive(Debug)]
pub(crate) enum SetupError {
    Command(CommandError),
    File(FileError),
    Node(NodeError),
}

impl fmt::Display for SetupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
            Self::Node(error) => error.fmt(f),
        }
    }
}
