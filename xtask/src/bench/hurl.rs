//! Finding the hurl to compare with.

use std::env;
use std::path::PathBuf;

use crate::bench::BenchError;
use crate::command::{Program, Run};
use crate::node::Node;
use crate::talk;
use crate::workspace::Workspace;

/// The one that `USHER_HURL` names, else that of the npm package, else the one on the PATH; with what it says of its version.
pub(super) fn find(workspace: &Workspace, node: &Node) -> Result<(PathBuf, String), BenchError> {
    if let Some(named) = env::var_os("USHER_HURL").map(PathBuf::from) {
        return version(&named)
            .map(|version| (named, version))
            .ok_or(BenchError::NoHurl);
    }
    let package = workspace.path("node_modules/@orangeopensource/hurl");
    let brought = package
        .join("dist/bin")
        .join(format!("hurl{}", env::consts::EXE_SUFFIX));
    if !brought.is_file() {
        // `npm ci --ignore-scripts` has not run it. It takes the program from GitHub, and holds it to the package's checksum.
        let installed = node.run(&package.join("install.js")).observe();
        if !installed.is_ok_and(|(succeeded, _said)| succeeded) {
            talk::say("note: hurl could not be fetched from GitHub; looking on the PATH");
        }
    }
    let candidates = [brought, PathBuf::from("hurl")];
    let mut found = candidates
        .into_iter()
        .filter_map(|path| version(&path).map(|version| (path, version)));
    found.next().ok_or(BenchError::NoHurl)
}

/// `8.0.1`.
fn version(path: &std::path::Path) -> Option<String> {
    let said = Run::at(Program::Hurl, path.to_owned())
        .arguments(["--version"])
        .capture()
        .ok()?;
    said.split_whitespace().nth(1).map(str::to_owned)
}
