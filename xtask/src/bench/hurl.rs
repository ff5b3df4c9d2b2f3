//! Finding the hurl to compare with.

use std::env;
use std::path::PathBuf;

use crate::bench::BenchError;
use crate::command::{Program, Run};
use crate::node::Node;
use crate::talk;
use crate::workspace::Workspace;

/// Why there is none, and what to do.
pub(super) const ABSENT: &str = "there is no hurl to compare with: its npm package did not get the program from GitHub, and none is on the PATH; \
     run `cargo install hurl --version 8.0.1 --locked`, or name one in USHER_HURL";

/// The one that `USHER_HURL` names, else that of the npm package, else the one on the PATH, if there is one; with what it says of its version.
/// One that is named must be there.
pub(super) fn find(
    workspace: &Workspace,
    node: &Node,
) -> Result<Option<(PathBuf, String)>, BenchError> {
    if let Some(named) = env::var_os("USHER_HURL").map(PathBuf::from) {
        return match version(&named) {
            Some(version) => Ok(Some((named, version))),
            None => Err(BenchError::NotHurl(named)),
        };
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
    Ok(found.next())
}

/// `8.0.1`.
fn version(path: &std::path::Path) -> Option<String> {
    let said = Run::at(Program::Hurl, path.to_owned())
        .arguments(["--version"])
        .capture()
        .ok()?;
    said.split_whitespace().nth(1).map(str::to_owned)
}
