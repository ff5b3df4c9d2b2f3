//! A SQLite file, looked into without changing it.

use std::fmt::{self, Write as _};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use policy::contract::sql::table::Identifier;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};

/// The tables of a database.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Tables {
    /// In alphabetical order.
    pub(crate) names: Vec<String>,
    /// Of a file.
    pub(crate) file_bytes: Option<u64>,
}

/// Lists the tables of this file; reading blocks, so it happens on a thread of its own.
pub(crate) async fn tables(path: PathBuf) -> Result<Tables, SqliteError> {
    tokio::task::spawn_blocking(move || read(&path))
        .await
        .unwrap_or(Err(SqliteError::Abandoned))
}

/// Every row of a table, by the names of its columns; bytes are written as PostgreSQL writes them, `\\x…`.
pub(crate) async fn rows(
    path: PathBuf,
    table: Identifier,
) -> Result<Vec<Map<String, Value>>, SqliteError> {
    tokio::task::spawn_blocking(move || read_rows(&path, &table))
        .await
        .unwrap_or(Err(SqliteError::Abandoned))
}

fn read_rows(path: &Path, table: &Identifier) -> Result<Vec<Map<String, Value>>, SqliteError> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    let mut statement = database.prepare(&format!("SELECT * FROM {}", table.quoted()))?;
    let names: Vec<String> = (statement.column_names()).map(str::to_owned).collect();
    let rows = statement.query_map((), |row| {
        let values = (names.iter().enumerate()).map(|(at, name)| {
            let value = match row.get_ref(at)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => number.into(),
                ValueRef::Real(number) => number.into(),
                ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
                ValueRef::Blob(bytes) => in_hexadecimal(bytes).into(),
            };
            Ok((name.clone(), value))
        });
        values.collect()
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn in_hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold("\\x".to_owned(), |mut text, byte| {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn read(path: &Path) -> Result<Tables, SqliteError> {
    let file_bytes = match std::fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SqliteError::NoFile),
        Err(error) => return Err(SqliteError::File(error)),
    };
    // Read-only also keeps a file from being created between the question above and here.
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    let names = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name")?
        .query_map((), |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    Ok(Tables {
        names,
        file_bytes: Some(file_bytes),
    })
}

/// Why a database could not be looked into.
#[derive(Debug)]
pub(crate) enum SqliteError {
    /// The reading thread ended without a result.
    Abandoned,
    /// The file is there, but cannot be examined.
    File(io::Error),
    /// There is no such file.
    NoFile,
    /// SQLite does not read it.
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for SqliteError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl fmt::Display for SqliteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Abandoned => f.write_str("the reading was given up"),
            Self::File(error) => error.fmt(f),
            Self::NoFile => f.write_str("no such file"),
            Self::Sql(error) => error.fmt(f),
        }
    }
}

/// Long enough for a writer to finish a transaction.
pub(crate) const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_never_created() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none.db");
        assert!(matches!(read(&path), Err(SqliteError::NoFile)));
        assert!(!path.exists());
    }

    #[test]
    fn tables_are_listed_without_those_of_sqlite() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("some.db");
        let database = Connection::open(&path).unwrap();
        database
            .execute_batch(
                "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE a (x);",
            )
            .unwrap();
        assert_eq!(read(&path).unwrap().names, ["a", "users"]);
    }

    #[test]
    fn an_empty_file_has_no_tables_and_another_file_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        std::fs::write(&path, "").unwrap();
        assert_eq!(
            read(&path).unwrap(),
            Tables {
                names: Vec::new(),
                file_bytes: Some(0)
            }
        );
        std::fs::write(
            &path,
            "this is a text and no database, and long enough to be asked",
        )
        .unwrap();
        assert!(matches!(read(&path), Err(SqliteError::Sql(_))));
    }
}
