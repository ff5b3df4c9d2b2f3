//! The first row of a question, whatever its columns are: what a person would look at.

use std::path::PathBuf;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, params_from_iter};
use serde_json::{Map, Value};
use tokio_postgres::types::Type;

use crate::sources::postgres::{PostgresError, connect};
use crate::sources::sqlite::{BUSY_TIMEOUT, SqliteError};

/// The first row of a statement of PostgreSQL. Parameters are texts; the server writes every column as one, so that none of its types is
/// unknown here.
pub(crate) async fn postgres_row(
    url: &str,
    statement: &str,
    parameters: &[String],
) -> Result<Option<Map<String, Value>>, PostgresError> {
    let mut client = connect(url).await?;
    let transaction = client.build_transaction().read_only(true).start().await;
    let transaction = transaction.map_err(PostgresError::Sql)?;
    let statement = statement.trim().trim_end_matches(';');
    let as_json = format!("SELECT row_to_json(asked)::text FROM ({statement}) AS asked LIMIT 1");
    let parameters: Vec<_> = parameters
        .iter()
        .map(|text| {
            (
                text as &(dyn tokio_postgres::types::ToSql + Sync),
                Type::TEXT,
            )
        })
        .collect();
    let rows = transaction.query_typed(&as_json, &parameters).await;
    let rows = rows.map_err(PostgresError::Sql)?;
    let Some(row) = rows.first() else {
        return Ok(None);
    };
    let text: String = row.try_get(0).map_err(PostgresError::Sql)?;
    Ok(serde_json::from_str(&text).ok())
}

/// The first row of a statement of SQLite; reading blocks, so it happens on a thread of its own.
pub(crate) async fn sqlite_row(
    path: PathBuf,
    statement: String,
    parameters: Vec<String>,
) -> Result<Option<Map<String, Value>>, SqliteError> {
    let read = move || {
        if !path.exists() {
            return Err(SqliteError::NoFile);
        }
        let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        database.busy_timeout(BUSY_TIMEOUT)?;
        let mut statement = database.prepare(&statement)?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.query(params_from_iter(parameters))?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let mut found = Map::new();
        for (index, column) in columns.into_iter().enumerate() {
            found.insert(column, value_of(row.get_ref(index)?));
        }
        Ok(Some(found))
    };
    tokio::task::spawn_blocking(read)
        .await
        .unwrap_or(Err(SqliteError::Abandoned))
}

fn value_of(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
        ValueRef::Blob(bytes) => format!("{} bytes", bytes.len()).into(),
    }
}
