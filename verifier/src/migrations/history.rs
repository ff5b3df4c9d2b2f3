//! The history: what the database says about the migrations that were applied to it.

mod rows;

use policy::contract::sql::table::Identifier;
use serde_json::{Map, Value};

use crate::configuration::database::{Database, Migrations, NOT_SQL, Place};
use crate::contract::TableName;
use crate::migrations::Candidates;
pub(crate) use crate::migrations::history::rows::{Row, State};
use crate::migrations::tool::Tool;
use crate::sources::postgres::{self, Named};
use crate::sources::sqlite::{self, SqliteError};

/// What there is of it.
#[derive(Debug)]
pub(crate) enum History {
    /// The table is not there; these are.
    Absent { tables: Vec<String> },
    /// What the tool wrote.
    Rows(Vec<Row>),
}

/// Why it cannot be told what is applied.
#[derive(Debug)]
pub(crate) enum HistoryError {
    /// There is no database.
    NoFile,
    /// None of these tools has a table here.
    Undecided(Vec<Tool>),
    /// It could not be read, which says nothing about what is in it.
    Unreadable(String),
}

/// Reads the history of the first of these tools that has one here.
pub(super) async fn read(
    database: &Database,
    migrations: &Migrations,
    candidates: &Candidates,
) -> Result<(Tool, History), HistoryError> {
    let tables = match &database.place {
        Place::Mongodb(_) => return Err(unreadable(NOT_SQL)),
        Place::Sqlite(path) => match sqlite::tables(path.clone()).await {
            Ok(found) => (found.names.into_iter())
                .map(|name| Named {
                    schema: "main".to_owned(),
                    name,
                    is_in_path: true,
                })
                .collect(),
            Err(SqliteError::NoFile) => return Err(HistoryError::NoFile),
            Err(error) => return Err(HistoryError::Unreadable(error.to_string())),
        },
        Place::Postgres { url, .. } => {
            let client = postgres::connect(url).await.map_err(unreadable)?;
            postgres::all_tables(&client).await.map_err(unreadable)?
        }
    };
    for &tool in candidates {
        if let Some(table) = table_of(tool, migrations)
            && is_there(&table, &tables)?
        {
            let read = records(database, &table).await?;
            let rows = rows::of(tool, migrations.column.as_ref(), &read);
            let rows = rows.map_err(|lacks| {
                HistoryError::Unreadable(format!("the table `{table}` {lacks}"))
            })?;
            return Ok((tool, History::Rows(rows)));
        }
    }
    let [tool] = candidates.as_slice() else {
        return Err(HistoryError::Undecided(candidates.clone()));
    };
    let tables = tables.into_iter().filter(|named| named.is_in_path);
    let tables = tables.map(|named| named.name).collect();
    Ok((*tool, History::Absent { tables }))
}

fn unreadable(error: impl std::fmt::Display) -> HistoryError {
    HistoryError::Unreadable(error.to_string())
}

/// The table of its history.
pub(super) fn table_of(tool: Tool, migrations: &Migrations) -> Option<TableName> {
    let usual = || {
        Some(TableName {
            schema: None,
            name: Identifier::parse(tool.usual_table()?).ok()?,
        })
    };
    migrations.table.clone().or_else(usual)
}

/// One of another schema is perhaps that of another app, so it is neither read nor taken for none.
fn is_there(table: &TableName, tables: &[Named]) -> Result<bool, HistoryError> {
    let mut same = tables
        .iter()
        .filter(|named| named.name == table.name.as_str());
    if let Some(schema) = &table.schema {
        return Ok(same.any(|named| named.schema == schema.as_str()));
    }
    match same.next() {
        None => Ok(false),
        Some(named) if named.is_in_path => Ok(true),
        Some(named) => Err(HistoryError::Unreadable(format!(
            "`{}` is in the schema `{}`, where this connection does not look; say it with `history = \"{}.{}\"` in [[databases]]",
            named.name, named.schema, named.schema, named.name
        ))),
    }
}

async fn records(
    database: &Database,
    table: &TableName,
) -> Result<Vec<Map<String, Value>>, HistoryError> {
    match &database.place {
        Place::Mongodb(_) => Err(unreadable(NOT_SQL)),
        Place::Sqlite(path) => {
            let rows = sqlite::rows(path.clone(), table.name.clone()).await;
            rows.map_err(unreadable)
        }
        Place::Postgres { url, .. } => {
            let client = postgres::connect(url).await.map_err(unreadable)?;
            postgres::rows(&client, table).await.map_err(unreadable)
        }
    }
}
