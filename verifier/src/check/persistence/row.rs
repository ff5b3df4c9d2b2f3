//! The marker as a row: in a table that the check makes for itself, in a database that the file names. It needs nobody who can log in, and
//! no row of anybody else is touched.

mod postgres;
mod sqlite;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::check::persistence::{CheckPersistenceError, LOST_FIX, Seen};
use crate::clock::now;
use crate::configuration::database::{Database, NOT_SQL, Place};
use crate::contract::TableName;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Unlooked};
use crate::journal::JournalError;
use crate::report::moment;

/// What marker rows need.
pub(super) struct Rows<'a> {
    pub(super) databases: &'a [Database],
    pub(super) table: &'a TableName,
    pub(super) config: &'a Path,
    pub(super) kept_in: PathBuf,
}

/// A row that was written before a deploy.
#[derive(Debug, Deserialize, Serialize)]
struct Kept {
    config: PathBuf,
    database: String,
    table: String,
    marker: String,
    written_at_unix_seconds: u64,
}

/// What became of a row.
#[derive(Debug)]
enum Fate {
    /// It is there, and this may have come in the way of its removal.
    There(Result<(), String>),
    Gone {
        said: String,
    },
    Unknown {
        why: String,
    },
}

/// Why a row is not to be had.
#[derive(Debug)]
enum NoRow {
    /// The database is there, and the row is not.
    Gone(String),
    /// The database cannot be asked.
    Unasked(String),
}

impl Rows<'_> {
    /// Writes a row into each database, and says whether all of them are there.
    pub(super) async fn create(&self, seen: &mut Seen) -> Result<bool, CheckPersistenceError> {
        let mut are_there = true;
        for database in self.databases {
            let kept = Kept {
                config: self.own(),
                database: database.name.clone(),
                table: self.table.to_string(),
                marker: Uuid::new_v4().to_string(),
                written_at_unix_seconds: now().unix_seconds(),
            };
            // Before it is there: whatever happens, it can be found and removed.
            let path = self.keep(&kept)?;
            let written = match &database.place {
                Place::Mongodb(_) => Err(NOT_SQL.to_owned()),
                Place::Postgres { url, .. } => postgres::write(url, self.table, &kept).await,
                Place::Sqlite(path) => sqlite::write(path, self.table, &kept),
            };
            match written {
                Ok(()) => seen.looked_at.push(format!(
                    "{}: a row is in {}; what is known of it is kept in {}",
                    database.name,
                    self.table,
                    path.display()
                )),
                Err(why) => {
                    are_there = false;
                    forget(path)?;
                    let at = self.at(database);
                    seen.opinion.unlooked.push(Unlooked { at, why });
                }
            }
        }
        Ok(are_there)
    }

    /// Looks for every row of this table that is known, and removes it. Where nobody can tell, it is kept for another time.
    pub(super) async fn look_for(&self, seen: &mut Seen) -> Result<(), CheckPersistenceError> {
        let (own, table) = (self.own(), self.table.to_string());
        let files = fs::read_dir(&self.kept_in).into_iter().flatten().flatten();
        let mut rows: Vec<(Kept, PathBuf)> = files
            .filter_map(|file| {
                let text = fs::read_to_string(file.path()).ok()?;
                Some((serde_json::from_str(&text).ok()?, file.path()))
            })
            .filter(|(kept, _): &(Kept, _)| kept.config == own && kept.table == table)
            .collect();
        rows.sort_by_key(|(kept, _)| kept.written_at_unix_seconds);
        let mut looked = false;
        for (kept, path) in rows {
            let mut databases = self.databases.iter();
            let Some(database) = databases.find(|database| database.name == kept.database) else {
                continue;
            };
            looked = true;
            let written = moment(kept.written_at_unix_seconds);
            match self.fate(database, &kept).await {
                Fate::There(removed) => {
                    seen.looked_at.push(format!(
                        "{}: the row that was written {written} is in {table}",
                        database.name
                    ));
                    if let Err(why) = removed {
                        let why = format!("it is left over: {why}; kept in {}", path.display());
                        let at = self.at(database);
                        seen.opinion.unlooked.push(Unlooked { at, why });
                        continue;
                    }
                }
                Fate::Gone { said } => {
                    seen.looked_at.push(format!(
                        "{}: the row that was written {written} is gone",
                        database.name
                    ));
                    seen.opinion.causes.push(lost(database, &kept, &said));
                }
                Fate::Unknown { why } => {
                    let why = format!("{why}; try again with --after when it answers");
                    let at = self.at(database);
                    seen.opinion.unlooked.push(Unlooked { at, why });
                    continue;
                }
            }
            forget(path)?;
        }
        if looked {
            Ok(())
        } else {
            Err(CheckPersistenceError::NoRow(table))
        }
    }

    /// A server may need a moment to come back.
    async fn fate(&self, database: &Database, kept: &Kept) -> Fate {
        let until = Instant::now() + BACK_WITHIN;
        loop {
            let taken = match &database.place {
                Place::Mongodb(_) => {
                    let why = NOT_SQL.to_owned();
                    return Fate::Unknown { why };
                }
                Place::Postgres { url, .. } => postgres::take(url, self.table, kept).await,
                Place::Sqlite(path) => sqlite::take(path, self.table, kept),
            };
            match taken {
                Ok(removed) => return Fate::There(removed),
                Err(NoRow::Gone(said)) => return Fate::Gone { said },
                Err(NoRow::Unasked(why)) if Instant::now() > until => {
                    return Fate::Unknown { why };
                }
                Err(NoRow::Unasked(_)) => tokio::time::sleep(AGAIN_AFTER).await,
            }
        }
    }

    fn keep(&self, kept: &Kept) -> Result<PathBuf, JournalError> {
        let path = self.kept_in.join(format!("{}.json", kept.marker));
        let text = serde_json::to_string(kept).unwrap_or_default();
        let write = fs::create_dir_all(&self.kept_in).and_then(|()| fs::write(&path, text));
        match write {
            Ok(()) => Ok(path),
            Err(error) => Err(JournalError::Write { path, error }),
        }
    }

    fn own(&self) -> PathBuf {
        fs::canonicalize(self.config).unwrap_or_else(|_| self.config.to_owned())
    }

    fn at(&self, database: &Database) -> String {
        format!(
            "the row in {} of the database `{}`",
            self.table, database.name
        )
    }
}

