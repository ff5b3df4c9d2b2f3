//! Why a folder of migrations cannot be read.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::migrations::tool::Tool;

/// Why nobody knows which migrations the code brings.
#[derive(Debug)]
pub(crate) enum FolderError {
    /// There is no migration in it.
    Empty { folder: PathBuf, tool: Tool },
    /// A file is not written as the reader understands it.
    Script { file: PathBuf, why: String },
    /// Two migrations have the same name in the history.
    Twice { folder: PathBuf, key: String },
    /// Several tools name their files like this, and the database has the history of none of them.
    Undecided { folder: PathBuf, tools: Vec<Tool> },
    /// No tool names its files like this.
    Unknown { folder: PathBuf },
    /// A file or the folder cannot be read.
    Unreadable { path: PathBuf, error: io::Error },
}

impl fmt::Display for FolderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { folder, tool } => write!(
                f,
                "there are no migrations of {} in `{}`; give their folder as `migrations` in [[databases]], or with --folder",
                tool.title(),
                folder.display()
            ),
            Self::Script { file, why } => write!(f, "cannot read `{}`: {why}", file.display()),
            Self::Twice { folder, key } => write!(
                f,
                "two migrations in `{}` are both `{key}`; give one of them another number",
                folder.display()
            ),
            Self::Undecided { folder, tools } => {
                let names: Vec<_> = tools
                    .iter()
                    .map(|tool| format!("`{}`", tool.name()))
                    .collect();
                write!(
                    f,
                    "the migrations in `{}` could be those of {}, and the database has no history of either; say which with `tool` in [[databases]], or with --tool",
                    folder.display(),
                    names.join(" or ")
                )
            }
            Self::Unknown { folder } => write!(
                f,
                "`{}` does not look like the migrations of any tool; give the folder that holds them, or say which tool it is with `tool` in [[databases]], or with --tool ({})",
                folder.display(),
                Tool::ALL.map(Tool::name).join(", ")
            ),
            Self::Unreadable { path, error } => {
                write!(f, "cannot read `{}`: {error}", path.display())
            }
        }
    }
}

impl std::error::Error for FolderError {}
