//! What a database is like, asked of the database itself.

use std::fmt;

use tokio_postgres::Client;

use crate::configuration::database::{NOT_SQL, Place};
use crate::schema::{Schema, postgres, quoted, sqlite};
use crate::sources::postgres::{PostgresError, connect};
use crate::sources::sqlite::SqliteError;

/// A database that was looked into.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) schema: Schema,
    /// The names of everything an index could be confused with.
    pub(crate) taken: Vec<String>,
    /// Tables that cannot be made anew without losing something: they have triggers, or are looked at by views.
    pub(crate) watched: Vec<String>,
    source: Source,
}

enum Source {
    Postgres(Client),
    Sqlite(sqlite::Reader),
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres(_) => "Postgres",
            Self::Sqlite(_) => "Sqlite",
        })
    }
}

impl Live {
    /// Looks into it; nothing is changed.
    pub(crate) async fn look(place: &Place) -> Result<Self, LiveError> {
        match place {
            Place::Mongodb(_) => Err(LiveError::NotSql),
            Place::Postgres { url, .. } => {
                let client = connect(url).await.map_err(LiveError::Postgres)?;
                let schema = postgres::schema(&client)
                    .await
                    .map_err(LiveError::Postgres)?;
                let taken = postgres::names(&client)
                    .await
                    .map_err(LiveError::Postgres)?;
                Ok(Self {
                    schema,
                    taken,
                    watched: Vec::new(),
                    source: Source::Postgres(client),
                })
            }
            Place::Sqlite(path) => {
                let reader = sqlite::Reader::open(path.clone()).await?;
                let read = reader.read().await?;
                Ok(Self {
                    schema: read.schema,
                    taken: read.names,
                    watched: read.watched,
                    source: Source::Sqlite(reader),
                })
            }
        }
    }

    /// Whether a table has rows; yes where nobody can tell, which makes the careful repair.
    pub(crate) async fn has_rows(&self, table: &str) -> bool {
        match &self.source {
            Source::Postgres(client) => {
                let question = format!("SELECT EXISTS (SELECT 1 FROM {table})");
                let row = client.query_one(&question, &[]).await;
                row.and_then(|row| row.try_get(0)).unwrap_or(true)
            }
            Source::Sqlite(reader) => reader.has_rows(table).await.unwrap_or(true),
        }
    }
}

/// Why a database could not be looked into.
#[derive(Debug)]
pub(crate) enum LiveError {
    /// It has no tables.
    NotSql,
    Postgres(PostgresError),
    Sqlite(SqliteError),
}

impl From<SqliteError> for LiveError {
    fn from(error: SqliteError) -> Self {
        Self::Sqlite(error)
    }
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSql => f.write_str(NOT_SQL),
            Self::Postgres(error) => error.fmt(f),
            Self::Sqlite(error) => error.fmt(f),
        }
    }
}

impl crate::schema::Enum {
    /// The type as a statement writes it.
    pub(crate) fn quoted(&self) -> String {
        quoted(&self.name)
    }
}
