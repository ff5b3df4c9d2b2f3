//! What a live database has not got of what is expected. More than is expected is no difference, and neither is another order.

use crate::schema::default::{Comparison, compare};
use crate::schema::{Column, Dialect, Form, Index, Schema, Table, postgres_type, sqlite};

/// All of it.
#[derive(Debug)]
pub(crate) struct Differences<'a> {
    pub(crate) missing: Vec<&'a Table>,
    pub(crate) changed: Vec<ChangedTable<'a>>,
    /// What was not understood well enough to compare it.
    pub(crate) unknown: Vec<String>,
}

/// A table that is there, and is not what is expected.
#[derive(Debug)]
pub(crate) struct ChangedTable<'a> {
    pub(crate) expected: &'a Table,
    pub(crate) live: &'a Table,
    pub(crate) missing: Vec<&'a Column>,
    pub(crate) changed: Vec<ChangedColumn<'a>>,
    pub(crate) indexes: Vec<&'a Index>,
}

/// A column that is there, and is not what is expected.
#[derive(Debug)]
pub(crate) struct ChangedColumn<'a> {
    pub(crate) expected: &'a Column,
    pub(crate) live: &'a Column,
    pub(crate) kind: bool,
    pub(crate) nullability: bool,
    pub(crate) default: bool,
}

/// Holds a live database against what is expected of it.
pub(crate) fn differences<'a>(expected: &'a Schema, live: &'a Schema) -> Differences<'a> {
    let mut found = Differences {
        missing: Vec::new(),
        changed: Vec::new(),
        unknown: Vec::new(),
    };
    for table in &expected.tables {
        match live_table(live, table) {
            None => found.missing.push(table),
            Some(_) if table.form == Form::Unread => {}
            Some(is) => found.table(expected, table, is),
        }
    }
    found
}

/// The table of this name; the live ones stand in the order of the search path.
fn live_table<'a>(live: &'a Schema, table: &Table) -> Option<&'a Table> {
    let same = |one: &str, other: &str| live.dialect.same_name(one, other);
    let mut tables = live.tables.iter();
    match &table.schema {
        // An expectation for a schema that is on the search path is met there.
        Some(_) => tables.find(|is| same(&is.name, &table.name) && is.schema == table.schema),
        None => tables.find(|is| same(&is.name, &table.name) && is.schema.is_none()),
    }
}

impl<'a> Differences<'a> {
    fn table(&mut self, schema: &'a Schema, expected: &'a Table, live: &'a Table) {
        let dialect = schema.dialect;
        let mut table = ChangedTable {
            expected,
            live,
            missing: Vec::new(),
            changed: Vec::new(),
            indexes: Vec::new(),
        };
        for column in &expected.columns {
            match live.column(dialect, &column.name) {
                None => table.missing.push(column),
                Some(_) if live.form == Form::View => {}
                Some(is) => table.changed.extend(changed(schema, column, is)),
            }
        }
        if live.form == Form::Table {
            for index in &expected.indexes {
                match is_there(schema, index, live) {
                    Some(true) => {}
                    Some(false) => table.indexes.push(index),
                    None => self.unknown.push(format!(
                        "the index {} of `{}`: {}",
                        index.name.as_deref().map_or("without a name".to_owned(), |name| format!("`{name}`")),
                        expected.shown(),
                        "one of expressions or with a condition is there, and nobody can tell whether it is this one; in PostgreSQL, `scratch_env` can"
                    )),
                }
            }
        }
        if !(table.missing.is_empty() && table.changed.is_empty() && table.indexes.is_empty()) {
            self.changed.push(table);
        }
    }
}

fn changed<'a>(
    schema: &Schema,
    expected: &'a Column,
    live: &'a Column,
) -> Option<ChangedColumn<'a>> {
    let dialect = schema.dialect;
    let kind = match dialect {
        Dialect::Postgres => !postgres_type::same(&expected.kind, &live.kind),
        Dialect::Sqlite => !sqlite::same_type(&expected.kind, &live.kind),
    };
    let is_enum =
        (schema.enums.iter()).any(|known| postgres_type::same(&known.quoted(), &expected.kind));
    let compared_as = if is_enum { "text" } else { &expected.kind };
    // Of another type, the default is another one as a matter of course.
    let default = !kind
        && compare(dialect, compared_as, &expected.given, &live.given) == Comparison::Different;
    let nullability = expected.nullable != live.nullable;
    (kind || nullability || default).then_some(ChangedColumn {
        expected,
        live,
        kind,
        nullability,
        default,
    })
}

/// Whether the table has such an index, whatever it is called; nothing where nobody can tell.
fn is_there(schema: &Schema, index: &Index, live: &Table) -> Option<bool> {
    let dialect = schema.dialect;
    // A unique index finds rows as well as any other.
    let would_do = |is: &&Index| is.unique || !index.unique;
    let mut candidates = live.indexes.iter().filter(would_do);
    let Some(special) = &index.special else {
        let same = |is: &Index| {
            is.special.is_none()
                && is.columns.len() == index.columns.len()
                && (is.columns.iter().zip(&index.columns))
                    .all(|(one, other)| dialect.same_name(one, other))
        };
        return Some(candidates.any(same));
    };
    let special_ones: Vec<_> = candidates.filter(|is| is.special.is_some()).collect();
    if special_ones.is_empty() {
        return Some(false);
    }
    let same_name = |is: &&Index| index.name.is_some() && is.name == index.name;
    let same_words = |is: &&Index| {
        is.special
            .as_deref()
            .is_some_and(|words| words.eq_ignore_ascii_case(special))
    };
    let found = special_ones
        .iter()
        .any(|is| same_name(is) || same_words(is));
    (found || schema.printed).then_some(found)
}
