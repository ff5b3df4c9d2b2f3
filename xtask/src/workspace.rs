//! Where things are in the repository.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use std::fmt;

/// The repository this program was built in.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The repository whose `cargo xtask` was called.
    pub(crate) fn here() -> Self {
        let own_crate = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self {
            root: own_crate.parent().unwrap_or(own_crate).to_owned(),
        }
    }

    /// The folder of the root Cargo.toml.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path in the repository.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }
}

/// Writes a file, creating its folder.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), FileError> {
    let result = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, content));
    result.map_err(|source| unwritten(path, source))
}

/// The failure to write there.
pub(crate) fn unwritten(path: &Path, source: io::Error) -> FileError {
    FileError {
        doing: "write",
        path: path.to_owned(),
        source,
    }
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(|source| FileError {
        doing: "read",
        path: path.to_owned(),
        source,
    })
}

/// A file that could not be read or written.
#[derive(Debug)]
pub(crate) struct FileError {
    doing: &'static str,
    path: PathBuf,
    source: io::Error,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot {} `{}`: {}",
            self.doing,
            self.path.display(),
            self.source
        )
    }
}
