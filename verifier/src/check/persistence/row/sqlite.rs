//! A marker row in a SQLite file.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::check::persistence::row::{Kept, NoRow, Statements};
use crate::contract::TableName;
use crate::sources::sqlite::{BUSY_TIMEOUT, SqliteError};

/// Makes the table where it is not there yet, and writes the row; all of it or nothing.
pub(super) fn write(path: &Path, table: &TableName, kept: &Kept) -> Result<(), String> {
    let writing = || -> Result<(), SqliteError> {
        let statements = Statements(table);
        let mut database = open(path)?;
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(&statements.make())?;
        let written_at = i64::try_from(kept.written_at_unix_seconds).unwrap_or_default();
        transaction.execute(&statements.write(), (&kept.marker, written_at))?;
        Ok(transaction.commit()?)
    };
    writing().map_err(|error| error.to_string())
}

/// Removes the row, and with the last one the table; what came in the way of that is no matter for whether it was there.
pub(super) fn take(
    path: &Path,
    table: &TableName,
    kept: &Kept,
) -> Result<Result<(), String>, NoRow> {
    let unasked = |error: rusqlite::Error| NoRow::Unasked(error.to_string());
    let statements = Statements(table);
    let mut database = open(path).map_err(|error| match error {
        SqliteError::NoFile => NoRow::Gone(error.to_string()),
        SqliteError::Abandoned | SqliteError::File(_) | SqliteError::Sql(_) => {
            NoRow::Unasked(error.to_string())
        }
    })?;
    let name = table.name.to_string();
    let is_there = database
        .table_exists(None, name.as_str())
        .map_err(unasked)?;
    if !is_there {
        return Err(NoRow::Gone(format!("there is no table {table}")));
    }
    let removed = database.execute(&statements.remove(), [&kept.marker]);
    if removed.map_err(unasked)? == 0 {
        return Err(NoRow::Gone(format!("{table} has no such row")));
    }
    let mut throw_away = || -> rusqlite::Result<()> {
        // Nobody writes another marker between the look and the end.
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if transaction.query_row(&statements.is_empty(), (), |row| row.get(0))? {
            transaction.execute_batch(&statements.throw_away())?;
        }
        transaction.commit()
    };
    Ok(throw_away().map_err(|error| error.to_string()))
}

/// It is never made: a file that is not there is an answer.
fn open(path: &Path) -> Result<Connection, SqliteError> {
    if !path.exists() {
        return Err(SqliteError::NoFile);
    }
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    database.busy_timeout(BUSY_TIMEOUT)?;
    Ok(database)
}
