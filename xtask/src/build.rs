//! `cargo xtask build`: the gate as a set of ES modules in `edge/build/`, which wrangler uploads as they are.
//!
//! First cargo compiles the crate `edge` to WebAssembly, then wasm-bindgen writes its JavaScript half, then the shim that the
//! runtime calls is laid beside them. worker-build does the same with three downloaded tools; here they are one library.

use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::command::{CommandError, Program, Run};
use crate::talk;
use crate::workspace::{self, FileError, Workspace};

/// What to build.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Arguments {
    /// Build with a feature of the crate `edge`, into a folder of its own (`trap` goes to edge/build-trap)
    #[arg(long, value_name = "NAME")]
    pub(crate) features: Option<String>,
}

/// Builds the gate.
pub(crate) fn run(workspace: &Workspace, arguments: &Arguments) -> Result<(), BuildError> {
    let started = Instant::now();
    let folder = workspace.path(
        &arguments
            .features
            .as_ref()
            .map_or("edge/build".to_owned(), |name| format!("edge/build-{name}")),
    );
    let compiled = compile(workspace, arguments.features.as_deref())?;
    let wasm = workspace::read(&compiled).map_err(BuildError::File)?;
    if !is_fresh(&folder, &wasm) {
        // Whatever an earlier build left would be uploaded too; that there was none is no mistake.
        let _ = fs::remove_dir_all(&folder);
        bind(&compiled, &folder)?;
        workspace::write(&folder.join(STAMP), &stamp(&wasm)).map_err(BuildError::File)?;
    }
    for name in BY_HAND {
        let module = workspace.path("edge").join(name);
        let module = workspace::read(&module).map_err(BuildError::File)?;
        workspace::write(&folder.join(name), &module).map_err(BuildError::File)?;
    }
    let bound = workspace::read(&folder.join("index_bg.wasm")).map_err(BuildError::File)?;
    let name = folder
        .strip_prefix(workspace.root())
        .unwrap_or(&folder)
        .display();
    let sizes = format!(
        "{} KB of WebAssembly, {} KB with gzip",
        kilobytes(bound.len()),
        kilobytes(gzip_bytes(&bound))
    );
    talk::say_done(&format!("built {name}: {sizes}"), started.elapsed());
    Ok(())
}

/// Compiles the crate and gives the path of the WebAssembly, which depends on the user's target folder.
fn compile(workspace: &Workspace, features: Option<&str>) -> Result<PathBuf, BuildError> {
    let output = Run::new(Program::Cargo)
        .arguments([
            "build",
            "--package",
            "edge",
            "--lib",
            "--target",
            "wasm32-unknown-unknown",
            "--profile",
            "worker",
        ])
        .arguments(["--message-format", "json-render-diagnostics"])
        .arguments(
            features
                .into_iter()
                .flat_map(|features| ["--features", features]),
        )
        // Exported asynchronous functions then use the js-sys of the workspace; worker-build sets it as well.
        .variable("WASM_BINDGEN_USE_JS_SYS", "1")
        .folder(workspace.root())
        .capture_stdout()
        .map_err(BuildError::Command)?;
    artifact(&output).ok_or(BuildError::NoArtifact)
}

/// The .wasm file of the gate among cargo's messages.
fn artifact(messages: &str) -> Option<PathBuf> {
    let files = artifacts(messages, "edge")
        .filter_map(|message| message.get("filenames")?.as_array().cloned())
        .flatten();
    let mut paths = files.filter_map(|file| file.as_str().map(PathBuf::from));
    paths.find(|path| {
        path.extension()
            .is_some_and(|extension| extension == "wasm")
    })
}

/// The program of that name among cargo's messages.
pub(crate) fn executable(messages: &str, name: &str) -> Option<PathBuf> {
    artifacts(messages, name)
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
}

fn artifacts(messages: &str, name: &str) -> impl Iterator<Item = Value> {
    let messages = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.filter(move |message| {
        message
            .pointer("/target/name")
            .is_some_and(|found| found == name)
    })
}

fn bind(wasm: &Path, folder: &Path) -> Result<(), BuildError> {
    let failed = |error: &dyn fmt::Display| BuildError::Bindgen(error.to_string());
    let mut bindgen = Bindgen::new();
    bindgen.input_path(wasm).out_name("index").typescript(false);
    // The names of functions are more than a quarter of the size. A panic still says its file and line.
    bindgen
        .remove_name_section(true)
        .remove_producers_section(true);
    // Gives the shim `__wbg_reset_state`, with which it replaces an instance that trapped.
    bindgen
        .reset_state_function(true)
        .force_enable_abort_handler(true);
    bindgen
        .module(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .map_err(|error| failed(&error))?;
    // workerd gives a compiled module for a plain import and does not know source phase imports.
    let index = folder.join("index.js");
    let text = workspace::read(&index).map_err(BuildError::File)?;
    let text = String::from_utf8(text)
        .map_err(|error| failed(&error))?
        .replace("import source ", "import ");
    workspace::write(&index, text.as_bytes()).map_err(BuildError::File)
}

fn is_fresh(folder: &Path, wasm: &[u8]) -> bool {
    let outputs_exist = ["index.js", "index_bg.wasm"]
        .iter()
        .all(|name| folder.join(name).is_file());
    outputs_exist
        && workspace::read(&folder.join(STAMP)).is_ok_and(|written| written == stamp(wasm))
}

/// Tells builds of other WebAssembly apart, and those that an earlier version of this file made.
fn stamp(wasm: &[u8]) -> Vec<u8> {
    let hash = Sha256::new()
        .chain_update(include_bytes!("build.rs"))
        .chain_update(wasm);
    hash.finalize().to_vec()
}

/// How long it is with gzip, which is what an upload counts.
pub(crate) fn gzip_bytes(content: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // Writing into memory does not fail.
    let compressed = encoder.write_all(content).and_then(|()| encoder.finish());
    compressed.map_or(0, |compressed| compressed.len())
}

const fn kilobytes(bytes: usize) -> usize {
    bytes.div_ceil(1000)
}

/// What the runtime enters the gate through, and what that imports.
const BY_HAND: [&str; 2] = ["shim.mjs", "socket.mjs"];

/// Holds the hash of the WebAssembly that the folder was made of. No extension, so that wrangler does not upload it.
const STAMP: &str = ".made-of";

/// Why there is no build.
#[derive(Debug)]
pub(crate) enum BuildError {
    Bindgen(String),
    Command(CommandError),
    File(FileError),
    NoArtifact,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bindgen(said) => write!(f, "wasm-bindgen cannot bind the gate: {said}"),
            Self::Command(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
            Self::NoArtifact => write!(f, "cargo built the crate `edge` and named no .wasm file"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_artifact_is_found_wherever_the_target_folder_is() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"policy"},"filenames":["/t/libpolicy.rlib"]}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"edge"},"filenames":["/t/libedge.rlib","/t/edge.wasm"]}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        assert_eq!(artifact(messages), Some(PathBuf::from("/t/edge.wasm")));
        assert_eq!(artifact("{}"), None);
    }

    #[test]
    fn a_build_of_other_webassembly_is_not_fresh() {
        assert_ne!(stamp(b"one"), stamp(b"two"));
        assert!(!is_fresh(Path::new("/nowhere"), b"one"));
    }
}
