//! What a SQLite database is like, out of its pragmas.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::schema::{Column, Dialect, Form, Given, Index, Schema, Table};
use crate::sources::sqlite::SqliteError;

/// What was read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) schema: Schema,
    /// Of all tables and indexes.
    pub(super) names: Vec<String>,
    /// The tables that triggers belong to; all of them where there are views, which may name any.
    pub(super) watched: Vec<String>,
}

/// A database that is read; reading blocks, so it happens on a thread of its own.
#[derive(Clone, Debug)]
pub(super) struct Reader(Arc<Mutex<Connection>>);

impl Reader {
    /// Opens a file that is there; none is ever created.
    pub(super) async fn open(path: PathBuf) -> Result<Self, SqliteError> {
        let opened = tokio::task::spawn_blocking(move || open(&path)).await;
        let connection = opened.unwrap_or(Err(SqliteError::Abandoned))?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    pub(super) async fn read(&self) -> Result<Read, SqliteError> {
        self.with(|connection| Ok(read(connection)?)).await
    }

    pub(super) async fn has_rows(&self, table: &str) -> Result<bool, SqliteError> {
        let question = format!("SELECT EXISTS (SELECT 1 FROM {table})");
        self.with(move |connection| Ok(connection.query_row(&question, (), |row| row.get(0))?))
            .await
    }

    async fn with<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, SqliteError> {
        let connection = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            job(&connection)
        });
        done.await.unwrap_or(Err(SqliteError::Abandoned))
    }
}

fn open(path: &Path) -> Result<Connection, SqliteError> {
    match std::fs::metadata(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(SqliteError::NoFile),
        Err(error) => return Err(SqliteError::File(error)),
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

/// Everything but SQLite's own tables and what virtual tables keep.
pub(super) fn read(connection: &Connection) -> Result<Read, rusqlite::Error> {
    let mut schema = Schema {
        dialect: Dialect::Sqlite,
        printed: false,
        tables: Vec::new(),
        enums: Vec::new(),
    };
    let mut statement = connection.prepare(TABLES)?;
    let tables = statement.query_map((), |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, bool>(2)?,
            row.get::<_, Option<String>>(3)?,
        ))
    })?;
    for listed in tables {
        let (name, kind, without_rowid, sql) = listed?;
        let mut table = Table::new(None, name);
        // A virtual table's columns are its module's affair.
        let is_table = kind == "table";
        table.form = if is_table { Form::Table } else { Form::View };
        table.sql = sql;
        table.columns = columns(connection, &table.name, without_rowid)?;
        if is_table {
            table.indexes = indexes(connection, &table)?;
        }
        schema.tables.push(table);
    }
    let list = |question: &str| -> Result<Vec<String>, rusqlite::Error> {
        connection
            .prepare(question)?
            .query_map((), |row| row.get(0))?
            .collect()
    };
    Ok(Read {
        schema,
        names: list("SELECT name FROM sqlite_schema")?,
        watched: list(WATCHED)?,
    })
}

fn columns(
    connection: &Connection,
    table: &str,
    without_rowid: bool,
) -> Result<Vec<Column>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)",
    )?;
    let rows = statement.query_map([table], |row| {
        let (kind, pk): (String, i64) = (row.get(1)?, row.get(4)?);
        let (default, hidden): (Option<String>, i64) = (row.get(3)?, row.get(5)?);
        let column = Column {
            name: row.get(0)?,
            // That a key may be NULL is an oversight of SQLite's which it keeps; nobody relies on it.
            nullable: !row.get::<_, bool>(2)? && pk == 0,
            given: match default {
                // 2 and 3: computed; the expression stands in the statement only.
                _ if hidden >= 2 => Given::Computed(String::new()),
                Some(expression) => Given::Default(expression),
                None => Given::Nothing,
            },
            kind,
        };
        Ok((column, pk))
    })?;
    let read: Vec<_> = rows.collect::<Result<_, _>>()?;
    let keys = read.iter().filter(|(_, pk)| *pk > 0).count();
    let numbered = |(mut column, pk): (Column, i64)| {
        // <https://www.sqlite.org/lang_createtable.html#rowid>
        if pk > 0 && keys == 1 && !without_rowid && column.kind.eq_ignore_ascii_case("INTEGER") {
            column.given = Given::Sequence;
        }
        column
    };
    Ok(read.into_iter().map(numbered).collect())
}

fn indexes(connection: &Connection, table: &Table) -> Result<Vec<Index>, rusqlite::Error> {
    let mut statement = connection.prepare(
        "SELECT l.name, l.\"unique\", l.origin = 'pk', l.partial, s.sql FROM pragma_index_list(?1) l LEFT JOIN sqlite_schema s ON s.type = 'index' AND s.name = l.name ORDER BY l.name",
    )?;
    let listed = statement.query_map([&table.name], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, bool>(1)?,
            row.get::<_, bool>(2)?,
            row.get::<_, bool>(3)?,
            row.get::<_, Option<String>>(4)?,
        ))
    })?;
    let mut indexes: Vec<Index> = Vec::new();
    for one in listed {
        let (name, unique, primary, partial, sql) = one?;
        let columns: Vec<Option<String>> = connection
            .prepare("SELECT name FROM pragma_index_xinfo(?1) WHERE key = 1 ORDER BY seqno")?
            .query_map([&name], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let special = partial || columns.iter().any(Option::is_none);
        indexes.push(Index {
            unique,
            primary,
            columns: columns.into_iter().flatten().collect(),
            special: special.then(|| sql.as_deref().map(after_the_table).unwrap_or_default()),
            // Those of constraints have names that are SQLite's own.
            name: sql.is_some().then_some(name),
        });
    }
    // The key of rows has no index, it is the table.
    let key = table
        .columns
        .iter()
        .find(|column| column.given == Given::Sequence);
    indexes.extend(key.map(|column| Index {
        name: None,
        unique: true,
        primary: true,
        columns: vec![column.name.clone()],
        special: None,
    }));
    Ok(indexes)
}

/// `CREATE INDEX name ON table (…) WHERE …`, from the bracket on, in one spelling of white space.
fn after_the_table(sql: &str) -> String {
    let tail = sql.find('(').and_then(|at| sql.get(at..)).unwrap_or(sql);
    tail.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether SQLite keeps the same in both: what counts is the affinity (<https://www.sqlite.org/datatype3.html>, 3.1).
pub(super) fn same_type(one: &str, other: &str) -> bool {
    affinity(one) == affinity(other)
}

fn affinity(kind: &str) -> &'static str {
    let kind = kind.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    if has(&["INT"]) {
        "INTEGER"
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        "TEXT"
    } else if has(&["BLOB"]) || kind.is_empty() {
        "BLOB"
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        "REAL"
    } else {
        "NUMERIC"
    }
}

/// Long enough for a writer to finish a transaction.
const BUSY_TIMEOUT: Duration = Duration::from_secs(2);

const TABLES: &str = "
SELECT t.name, t.type, t.wr, s.sql FROM pragma_table_list t LEFT JOIN sqlite_schema s ON s.name = t.name AND s.type IN ('table', 'view')
WHERE t.schema = 'main' AND t.type IN ('table', 'view', 'virtual') AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name";

const WATCHED: &str = "
SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger'
UNION SELECT name FROM sqlite_schema WHERE type = 'table' AND EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'view')";
