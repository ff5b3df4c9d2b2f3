//! The databases of a file without the rest of it, for checks that need no deployment.

use std::path::Path;

use serde::Deserialize;

use crate::configuration::database::Database;
use crate::configuration::file::DatabaseEntry;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::reading::{self, Reading};
use crate::configuration::{Environment, text_of};

/// The rest of the file is what `usher verify` needs, and is judged there.
#[derive(Debug, Deserialize)]
struct Part {
    #[serde(default)]
    databases: Vec<DatabaseEntry>,
}

/// Reads the one with this name, or all of them. What nobody asks for needs no variable either.
pub(crate) fn load(
    path: &Path,
    wanted: Option<&str>,
    environment: Environment<'_>,
) -> Result<Vec<Database>, ConfigurationError> {
    let is_wanted = |entry: &DatabaseEntry| wanted.is_none_or(|wanted| entry.name.value == wanted);
    those(path, is_wanted, environment)
}

/// Reads those of which the file says which indexes the code declares.
pub(crate) fn with_indexes(
    path: &Path,
    environment: Environment<'_>,
) -> Result<Vec<Database>, ConfigurationError> {
    those(path, |entry| entry.indexes.is_some(), environment)
}

fn those(
    path: &Path,
    wanted: impl Fn(&DatabaseEntry) -> bool,
    environment: Environment<'_>,
) -> Result<Vec<Database>, ConfigurationError> {
    let text = text_of(path)?;
    let part: Part = reading::parsed(path, &text)?;
    let reading = Reading {
        path,
        text: &text,
        environment,
    };
    let mut entries = part.databases;
    entries.retain(wanted);
    let complete = |entry: DatabaseEntry| entry.complete(&reading);
    Ok(entries
        .into_iter()
        .map(complete)
        .collect::<Result<_, _>>()?)
}
