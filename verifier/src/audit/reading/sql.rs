//! Rows of a query, in their order, none of them kept.

use std::path::Path;
use std::pin::pin;

use futures_util::TryStreamExt as _;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};

use super::{AT_A_TIME, Feed};
use crate::sources::postgres::{PostgresError, connect};
use crate::sources::sqlite::SqliteError;

/// The server writes each row as JSON, so that every type has a form that can be compared.
pub(super) async fn postgres(url: &str, query: &str, feed: &Feed) -> Result<(), String> {
    let said = |error| PostgresError::Sql(error).to_string();
    let client = connect(url).await.map_err(|error| error.to_string())?;
    let settings = "SET default_transaction_read_only = on; SET TIME ZONE 'UTC'";
    client.batch_execute(settings).await.map_err(said)?;
    let query = format!("SELECT row_to_json(usher)::text FROM (\n{query}\n) AS usher");
    let rows = client
        .query_raw(&query, std::iter::empty::<&str>())
        .await
        .map_err(said)?;
    let mut rows = pin!(rows);
    let mut batch = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(said)? {
        let text: &str = row.try_get(0).map_err(said)?;
        batch.push(serde_json::from_str(text).map_err(|error| error.to_string())?);
        if batch.len() >= AT_A_TIME {
            feed.give(std::mem::take(&mut batch)).await?;
        }
    }
    feed.give(batch).await
}

/// Reading blocks, so it happens on a thread of its own.
pub(super) async fn sqlite(path: &Path, query: &str, feed: &Feed) -> Result<(), String> {
    let (path, query, feed) = (path.to_owned(), query.to_owned(), feed.clone());
    let reading = tokio::task::spawn_blocking(move || {
        let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        if !path.exists() {
            return Err(at(&SqliteError::NoFile));
        }
        let database = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let database = database.map_err(|error| at(&error))?;
        let busy = database.busy_timeout(crate::sources::sqlite::BUSY_TIMEOUT);
        busy.map_err(|error| at(&error))?;
        let mut statement = database.prepare(&query).map_err(|error| at(&error))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(()).map_err(|error| at(&error))?;
        let mut batch = Vec::new();
        while let Some(row) = rows.next().map_err(|error| at(&error))? {
            let mut object = Map::new();
            for (index, name) in names.iter().enumerate() {
                let cell = row.get_ref(index).map_err(|error| at(&error))?;
                object.insert(name.clone(), value(cell));
            }
            batch.push(Value::Object(object));
            if batch.len() >= AT_A_TIME {
                feed.give_blocking(std::mem::take(&mut batch))?;
            }
        }
        feed.give_blocking(batch)
    });
    reading
        .await
        .unwrap_or_else(|_| Err(SqliteError::Abandoned.to_string()))
}

/// Bytes are written as SQLite's own `hex()` does, in small letters.
fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => integer.into(),
        ValueRef::Real(real) => real.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(bytes) => {
            let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
            digits.collect::<String>().into()
        }
    }
}
