//! A database the verifier may look into.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

/// A database of the deployment, and what the deployed code needs in it.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) place: Place,
    /// The tables the deployed code needs.
    pub(crate) tables: Vec<String>,
    /// The command that applies the migrations.
    pub(crate) migrate: Option<String>,
}

/// Where a database is.
#[derive(Clone)]
pub(crate) enum Place {
    /// A server, by its connection string: a secret, which has its password.
    Postgres { url: String, variable: String },
    /// A file on this machine.
    Sqlite(PathBuf),
}

/// The databases the verifier can look into.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum DatabaseKind {
    /// A PostgreSQL server.
    Postgres,
    /// A SQLite file on this machine.
    Sqlite,
}

/// Without the connection string: the variable that holds it says as much to whoever set it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres { variable, .. } => write!(f, "${variable}"),
            Self::Sqlite(path) => path.display().fmt(f),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}
