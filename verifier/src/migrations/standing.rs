//! The folder and the history side by side: what is applied, what waits, what failed, what is different.

use std::collections::BTreeSet;
use std::fmt;

use crate::migrations::folder::{Folder, Migration, by_version};
use crate::migrations::history::{Row, State};
use crate::migrations::tool::Tool;

/// Where a database stands.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    pub(crate) applied: usize,
    pub(crate) pending: Vec<Pending>,
    pub(crate) failed: Vec<Failed>,
    pub(crate) edited: Vec<Edited>,
    /// Applied, and not in the folder.
    pub(crate) unknown: Vec<Unknown>,
}

/// It waits to be applied.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) migration: Migration,
    /// A later one is applied already.
    pub(crate) overtaken_by: Option<String>,
    /// It was applied in another wording; only what is repeatable comes to that.
    pub(crate) again: bool,
}

/// It was begun and not finished.
#[derive(Debug)]
pub(crate) struct Failed {
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) at: Option<String>,
    pub(crate) log: Option<String>,
}

/// It is another one than when it was applied.
#[derive(Debug)]
pub(crate) struct Edited {
    pub(crate) name: String,
    pub(crate) at: Option<String>,
}

/// The folder knows nothing of it.
#[derive(Debug)]
pub(crate) struct Unknown {
    pub(crate) name: String,
    pub(crate) at: Option<String>,
}

impl Standing {
    pub(super) fn of(folder: &Folder, rows: Vec<Row>) -> Self {
        match folder.tool {
            Tool::Alembic => of_graph(folder, rows),
            Tool::D1 | Tool::Flyway | Tool::Plain | Tool::Prisma | Tool::Rails | Tool::Sqlx => {
                of_list(folder, rows)
            }
        }
    }
}

/// Alembic writes down the ends of what is applied; whatever they follow upon is applied as well.
fn of_graph(folder: &Folder, rows: Vec<Row>) -> Standing {
    let mut standing = Standing::default();
    let (mut applied, mut to_see) = (BTreeSet::new(), Vec::new());
    for row in rows {
        match folder.find(&row.key) {
            Some(migration) => to_see.push(migration),
            None => standing.unknown.push(Unknown::of(row)),
        }
    }
    while let Some(migration) = to_see.pop() {
        if applied.insert(&migration.key) {
            to_see.extend(migration.after.iter().filter_map(|key| folder.find(key)));
        }
    }
    standing.applied = applied.len();
    let pending = (folder.migrations.iter()).filter(|migration| !applied.contains(&migration.key));
    standing.pending = pending
        .map(|migration| Pending::new(migration, None))
        .collect();
    standing
}

fn of_list(folder: &Folder, rows: Vec<Row>) -> Standing {
    let mut standing = Standing::default();
    // Only Flyway has one: everything up to it counts as applied.
    let baseline = rows.iter().find(|row| row.state == State::Baseline);
    let baseline = baseline.map(|row| row.key.clone());
    let is_of = |migration: &Migration, row: &Row| {
        migration.key == row.key
            || (folder.tool == Tool::Plain
                && migration.key.strip_suffix(".sql") == Some(row.key.as_str()))
    };
    let is_applied = |migration: &Migration| {
        let mut of_it = rows.iter().filter(|row| is_of(migration, row));
        of_it.any(|row| row.state == State::Applied)
            || baseline.as_ref().is_some_and(|last| {
                !migration.repeatable && by_version(&migration.key, last).is_le()
            })
    };
    let mut latest_first = folder.migrations.iter().enumerate().rev();
    let last = latest_first.find(|(_, one)| !one.repeatable && is_applied(one));
    for (at, migration) in folder.migrations.iter().enumerate() {
        let mut of_it = rows.iter().filter(|row| is_of(migration, row));
        if of_it
            .clone()
            .any(|row| matches!(row.state, State::Failed { .. }))
        {
            // Told of its row, below.
        } else if is_applied(migration) {
            standing.applied += 1;
            let row = of_it.find(|row| row.state == State::Applied);
            match row.filter(|row| differs(migration, row)) {
                Some(_) if migration.repeatable => standing.pending.push(Pending {
                    again: true,
                    ..Pending::new(migration, None)
                }),
                Some(row) => standing.edited.push(Edited {
                    name: migration.name.clone(),
                    at: row.at.clone(),
                }),
                None => {}
            }
        } else {
            let later = last.filter(|(last, _)| !migration.repeatable && at < *last);
            let later = later.map(|(_, later)| later.name.clone());
            standing.pending.push(Pending::new(migration, later));
        }
    }
    for row in rows {
        let is_known = folder.migrations.iter().any(|one| is_of(one, &row));
        match row.state {
            State::Failed { log } => standing.failed.push(Failed {
                key: row.key,
                name: row.name,
                at: row.at,
                log,
            }),
            State::Applied if !is_known && !row.from_elsewhere => {
                standing.unknown.push(Unknown::of(row));
            }
            State::Applied | State::Baseline | State::TakenBack => {}
        }
    }
    standing
}

fn differs(migration: &Migration, row: &Row) -> bool {
    let written = row.checksum.as_ref();
    !migration.checksums.is_empty() && written.is_some_and(|sum| !migration.checksums.contains(sum))
}

impl Pending {
    fn new(migration: &Migration, overtaken_by: Option<String>) -> Self {
        Self {
            migration: migration.clone(),
            overtaken_by,
            again: false,
        }
    }
}

impl Unknown {
    fn of(row: Row) -> Self {
        Self {
            name: row.name,
            at: row.at,
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} applied", self.applied)?;
        for (count, what) in [
            (self.pending.len(), "pending"),
            (self.failed.len(), "failed"),
            (self.edited.len(), "edited after applying"),
            (self.unknown.len(), "unknown to the folder"),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
