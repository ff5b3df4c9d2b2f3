//! Where the migrations of a database are, and where it says which of them are applied.

use std::fmt;
use std::path::PathBuf;

use policy::contract::sql::table::{Identifier, NoIdentifier};

use crate::configuration::database::{NOT_SQL, Place};
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::contract::TableName;
use crate::migrations::tool::Tool;

/// A folder, and the history that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Migrations {
    pub(crate) folder: PathBuf,
    /// Found out where it is not said.
    pub(crate) tool: Option<Tool>,
    /// The table of the history, where it has not its usual name.
    pub(crate) table: Option<TableName>,
    /// Of plain files: the column that holds their names.
    pub(crate) column: Option<Identifier>,
}

impl Migrations {
    /// Judges what belongs together.
    pub(crate) fn of(
        folder: PathBuf,
        tool: Option<Tool>,
        history: Option<&str>,
        place: &Place,
    ) -> Result<Self, NoHistory> {
        if matches!(place, Place::Mongodb(_)) {
            return Err(NoHistory::NotSql);
        }
        let (table, column) = match (tool, history) {
            (Some(Tool::Plain), None) => return Err(NoHistory::Plain),
            (Some(Tool::Plain), Some(history)) => {
                let (table, column) = history.rsplit_once('.').ok_or(NoHistory::Plain)?;
                let column = Identifier::parse(column).map_err(NoHistory::Name)?;
                (Some(table), Some(column))
            }
            (_, history) => (history, None),
        };
        let table: Option<TableName> =
            table.map(str::parse).transpose().map_err(NoHistory::Name)?;
        if matches!(place, Place::Sqlite(_))
            && table.as_ref().is_some_and(|table| table.schema.is_some())
        {
            return Err(NoHistory::SchemaInSqlite);
        }
        Ok(Self {
            folder,
            tool,
            table,
            column,
        })
    }

    pub(super) fn complete(
        folder: Option<&Placed<PathBuf>>,
        tool: Option<Tool>,
        history: Option<&Placed<String>>,
        place: &Place,
        reading: &Reading<'_>,
    ) -> Result<Option<Self>, Mistake> {
        let Some(folder) = folder else {
            return Ok(None);
        };
        let written = history.map(|history| history.value.as_str());
        let span = history.map_or(&folder.span, |history| &history.span);
        Self::of(folder.value.clone(), tool, written, place)
            .map(Some)
            .map_err(|error| reading.mistake_at(span, error.to_string(), None))
    }
}

/// Why nobody knows where to read what is applied.
#[derive(Clone, Debug)]
pub(crate) enum NoHistory {
    /// A part of it is no name.
    Name(NoIdentifier),
    /// The database has no tables.
    NotSql,
    /// Plain files have no table that is usual.
    Plain,
    /// SQLite has no schemas.
    SchemaInSqlite,
}

impl fmt::Display for NoHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(error) => write!(f, "the history is no table: {error}"),
            Self::NotSql => f.write_str(NOT_SQL),
            Self::Plain => f.write_str(
                "plain files need a history: the table and its column that hold the names of those that are applied, as TABLE.COLUMN",
            ),
            Self::SchemaInSqlite => {
                f.write_str("a table of SQLite has no schema; TABLE.COLUMN is for the tool `plain`")
            }
        }
    }
}
