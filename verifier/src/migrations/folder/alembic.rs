//! Alembic's folder: scripts that each name the one before them, so that they are a graph; it may branch, and merge again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::migrations::folder::files::{self, Entry};
use crate::migrations::folder::python::{Value, value_of};
use crate::migrations::folder::{Folder, FolderError, Migration};
use crate::migrations::tool::Tool;

struct Script {
    migration: Migration,
    /// What it follows upon; without what it only needs.
    follows: Vec<String>,
    labels: Vec<String>,
}

/// The scripts of this folder, or of `versions` in it, which is how Alembic lays out its own.
pub(super) fn read(path: &Path) -> Result<Folder, FolderError> {
    let below = path.join("versions");
    let folder = if below.is_dir() { &below } else { path };
    let mut scripts = Vec::new();
    for entry in files::entries(folder)? {
        // As Alembic decides it (`_only_source_rev_file`).
        let is_python = entry.path.extension().is_some_and(|ending| ending == "py");
        let is_script = is_python && !entry.name.starts_with("__init__");
        if is_script && entry.path.is_file() {
            scripts.push(script(&entry)?);
        }
    }
    resolve_labels(&mut scripts);
    for script in &scripts {
        let known = |key: &String| scripts.iter().any(|other| other.migration.key == *key);
        if let Some(missing) = script.migration.after.iter().find(|key| !known(key)) {
            return Err(FolderError::Script {
                file: folder.join(&script.migration.name),
                why: format!("it follows upon the revision `{missing}`, which no script here has"),
            });
        }
    }
    let followed: BTreeSet<_> = (scripts.iter())
        .flat_map(|script| script.follows.iter().cloned())
        .collect();
    let heads: Vec<_> = (scripts.iter())
        .map(|script| script.migration.key.clone())
        .filter(|key| !followed.contains(key))
        .collect();
    let branches_are_named = scripts.iter().any(|script| !script.labels.is_empty());
    let migrations = scripts.into_iter().map(|script| script.migration);
    Ok(Folder {
        path: path.to_owned(),
        tool: Tool::Alembic,
        migrations: in_order(migrations.collect()),
        heads,
        branches_are_named,
    })
}

fn script(entry: &Entry) -> Result<Script, FolderError> {
    let source = files::bytes(&entry.path)?;
    let source = String::from_utf8_lossy(&source).replace("\r\n", "\n");
    let mistake = |name: &str| FolderError::Script {
        file: entry.path.clone(),
        why: format!("`{name}` is not there, or not written out as a text: Python is not run here"),
    };
    let texts = |name: &str| match value_of(&source, name) {
        Some(Value::Text(one)) => Ok(vec![one]),
        Some(Value::Texts(several)) => Ok(several),
        Some(Value::None) | None => Ok(Vec::new()),
        Some(Value::Computed) => Err(mistake(name)),
    };
    let Some(Value::Text(key)) = value_of(&source, "revision") else {
        return Err(mistake("revision"));
    };
    let follows = texts("down_revision")?;
    let mut migration = Migration::new(key, &entry.name);
    migration.after = follows
        .iter()
        .cloned()
        .chain(texts("depends_on")?)
        .collect();
    Ok(Script {
        migration,
        follows,
        labels: texts("branch_labels")?,
    })
}

/// `depends_on` may name a branch instead of a revision.
fn resolve_labels(scripts: &mut [Script]) {
    let labels: BTreeMap<String, String> = (scripts.iter())
        .flat_map(|script| {
            let key = &script.migration.key;
            script
                .labels
                .iter()
                .map(|label| (label.clone(), key.clone()))
        })
        .collect();
    for after in scripts
        .iter_mut()
        .flat_map(|script| &mut script.migration.after)
    {
        if let Some(key) = labels.get(after) {
            after.clone_from(key);
        }
    }
}

/// Each behind what it follows upon; a circle, which Alembic refuses, stays at the end.
fn in_order(mut waiting: Vec<Migration>) -> Vec<Migration> {
    let (mut ordered, mut done) = (Vec::new(), BTreeSet::new());
    loop {
        let is_ready = |one: &Migration| one.after.iter().all(|key| done.contains(key));
        let Some(next) = waiting.iter().position(is_ready) else {
            ordered.append(&mut waiting);
            return ordered;
        };
        let next = waiting.remove(next);
        done.insert(next.key.clone());
        ordered.push(next);
    }
}
