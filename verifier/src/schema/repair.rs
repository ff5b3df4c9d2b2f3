//! The SQL that makes a live database what is expected, to be copied and run in its order.

mod postgres;
mod sqlite;

use crate::schema::difference::ChangedTable;
use crate::schema::live::Live;
use crate::schema::{Dialect, Index, Schema, Table, quoted, quoted_list};

/// What to run, and what to know before.
#[derive(Debug, Default)]
pub(super) struct Repair {
    pub(super) commands: Vec<String>,
    pub(super) notes: Vec<&'static str>,
}

impl Repair {
    fn note(&mut self, note: &'static str) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// A live table, and what is expected of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) expected: &'a Schema,
    pub(super) live: &'a Live,
    pub(super) table: &'a ChangedTable<'a>,
    /// Whether there are rows that a new column must have a value for.
    pub(super) has_rows: bool,
}

/// Adds the columns that are missing.
pub(super) fn add_columns(scene: Scene<'_>) -> Repair {
    match scene.expected.dialect {
        Dialect::Postgres => postgres::add_columns(scene),
        Dialect::Sqlite => sqlite::add_columns(scene),
    }
}

/// Makes the columns that are there what is expected.
pub(super) fn change_columns(scene: Scene<'_>) -> Repair {
    match scene.expected.dialect {
        Dialect::Postgres => postgres::change_columns(scene),
        Dialect::Sqlite => sqlite::change_columns(scene),
    }
}

/// Makes the tables that are not there.
pub(super) fn create_tables(expected: &Schema, tables: &[&Table], live: &Live) -> Repair {
    match expected.dialect {
        Dialect::Postgres => postgres::create_tables(expected, tables, live),
        Dialect::Sqlite => sqlite::create_tables(tables, live),
    }
}

/// Makes the indexes that are not there.
pub(super) fn create_indexes(scene: Scene<'_>) -> Repair {
    let mut repair = Repair::default();
    let mut taken = scene.live.taken.clone();
    for index in &scene.table.indexes {
        if index.unique {
            repair.note("A unique index cannot be made while two rows have the same value: remove duplicates first.");
        }
        let has_key = scene.table.live.primary_key().is_some();
        if index.primary && !has_key && scene.expected.dialect == Dialect::Postgres {
            let columns = quoted_list(&index.columns);
            let table = scene.table.expected.quoted();
            repair
                .commands
                .push(format!("ALTER TABLE {table} ADD PRIMARY KEY ({columns});"));
        } else {
            repair
                .commands
                .push(create_index(scene.table.expected, index, &mut taken));
        }
    }
    repair
}

/// Under a name that nothing else has: with `IF NOT EXISTS`, one that is taken would make nothing and say nothing.
fn create_index(table: &Table, index: &Index, taken: &mut Vec<String>) -> String {
    let ending = if index.unique { "key" } else { "idx" };
    let columns = if index.columns.is_empty() {
        "expr".to_owned()
    } else {
        index.columns.join("_")
    };
    let usual = || format!("{}_{columns}_{ending}", table.name);
    let wanted = index.name.clone().unwrap_or_else(usual);
    let mut name = wanted.clone();
    for number in 2_u32.. {
        if !taken.iter().any(|one| one.eq_ignore_ascii_case(&name)) {
            break;
        }
        name = format!("{wanted}_{number}");
    }
    let unique = if index.unique { "UNIQUE " } else { "" };
    let what = index
        .special
        .clone()
        .unwrap_or_else(|| format!("({})", quoted_list(&index.columns)));
    let command = format!(
        "CREATE {unique}INDEX IF NOT EXISTS {} ON {} {what};",
        quoted(&name),
        table.quoted()
    );
    taken.push(name);
    command
}
