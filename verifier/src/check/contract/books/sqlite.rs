//! A table in SQLite. Reading blocks, so it happens on a thread of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use policy::contract::sql::table::{Identifier, Table};
use policy::contract::sql::{self, FirstStatus};
use rusqlite::{Connection, OpenFlags};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::{NOT_AS_SEEN, Rows, There, WAITING};
use crate::check::contract::row::Row;
use crate::check::contract::since::{Form, MOST_SECONDS};
use crate::configuration::contract::Held;

pub(super) async fn there(path: PathBuf, held: Held) -> Result<There, String> {
    if !path.exists() {
        return Err("no such file".to_owned());
    }
    let looked = spawn_blocking(move || {
        let connection = open(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        // Hidden are only the arguments of table-valued functions; generated columns are read like any other.
        let columns = texts(
            &connection,
            "SELECT name FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid",
            [held.table.name.as_str()],
        )?;
        if !columns.is_empty() {
            return Ok(There::Columns(columns));
        }
        let tables = "SELECT name FROM sqlite_schema
                      WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
        texts(&connection, tables, []).map(There::Tables)
    });
    flat(looked.await)
}

fn texts<P: rusqlite::Params>(
    connection: &Connection,
    question: &str,
    parameters: P,
) -> Result<Vec<String>, rusqlite::Error> {
    let mut query = connection.prepare(question)?;
    let found = query.query_map(parameters, |row| row.get(0))?;
    found.collect()
}

pub(super) async fn unheld(path: PathBuf, held: Held) -> Result<Vec<String>, String> {
    let looked = spawn_blocking(move || {
        let connection = open(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let found = texts(
            &connection,
            "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)",
            [held.table.name.as_str()],
        )?;
        Ok(missing(&held, &found))
    });
    flat(looked.await)
}

fn missing(held: &Held, found: &[String]) -> Vec<String> {
    let triggers = |first| {
        let table = Table {
            first,
            ..held.table.clone()
        };
        let statements = sql::statements(&held.dialect, &table).into_iter();
        statements
            .filter(|statement| statement.starts_with("CREATE TRIGGER"))
            .map(|statement| statement.trim_end().trim_end_matches(';').to_owned())
    };
    triggers(FirstStatus::First)
        .zip(triggers(FirstStatus::Any))
        .filter(|(strict, lenient)| !found.contains(strict) && !found.contains(lenient))
        .map(|(strict, _)| {
            let name = strict.split('"').nth(1).unwrap_or_default().to_owned();
            format!("the trigger {name} is missing, or holds another version of the contract")
        })
        .collect()
}

pub(super) fn rows(path: PathBuf, held: Held) -> Rows {
    let (sender, receiver) = mpsc::channel(WAITING);
    spawn_blocking(move || {
        let failed = read(&path, &held, &sender).err();
        // Whoever does not listen any more need not hear of it.
        let _unheard = failed.map(|error| sender.blocking_send(Err(error.to_string())));
    });
    receiver
}

fn read(
    path: &Path,
    held: &Held,
    sender: &mpsc::Sender<Result<Row, String>>,
) -> Result<(), rusqlite::Error> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut query = connection.prepare(&select(held))?;
    let rows = query.query_map((), |row| {
        Ok(Row {
            key: row.get::<_, Option<String>>(0)?.unwrap_or_default(),
            status: row.get(1)?,
            suspended_from: row.get(2)?,
            is_provisioned: row.get(3)?,
            age: row.get(4)?,
            since: row
                .get::<_, Option<String>>(5)?
                .as_deref()
                .and_then(Form::parse),
            url: row.get(6)?,
        })
    })?;
    for row in rows {
        if sender.blocking_send(Ok(row?)).is_err() {
            break;
        }
    }
    Ok(())
}

fn select(held: &Held) -> String {
    let table = held.table.name.quoted();
    // Qualified, because SQLite takes a lone name in double quotes that is no column for a text.
    let column = |name: &Identifier| format!("{table}.{}", name.quoted());
    let text = |name: &Identifier| format!("CAST({} AS TEXT)", column(name));
    let or_null = |name: Option<&Identifier>| name.map_or_else(|| "NULL".to_owned(), text);
    let from = held.has_suspended_from.then(|| held.table.suspended_from());
    let provisioned = held.provisioned_at.as_ref();
    let provisioned = provisioned.map_or_else(
        || "false".to_owned(),
        |name| format!("{} IS NOT NULL", column(name)),
    );
    let since = held.since.as_ref();
    let since = since.map_or_else(
        || "NULL, NULL".to_owned(),
        |name| format!("{}, {}", age(&column(name)), form(&column(name))),
    );
    format!(
        "SELECT {}, {}, {}, {provisioned}, {since}, {} FROM {table}",
        text(held.table.key()),
        text(held.table.status()),
        or_null(from),
        or_null(held.url.as_ref()),
    )
}

/// Texts are what SQLite takes for a time.
fn age(column: &str) -> String {
    format!(
        "CAST(CASE WHEN typeof({column}) IN ('integer', 'real')
              THEN unixepoch() - {column} / CASE WHEN {column} > {MOST_SECONDS} THEN 1000 ELSE 1 END
              ELSE unixepoch() - unixepoch({column}) END AS INTEGER)"
    )
}

/// In SQLite every value has a kind of its own.
fn form(column: &str) -> String {
    let [seconds, millis, iso, text] =
        [Form::Seconds, Form::Millis, Form::Iso, Form::Text].map(Form::word);
    format!(
        "CASE typeof({column})
              WHEN 'null' THEN NULL
              WHEN 'text' THEN iif({column} LIKE '%T%', '{iso}', '{text}')
              ELSE iif({column} > {MOST_SECONDS}, '{millis}', '{seconds}') END"
    )
}

pub(super) async fn apply(path: PathBuf, statements: Vec<String>) -> Result<(), String> {
    let applied = spawn_blocking(move || {
        let mut connection = open(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let transaction = connection.transaction()?;
        for statement in &statements {
            if transaction.execute(statement, ())? != 1 {
                return Ok(false);
            }
        }
        transaction.commit().map(|()| true)
    });
    let is_done = flat(applied.await)?;
    is_done.then_some(()).ok_or_else(|| NOT_AS_SEEN.to_owned())
}

fn open(path: &Path, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

fn flat<T>(
    looked: Result<Result<T, rusqlite::Error>, tokio::task::JoinError>,
) -> Result<T, String> {
    let looked = looked.map_err(|_| "the reading was given up".to_owned())?;
    looked.map_err(|error| error.to_string())
}

/// Long enough for a writer to finish a transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
