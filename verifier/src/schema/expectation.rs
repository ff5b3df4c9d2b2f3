//! What the deployed code expects of its database, out of the file or the folder that says so.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::configuration::database::{Database, Place};
use crate::configuration::mistake::Mistake;
use crate::schema::script::Script;
use crate::schema::{Dialect, Form, Schema, ddl, migrations, prisma, scratch};

/// It.
#[derive(Debug)]
pub(crate) struct Expectation {
    pub(crate) schema: Schema,
    /// Where it stands.
    pub(crate) path: PathBuf,
    /// How it was read, for a person.
    pub(crate) read_by: &'static str,
    /// What of it was not understood.
    pub(crate) unread: Vec<String>,
}

/// Reads what is expected of this database.
pub(crate) async fn expectation(
    database: &Database,
    path: &Path,
) -> Result<Expectation, ExpectationError> {
    let dialect = match &database.place {
        Place::Mongodb(_) => return Err(ExpectationError::NotSql(database.name.clone())),
        Place::Postgres { .. } => Dialect::Postgres,
        Place::Sqlite(_) => Dialect::Sqlite,
    };
    let scripts = scripts(path, dialect)?;
    let (mut schema, read_by, unread) = match (dialect, &database.scratch) {
        (Dialect::Sqlite, _) => (
            scratch::in_memory(&scripts)?,
            "applied to an empty database in memory",
            Vec::new(),
        ),
        (Dialect::Postgres, Some(Place::Postgres { url, .. })) => {
            let (schema, left) = scratch::on_a_server(url, &scripts).await?;
            (schema, "applied to an empty scratch database", left)
        }
        (Dialect::Postgres, Some(Place::Mongodb(_) | Place::Sqlite(_)) | None) => {
            let read = ddl::read(&scripts)?;
            (read.schema, "read without a server", read.unread)
        }
    };
    // A view is no table, and what it shows follows from those.
    schema.tables.retain(|table| table.form != Form::View);
    if schema.tables.is_empty() && unread.is_empty() {
        return Err(ExpectationError::NoTables(path.to_owned()));
    }
    Ok(Expectation {
        schema,
        path: path.to_owned(),
        read_by,
        unread,
    })
}

fn scripts(path: &Path, dialect: Dialect) -> Result<Vec<Script>, ExpectationError> {
    let unreadable = |error| ExpectationError::Unreadable(path.to_owned(), error);
    if path.is_dir() {
        let scripts = migrations::scripts(path).map_err(unreadable)?;
        if !scripts.is_empty() {
            return Ok(scripts);
        }
        let files = prisma::files(path).map_err(unreadable)?;
        if files.is_empty() {
            return Err(ExpectationError::NoMigrations(path.to_owned()));
        }
        return as_sql(path, &files, dialect);
    }
    let ending = path
        .extension()
        .map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    let text = fs::read_to_string(path).map_err(unreadable)?;
    match ending.as_deref() {
        Some("sql" | "ddl") => Ok(vec![Script {
            path: path.to_owned(),
            text,
        }]),
        Some("prisma") => {
            let path = path.to_owned();
            as_sql(&path.clone(), &[Script { path, text }], dialect)
        }
        Some(_) | None => Err(ExpectationError::UnknownKind(path.to_owned())),
    }
}

/// What a Prisma schema says, in one script of its own.
fn as_sql(
    path: &Path,
    files: &[Script],
    dialect: Dialect,
) -> Result<Vec<Script>, ExpectationError> {
    Ok(vec![Script {
        text: prisma::sql(files, dialect)?,
        path: PathBuf::from(format!("{} (as SQL)", path.display())),
    }])
}

/// Why it is not known what to expect.
#[derive(Debug)]
pub(crate) enum ExpectationError {
    /// Something in it is wrong.
    Mistake(Box<Mistake>),
    /// There is neither SQL nor a Prisma schema in the folder.
    NoMigrations(PathBuf),
    /// Whatever it says, it makes no table.
    NoTables(PathBuf),
    /// The database has no tables at all.
    NotSql(String),
    /// The scratch server does not do it.
    Scratch(String),
    UnknownKind(PathBuf),
    Unreadable(PathBuf, io::Error),
}

impl From<Mistake> for ExpectationError {
    fn from(mistake: Mistake) -> Self {
        Self::Mistake(Box::new(mistake))
    }
}

impl fmt::Display for ExpectationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mistake(mistake) => write!(f, "{}", mistake.to_string().trim_end()),
            Self::NoMigrations(path) => write!(
                f,
                "the folder `{}` has neither migrations in SQL nor .prisma files; print what they do, for example with `alembic upgrade head --sql > schema.sql`, and name that file",
                path.display()
            ),
            Self::NoTables(path) => write!(
                f,
                "`{}` makes no table; name the file that makes them all",
                path.display()
            ),
            Self::NotSql(name) => write!(
                f,
                "the database `{name}` is of MongoDB, which has no tables; give `indexes = \"FILE\"` in its [[databases]], and no --expect"
            ),
            Self::Scratch(why) => write!(f, "the scratch server (`scratch_env`): {why}"),
            Self::UnknownKind(path) => write!(
                f,
                "`{}` is neither SQL (.sql) nor a Prisma schema (.prisma) nor a folder of either",
                path.display()
            ),
            Self::Unreadable(path, error) => write!(
                f,
                "cannot read `{}`: {error}; give `schema` in [[databases]], or --expect, a path that is right from this folder",
                path.display()
            ),
        }
    }
}
