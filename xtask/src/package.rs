//! `cargo xtask package`: the verifier as it is handed out, in `target/package/`: one program, packed, and its checksum.

use std::fmt::{self, Write as _};
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::build;
use crate::command::{CommandError, Program, Run};
use crate::talk;
use crate::workspace::{self, FileError, Workspace};

/// Builds the program in its release form and packs it. `action/install.sh` asks for it by the same name.
pub(crate) fn run(workspace: &Workspace) -> Result<(), PackageError> {
    let started = Instant::now();
    let messages = Run::new(Program::Cargo)
        .arguments([
            "build",
            "--release",
            "--package",
            "verifier",
            "--bin",
            "usher",
        ])
        .arguments(["--message-format", "json-render-diagnostics"])
        .folder(workspace.root())
        .capture_stdout()
        .map_err(PackageError::Command)?;
    let program = build::executable(&messages, "usher")
        .unwrap_or_else(|| Path::new("target/release/usher").to_owned());
    let program = workspace::read(&program).map_err(PackageError::File)?;
    let packed = packed(&program);
    let folder = workspace.path("target/package");
    let name = format!(
        "usher-{}-{}.gz",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let path = folder.join(&name);
    fs::create_dir_all(&folder)
        .map_err(|error| PackageError::File(workspace::unwritten(&folder, error)))?;
    workspace::write(&path, &packed).map_err(PackageError::File)?;
    let mut checksum = String::new();
    for byte in Sha256::digest(&packed) {
        // Writing to a String cannot fail.
        let _infallible = write!(checksum, "{byte:02x}");
    }
    // As `sha256sum --check` and `shasum --check` read it.
    let line = format!("{checksum}  {name}\n");
    let beside = folder.join(format!("{name}.sha256"));
    workspace::write(&beside, line.as_bytes()).map_err(PackageError::File)?;
    let size = format!("packed target/package/{name}: {} KB", packed.len() / 1024);
    talk::say_done(&size, started.elapsed());
    Ok(())
}

fn packed(program: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    // It writes into memory, where nothing fails.
    let _infallible = encoder.write_all(program);
    encoder.finish().unwrap_or_default()
}

/// What the packing failed at.
#[derive(Debug)]
pub(crate) enum PackageError {
    Command(CommandError),
    File(FileError),
}

impl fmt::Display for PackageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(error) => error.fmt(f),
            Self::File(error) => error.fmt(f),
        }
    }
}
