//! The rows of each tool's table, read as the tool means them.

use std::collections::BTreeMap;

use policy::contract::sql::table::Identifier;
use serde_json::{Map, Value};

use crate::migrations::folder::{canonical, without_zeros};
use crate::migrations::tool::Tool;

/// What the history says of one migration.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) key: String,
    /// What people call it.
    pub(crate) name: String,
    pub(crate) state: State,
    /// Of what was applied; nothing where the tool keeps none.
    pub(crate) checksum: Option<String>,
    /// As the database writes the time.
    pub(crate) at: Option<String>,
    /// It came from no file of a folder.
    pub(crate) from_elsewhere: bool,
}

/// What became of it.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum State {
    Applied,
    /// Everything up to it counts as applied.
    Baseline,
    /// It was begun and not finished; the log is what the tool wrote down of it.
    Failed {
        log: Option<String>,
    },
    /// Somebody took it back, so it waits to be applied.
    TakenBack,
}

type Record = Map<String, Value>;

/// The rows, or what the table lacks to be that tool's.
pub(super) fn of(
    tool: Tool,
    column: Option<&Identifier>,
    records: &[Record],
) -> Result<Vec<Row>, String> {
    let read = |row: fn(&Record) -> Result<Row, String>| records.iter().map(row).collect();
    match tool {
        Tool::Alembic => read(|record| Ok(Row::applied(text(record, "version_num")?))),
        Tool::D1 => read(|record| {
            Ok(Row {
                at: shown(record, "applied_at"),
                ..Row::applied(text(record, "name")?)
            })
        }),
        Tool::Flyway => flyway(records),
        Tool::Plain => {
            let column = column.map_or("", Identifier::as_str);
            let name = |record| {
                let name = text(record, column)?;
                // Some write the path down.
                let file = name.rsplit(['/', '\\']).next().unwrap_or_default();
                Ok(Row::applied(file.to_owned()))
            };
            records.iter().map(name).collect()
        }
        Tool::Prisma => read(prisma),
        Tool::Rails => read(|record| {
            let version = text(record, "version")?;
            Ok(Row::applied(without_zeros(&version).to_owned()))
        }),
        Tool::Sqlx => read(sqlx),
    }
}

impl Row {
    fn applied(key: String) -> Self {
        Self {
            name: key.clone(),
            key,
            state: State::Applied,
            checksum: None,
            at: None,
            from_elsewhere: false,
        }
    }
}

/// <https://github.com/prisma/prisma-engines>, `sql-schema-connector`: several rows may have one name; the one that was rolled back waits.
fn prisma(record: &Record) -> Result<Row, String> {
    let is_set = |name: &str| Ok::<_, String>(!value(record, name)?.is_null());
    let state = if is_set("rolled_back_at")? {
        State::TakenBack
    } else if is_set("finished_at")? {
        State::Applied
    } else {
        let log = shown(record, "logs");
        State::Failed { log }
    };
    Ok(Row {
        state,
        checksum: Some(text(record, "checksum")?),
        at: shown(record, "started_at"),
        ..Row::applied(text(record, "migration_name")?)
    })
}

fn sqlx(record: &Record) -> Result<Row, String> {
    let key = text(record, "version")?;
    let description = text(record, "description")?;
    Ok(Row {
        name: format!("{key}_{}", description.replace(' ', "_")),
        state: if is_true(value(record, "success")?) {
            State::Applied
        } else {
            State::Failed { log: None }
        },
        checksum: Some(text(record, "checksum")?),
        at: shown(record, "installed_on"),
        ..Row::applied(key)
    })
}

/// One version may have been applied, taken back and applied again: the last row of each counts.
fn flyway(records: &[Record]) -> Result<Vec<Row>, String> {
    let mut records: Vec<_> = records.iter().collect();
    records.sort_by_key(|record| record.get("installed_rank").and_then(Value::as_i64));
    let mut last = BTreeMap::new();
    for record in records {
        let kind = text(record, "type")?;
        let description = text(record, "description")?;
        let key = match value(record, "version")? {
            // The row that says who made the schema.
            Value::Null if kind == "SCHEMA" => continue,
            Value::Null => description.clone(),
            Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => {
                let version = text(record, "version")?;
                canonical(&version).unwrap_or(version)
            }
        };
        let state = match (is_true(value(record, "success")?), kind.as_str()) {
            (false, _) => State::Failed { log: None },
            (true, "BASELINE" | "SQL_BASELINE") => State::Baseline,
            (true, "DELETE") => State::TakenBack,
            (true, kind) if kind.starts_with("UNDO") => State::TakenBack,
            (true, _) => State::Applied,
        };
        let row = Row {
            name: text(record, "script")?,
            state,
            checksum: shown(record, "checksum"),
            at: shown(record, "installed_on"),
            from_elsewhere: kind != "SQL",
            ..Row::applied(key)
        };
        last.insert(row.key.clone(), row);
    }
    Ok(last.into_values().collect())
}

fn value<'a>(record: &'a Record, column: &str) -> Result<&'a Value, String> {
    record
        .get(column)
        .ok_or_else(|| format!("has no column `{column}`"))
}

fn text(record: &Record, column: &str) -> Result<String, String> {
    match value(record, column)? {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(format!("has something else than a text in `{column}`"))
        }
    }
}

fn shown(record: &Record, column: &str) -> Option<String> {
    text(record, column).ok().filter(|text| !text.is_empty())
}

/// SQLite has numbers for truth.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(is) => *is,
        Value::Number(number) => number.as_i64() == Some(1),
        Value::Null | Value::String(_) | Value::Array(_) | Value::Object(_) => false,
    }
}
