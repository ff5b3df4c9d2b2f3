//! A database the verifier may look into.

use std::path::PathBuf;

use serde::Deserialize;

/// A database of the deployment, and what the deployed code needs in it.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) kind: DatabaseKind,
    pub(crate) path: PathBuf,
    /// The tables the deployed code needs.
    pub(crate) tables: Vec<String>,
    /// The command that applies the migrations.
    pub(crate) migrate: Option<String>,
}

/// The databases the verifier can look into.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DatabaseKind {
    /// A SQLite file on this machine.
    Sqlite,
}
