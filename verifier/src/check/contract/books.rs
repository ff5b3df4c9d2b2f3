//! The database that holds the table, whichever it is. It is opened read-only, unless something is to be fixed.

mod postgres;
mod sqlite;

use std::path::PathBuf;

use tokio::sync::mpsc;
use tokio_postgres::Client;

use crate::check::contract::row::Row;
use crate::configuration::contract::Held;
use crate::configuration::database::{NOT_SQL, Place};

/// A database that can be asked. What goes wrong is said in its own words.
pub(super) enum Books {
    Postgres(Client),
    Sqlite(PathBuf),
}

/// What a database has of the names that are looked for in it.
pub(super) enum There {
    /// The columns of the table.
    Columns(Vec<String>),
    /// There is no such table: those that there are.
    Tables(Vec<String>),
}

/// Rows as they come; a mistake is the last of them.
pub(super) type Rows = mpsc::Receiver<Result<Row, String>>;

impl Books {
    pub(super) async fn open(held: &Held) -> Result<Self, String> {
        match &held.database.place {
            Place::Mongodb(_) => Err(NOT_SQL.to_owned()),
            Place::Postgres { url, .. } => postgres::open(url, true).await.map(Self::Postgres),
            Place::Sqlite(path) => Ok(Self::Sqlite(path.clone())),
        }
    }

    pub(super) async fn open_to_write(held: &Held) -> Result<Self, String> {
        match &held.database.place {
            Place::Mongodb(_) => Err(NOT_SQL.to_owned()),
            Place::Postgres { url, .. } => postgres::open(url, false).await.map(Self::Postgres),
            Place::Sqlite(path) => Ok(Self::Sqlite(path.clone())),
        }
    }

    /// What is there by the names of the configuration.
    pub(super) async fn there(&self, held: &Held) -> Result<There, String> {
        match self {
            Self::Postgres(client) => postgres::there(client, held).await,
            Self::Sqlite(path) => sqlite::there(path.clone(), held.clone()).await,
        }
    }

    /// What of the contract the database does not hold by itself, a sentence each.
    pub(super) async fn unheld(&self, held: &Held) -> Result<Vec<String>, String> {
        match self {
            Self::Postgres(client) => postgres::unheld(client, held).await,
            Self::Sqlite(path) => sqlite::unheld(path.clone(), held.clone()).await,
        }
    }

    /// Every row, without holding more than some of them.
    pub(super) async fn rows(&self, held: &Held) -> Result<Rows, String> {
        match self {
            Self::Postgres(client) => postgres::rows(client, held).await,
            Self::Sqlite(path) => Ok(sqlite::rows(path.clone(), held.clone())),
        }
    }

    /// Runs the statements in one transaction, each of which must change one row.
    pub(super) async fn apply(&mut self, statements: Vec<String>) -> Result<(), String> {
        match self {
            Self::Postgres(client) => postgres::apply(client, &statements).await,
            Self::Sqlite(path) => sqlite::apply(path.clone(), statements).await,
        }
    }
}

/// As many rows wait to be judged.
const WAITING: usize = 256;

const NOT_AS_SEEN: &str = "the row is not any more as it was seen, so it stays as it is";
