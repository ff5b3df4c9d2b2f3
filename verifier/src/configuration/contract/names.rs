//! The names that `[contract]` says the database has, each with where it says so: a name that is not there is a mistake of the file,
//! and nothing can be said about a table by it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use policy::contract::sql::Dialect;
use policy::contract::sql::table::Identifier;

use crate::configuration::mistake::Mistake;
use crate::configuration::suggestion::closest;

/// The names of one file.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(super) path: PathBuf,
    pub(super) text: String,
    pub(super) dialect: Dialect,
    /// As the file writes it: perhaps with its schema.
    pub(super) table: (String, Range<usize>),
    pub(super) columns: Vec<NamedColumn>,
}

/// A column, and what it is to `[contract]`.
#[derive(Clone, Debug)]
pub(super) struct NamedColumn {
    pub(super) member: &'static str,
    pub(super) name: Identifier,
    /// Nothing where the file does not name it, and its usual name is taken.
    pub(super) place: Option<Range<usize>>,
}

impl Names {
    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with the name of the table where the database has only these tables.
    pub(crate) fn missing_table(&self, database: &str, there: &[String]) -> Mistake {
        let (table, place) = &self.table;
        let has = if there.is_empty() {
            "it has no table at all".to_owned()
        } else {
            format!("it has: {}", listed(there))
        };
        let sentence = format!(
            "`[contract] table` is `{table}`, which the database {database} does not have; {has}"
        );
        let right = closest(table, there.iter().map(String::as_str));
        let cure = right.map_or_else(
            || "name the table that holds your instances, or apply the migrations to this very database".to_owned(),
            |right| format!("did you mean `{right}`?"),
        );
        Mistake::at(&self.path, &self.text, place, sentence, Some(cure))
    }

    /// What is wrong with the names of columns where the table has only these.
    pub(crate) fn missing_columns(&self, there: &[String]) -> Vec<Mistake> {
        let missing = self.columns.iter();
        let missing = missing.filter(|column| !self.has(there, column.name.as_str()));
        let mut missing: Vec<_> = missing.collect();
        missing.sort_by_key(|column| column.place.as_ref().map(|place| place.start));
        let mistakes = missing.into_iter();
        mistakes.map(|column| self.missing(column, there)).collect()
    }

    fn missing(&self, column: &NamedColumn, there: &[String]) -> Mistake {
        let NamedColumn {
            member,
            name,
            place,
        } = column;
        let (table, place_of_table) = &self.table;
        let unless = if place.is_some() { "" } else { " unless given" };
        let sentence = format!(
            "`[contract] {member}` is `{name}`{unless}, which {table} does not have; it has: {}",
            listed(there)
        );
        let right = closest(name.as_str(), there.iter().map(String::as_str));
        let cure = match (right, place) {
            (Some(right), Some(_)) => Some(format!("did you mean `{right}`?")),
            (None, Some(_)) => None,
            (_, None) => Some(format!("add `{member} = \"…\"` with the column's name")),
        };
        let place = place.as_ref().unwrap_or(place_of_table);
        Mistake::at(&self.path, &self.text, place, sentence, cure)
    }

    /// SQLite does not tell names apart by case, and numbers its rows without a column being there.
    fn has(&self, there: &[String], name: &str) -> bool {
        match &self.dialect {
            Dialect::Postgres { .. } => there.iter().any(|column| column == name),
            Dialect::Sqlite => {
                let numbers = ["rowid", "_rowid_", "oid"].into_iter();
                let mut all = there.iter().map(String::as_str).chain(numbers);
                all.any(|column| column.eq_ignore_ascii_case(name))
            }
        }
    }
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(MOST_LISTED).map(String::as_str).collect();
    let more = names.len().saturating_sub(MOST_LISTED);
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    shown.join(", ") + &more
}

/// As many as a table of instances, or a small database, has.
const MOST_LISTED: usize = 30;