fn forget(path: PathBuf) -> Result<(), JournalError> {
    fs::remove_file(&path).map_err(|error| JournalError::Remove { path, error })
}

fn lost(database: &Database, kept: &Kept, said: &str) -> Cause {
    Cause {
        code: Code::DataLost,
        confidence: Confidence::Certain,
        sentence: format!(
            "the row that was written into the database `{}` before the deploy is gone after it: what people had written is lost",
            database.name
        ),
        evidence: vec![
            Evidence::new(
                format!(
                    "{}: written {}",
                    kept.table,
                    moment(kept.written_at_unix_seconds)
                ),
                "the marker",
            ),
            Evidence::new(said, database.place.to_string()),
        ],
        fix: Fix {
            sentence: LOST_FIX.to_owned(),
            commands: Vec::new(),
        },
    }
}

/// The statements, of which both databases understand the same ones.
struct Statements<'a>(&'a TableName);

impl Statements<'_> {
    fn make(&self) -> String {
        format!(
            "CREATE TABLE IF NOT EXISTS {self} (usher_marker TEXT PRIMARY KEY, written_at BIGINT NOT NULL)"
        )
    }

    /// Into another table of this name it cannot be written, which has no such column.
    fn write(&self) -> String {
        format!("INSERT INTO {self} (usher_marker, written_at) VALUES ($1, $2)")
    }

    fn remove(&self) -> String {
        format!("DELETE FROM {self} WHERE usher_marker = $1")
    }

    /// Another marker may be in it.
    fn is_empty(&self) -> String {
        format!("SELECT NOT EXISTS (SELECT usher_marker FROM {self})")
    }

    fn throw_away(&self) -> String {
        format!("DROP TABLE {self}")
    }
}

impl fmt::Display for Statements<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.0.schema {
            write!(f, "{}.", schema.quoted())?;
        }
        write!(f, "{}", self.0.name.quoted())
    }
}

const BACK_WITHIN: Duration = Duration::from_secs(30);
const AGAIN_AFTER: Duration = Duration::from_secs(1);
