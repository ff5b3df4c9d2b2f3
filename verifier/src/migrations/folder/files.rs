//! Folders in which every migration is a file, or a folder with one.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use crate::migrations::folder::{FolderError, Migration, checksum};

/// What a folder holds, in alphabetical order.
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) path: PathBuf,
}

/// Without what is hidden.
pub(super) fn entries(folder: &Path) -> Result<Vec<Entry>, FolderError> {
    let unreadable = |error| FolderError::Unreadable {
        path: folder.to_owned(),
        error,
    };
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with('.') {
            let name = name.into_owned();
            entries.push(Entry { name, path });
        }
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

pub(super) fn bytes(file: &Path) -> Result<Vec<u8>, FolderError> {
    fs::read(file).map_err(|error| FolderError::Unreadable {
        path: file.to_owned(),
        error,
    })
}

/// `20250101000000_init/migration.sql`.
pub(super) fn prisma(folder: &Path) -> Result<Vec<Migration>, FolderError> {
    let mut found = Vec::new();
    for entry in entries(folder)?
        .into_iter()
        .filter(|entry| entry.path.is_dir())
    {
        let script = entry.path.join(PRISMA_FILE);
        if !script.is_file() {
            // Prisma refuses such a folder as well (P3015).
            let why = format!("it has no `{PRISMA_FILE}`");
            return Err(FolderError::Script {
                file: entry.path,
                why,
            });
        }
        found.push(Migration {
            checksums: checksum::prisma(&bytes(&script)?),
            ..Migration::new(&entry.name, &entry.name)
        });
    }
    Ok(found)
}

/// `1_users.sql`, or `1_users.up.sql` beside `1_users.down.sql`.
pub(super) fn sqlx(folder: &Path) -> Result<Vec<Migration>, FolderError> {
    let mut found = Vec::new();
    for Entry { name, path } in files(folder, ".sql")? {
        if let Some(version) = version_of(&name)
            && !name.ends_with(".down.sql")
        {
            found.push(Migration {
                checksums: vec![checksum::sqlx(&bytes(&path)?)],
                ..Migration::new(version, name)
            });
        }
    }
    found.sort_by(|one, other| by_number(&one.key, &other.key));
    Ok(found)
}

/// `20250101000000_create_users.rb`.
pub(super) fn rails(folder: &Path) -> Result<Vec<Migration>, FolderError> {
    let named = files(folder, ".rb")?.into_iter();
    let mut found: Vec<_> = named
        .filter_map(|Entry { name, .. }| Some(Migration::new(version_of(&name)?, name)))
        .collect();
    found.sort_by(|one, other| by_number(&one.key, &other.key));
    Ok(found)
}

/// `0001_users.sql`; the history has the name of the file.
pub(super) fn d1(folder: &Path) -> Result<Vec<Migration>, FolderError> {
    let named = files(folder, ".sql")?.into_iter();
    Ok(named
        .map(|Entry { name, .. }| Migration::new(&name, &name))
        .collect())
}

/// Every file of SQL, but those that take one back.
pub(super) fn plain(folder: &Path) -> Result<Vec<Migration>, FolderError> {
    let mut found = d1(folder)?;
    found.retain(|migration| !migration.name.ends_with(".down.sql"));
    Ok(found)
}

fn files(folder: &Path, ending: &str) -> Result<Vec<Entry>, FolderError> {
    let mut found = entries(folder)?;
    found.retain(|entry| entry.name.ends_with(ending) && entry.path.is_file());
    Ok(found)
}

/// The number before the first `_`, without the zeros before it.
pub(super) fn version_of(name: &str) -> Option<String> {
    let (digits, _) = name.split_once('_')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| without_zeros(digits).to_owned())
}

/// `0042` and `42` are the same version.
pub(crate) fn without_zeros(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" if !digits.is_empty() => "0",
        rest => rest,
    }
}

/// Of two numbers without zeros before them, the longer one is the larger.
fn by_number(one: &str, other: &str) -> Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

pub(super) const PRISMA_FILE: &str = "migration.sql";
