//! The migrations of a folder against the history that a tool keeps of them in the database: what is applied, what waits, what failed.
//!
//! In scope: seven tools and their tables, and the commands that mend what is found. Out of scope: what the migrations contain
//! (`usher check schema` compares the columns).
//!
//! folder ─► the migrations that the code brings ─┐
//!                                                ├─► standing ─► causes, with the commands of the tool
//! history ─► the rows that the tool wrote ───────┘

mod causes;
mod cure;
mod folder;
mod history;
mod standing;
pub(crate) mod tool;

use crate::configuration::database::{Database, Migrations};
use crate::findings::database_never_migrated::no_file;
use crate::findings::{Cause, Opinion, Unlooked};
use crate::migrations::folder::Folder;
pub(crate) use crate::migrations::folder::FolderError;
use crate::migrations::history::{History, HistoryError};
use crate::migrations::standing::Standing;
use crate::migrations::tool::Tool;

/// A database held against its folder.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// What was looked at, in a line; nothing where it could not be.
    pub(crate) line: Option<String>,
    pub(crate) opinion: Opinion,
}

/// Looks at the folder, then into the database. A folder that cannot be read is the matter of whoever named it; a history that cannot be
/// read is never an empty one.
pub(crate) async fn look(
    database: &Database,
    migrations: &Migrations,
) -> Result<Seen, FolderError> {
    let candidates = folder::candidates(migrations)?;
    let history = history::read(database, migrations, &candidates).await;
    let (tool, history) = match history {
        Ok((tool, history)) => (tool, history),
        Err(HistoryError::Undecided(tools)) => {
            let folder = migrations.folder.clone();
            return Err(FolderError::Undecided { folder, tools });
        }
        Err(HistoryError::NoFile) => return Ok(Seen::of_cause(database, no_file(database))),
        Err(HistoryError::Unreadable(why)) => {
            let at = format!(
                "the history of the migrations in the database `{}` ({})",
                database.name, database.place
            );
            let unlooked = vec![Unlooked { at, why }];
            let opinion = Opinion {
                causes: Vec::new(),
                unlooked,
            };
            return Ok(Seen {
                line: None,
                opinion,
            });
        }
    };
    let folder = Folder::read(&migrations.folder, tool)?;
    let table = history::table_of(tool, migrations);
    let table = table.map_or_else(String::new, |table| table.to_string());
    Ok(judged(database, &folder, &table, history))
}

fn judged(database: &Database, folder: &Folder, table: &str, history: History) -> Seen {
    let rows = match history {
        History::Absent { tables } => {
            let cause = causes::never_migrated(database, folder, table, &tables);
            return Seen::of_cause(database, cause);
        }
        History::Rows(rows) => rows,
    };
    let standing = Standing::of(folder, rows);
    Seen {
        line: Some(format!(
            "the database `{}` ({}) against {} ({}): {standing}",
            database.name,
            database.place,
            folder.path.display(),
            folder.tool.title(),
        )),
        opinion: Opinion {
            causes: causes::of(database, folder, table, &standing),
            unlooked: Vec::new(),
        },
    }
}

impl Seen {
    fn of_cause(database: &Database, cause: Cause) -> Self {
        Self {
            line: Some(format!(
                "the database `{}` ({}): no history of migrations",
                database.name, database.place
            )),
            opinion: Opinion {
                causes: vec![cause],
                unlooked: Vec::new(),
            },
        }
    }
}

/// What can apply the migrations of a folder.
pub(crate) type Candidates = Vec<Tool>;
