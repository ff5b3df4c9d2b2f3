//! The migrations that the code brings: a folder, read as its tool reads it.

mod alembic;
mod checksum;
mod error;
mod files;
mod flyway;
mod python;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::configuration::database::Migrations;
use crate::migrations::Candidates;
pub(crate) use crate::migrations::folder::error::FolderError;
pub(crate) use crate::migrations::folder::files::without_zeros;
pub(crate) use crate::migrations::folder::flyway::{by_version, canonical};
use crate::migrations::tool::Tool;

/// What a tool finds in its folder.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) path: PathBuf,
    pub(crate) tool: Tool,
    /// In the order in which they are applied.
    pub(crate) migrations: Vec<Migration>,
    /// More than one only where the history branches: the ends that nothing follows.
    pub(crate) heads: Vec<String>,
    /// The branches have names, so they are there on purpose.
    pub(crate) branches_are_named: bool,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Migration {
    /// What the history calls it.
    pub(crate) key: String,
    /// What people call it: its file or folder.
    pub(crate) name: String,
    /// As the history would have it, in every form that the tool takes for the same; empty where the tool keeps none.
    pub(crate) checksums: Vec<String>,
    /// What has to be applied before it, by their keys; only where that is written down.
    pub(crate) after: Vec<String>,
    /// Applied again whenever it changes.
    pub(crate) repeatable: bool,
}

impl Migration {
    pub(super) fn new(key: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            name: name.into(),
            checksums: Vec::new(),
            after: Vec::new(),
            repeatable: false,
        }
    }
}

impl Folder {
    /// Everything in it; a folder without any migration is a mistake of whoever named it, and never "nothing is pending".
    pub(crate) fn read(path: &Path, tool: Tool) -> Result<Self, FolderError> {
        let folder = match tool {
            Tool::Alembic => alembic::read(path)?,
            Tool::D1 => Self::of(path, tool, files::d1(path)?),
            Tool::Flyway => Self::of(path, tool, flyway::read(path)?),
            Tool::Plain => Self::of(path, tool, files::plain(path)?),
            Tool::Prisma => Self::of(path, tool, files::prisma(path)?),
            Tool::Rails => Self::of(path, tool, files::rails(path)?),
            Tool::Sqlx => Self::of(path, tool, files::sqlx(path)?),
        };
        if folder.migrations.is_empty() {
            let folder = path.to_owned();
            return Err(FolderError::Empty { folder, tool });
        }
        let mut keys = BTreeSet::new();
        if let Some(twice) = (folder.migrations.iter()).find(|one| !keys.insert(&one.key)) {
            return Err(FolderError::Twice {
                folder: path.to_owned(),
                key: twice.key.clone(),
            });
        }
        Ok(folder)
    }

    fn of(path: &Path, tool: Tool, migrations: Vec<Migration>) -> Self {
        Self {
            path: path.to_owned(),
            tool,
            migrations,
            heads: Vec::new(),
            branches_are_named: false,
        }
    }

    pub(crate) fn find(&self, key: &str) -> Option<&Migration> {
        self.migrations.iter().find(|one| one.key == key)
    }

    pub(crate) fn branches(&self) -> bool {
        self.heads.len() > 1
    }
}

/// The tools whose migrations these could be: the one that is named, or those that the names of the files speak for.
pub(crate) fn candidates(migrations: &Migrations) -> Result<Candidates, FolderError> {
    if let Some(tool) = migrations.tool {
        return Ok(vec![tool]);
    }
    let path = &migrations.folder;
    let entries = files::entries(path)?;
    let has = |ending: &str| entries.iter().any(|entry| entry.name.ends_with(ending));
    let numbered = |ending: &str| {
        let mut names = entries.iter().map(|entry| entry.name.as_str());
        names.any(|name| name.ends_with(ending) && files::version_of(name).is_some())
    };
    let tools = if has("migration_lock.toml")
        || (entries.iter()).any(|entry| entry.path.join(files::PRISMA_FILE).is_file())
    {
        vec![Tool::Prisma]
    } else if path.join("versions").is_dir() || has(".py") {
        vec![Tool::Alembic]
    } else if numbered(".rb") {
        vec![Tool::Rails]
    } else if !flyway::read(path)?.is_empty() {
        vec![Tool::Flyway]
    } else if has(".up.sql") {
        vec![Tool::Sqlx]
    } else if numbered(".sql") {
        vec![Tool::Sqlx, Tool::D1]
    } else {
        let folder = path.clone();
        return Err(FolderError::Unknown { folder });
    };
    Ok(tools)
}

#[cfg(test)]
mod tests;
