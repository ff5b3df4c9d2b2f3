//! What SQLite is told: it adds simple columns, and everything else is a new table with the old rows.

use crate::schema::live::Live;
use crate::schema::repair::{Repair, Scene, create_index};
use crate::schema::{Column, Dialect, Form, Given, Table, quoted, quoted_list};

pub(super) fn add_columns(scene: Scene<'_>) -> Repair {
    let can_be_added = |column: &&Column| match &column.given {
        Given::Nothing => column.nullable || !scene.has_rows,
        // One that is worked out anew for every row cannot be given to those that are there.
        Given::Default(expression) => !scene.has_rows || is_constant(expression),
        Given::Sequence | Given::Identity | Given::Computed(_) => false,
    };
    if !scene.table.missing.iter().all(can_be_added) {
        return made_anew(scene);
    }
    let table = scene.table.live.quoted();
    let add = |column: &&Column| {
        let Column {
            name,
            kind,
            nullable,
            given,
        } = column;
        let not_null = if *nullable { "" } else { " NOT NULL" };
        let default = match given {
            Given::Default(expression) => format!(" DEFAULT {}", bracketed(expression)),
            Given::Nothing | Given::Sequence | Given::Identity | Given::Computed(_) => {
                String::new()
            }
        };
        let kind = if kind.is_empty() {
            String::new()
        } else {
            format!(" {kind}")
        };
        format!(
            "ALTER TABLE {table} ADD COLUMN {}{kind}{not_null}{default};",
            quoted(name)
        )
    };
    Repair {
        commands: scene.table.missing.iter().map(add).collect(),
        notes: Vec::new(),
    }
}

pub(super) fn change_columns(scene: Scene<'_>) -> Repair {
    made_anew(scene)
}

pub(super) fn create_tables(tables: &[&Table], live: &Live) -> Repair {
    let mut repair = Repair::default();
    let mut taken = live.taken.clone();
    for table in tables {
        repair
            .commands
            .extend(table.sql.as_ref().map(|sql| format!("{sql};")));
        // Those of constraints come with the table.
        let indexes = table.indexes.iter().filter(|index| index.name.is_some());
        repair
            .commands
            .extend(indexes.map(|index| create_index(table, index, &mut taken)));
    }
    repair
}

/// <https://www.sqlite.org/lang_altertable.html#otheralter>, the twelve steps.
fn made_anew(scene: Scene<'_>) -> Repair {
    let (expected, live) = (scene.table.expected, scene.table.live);
    let mut repair = Repair::default();
    let has_more = (live.columns.iter())
        .any(|column| expected.column(Dialect::Sqlite, &column.name).is_none());
    let is_watched = scene
        .live
        .watched
        .iter()
        .any(|name| name.eq_ignore_ascii_case(&live.name));
    let definition = expected
        .sql
        .as_ref()
        .and_then(|sql| sql.find('(').and_then(|at| sql.get(at..)));
    let (Some(definition), Form::Table, false, false) =
        (definition, live.form, has_more, is_watched)
    else {
        repair.note("SQLite can change this only by making the table anew (https://www.sqlite.org/lang_altertable.html#otheralter), and this one has columns of its own, triggers or views: write that migration by hand.");
        return repair;
    };
    repair.note("SQLite can change this only by making the table anew with its rows: stop what writes to the database, and copy the file first.");
    let new = quoted(&format!("usher_new_{}", expected.name));
    let old = live.quoted();
    let kept: Vec<_> = expected
        .columns
        .iter()
        .filter(|column| !matches!(column.given, Given::Computed(_)))
        .collect();
    let values: Vec<_> = kept
        .iter()
        .map(|column| value(scene, column, &mut repair))
        .collect();
    let names = quoted_list(kept.iter().map(|column| &column.name));
    repair.commands.extend([
        "PRAGMA foreign_keys = OFF;".to_owned(),
        "BEGIN IMMEDIATE;".to_owned(),
        format!("CREATE TABLE {new} {definition};"),
        format!(
            "INSERT INTO {new} ({names}) SELECT {} FROM {old};",
            values.join(", ")
        ),
        format!("DROP TABLE {old};"),
        format!("ALTER TABLE {new} RENAME TO {};", expected.quoted()),
    ]);
    // Its indexes went with the old table, and so their names are free again.
    let mut taken: Vec<String> = Vec::new();
    let same = |one: &crate::schema::Index, other: &crate::schema::Index| {
        one.columns == other.columns && one.special == other.special
    };
    let more = live
        .indexes
        .iter()
        .filter(|index| !expected.indexes.iter().any(|one| same(one, index)));
    let indexes: Vec<_> = expected
        .indexes
        .iter()
        .chain(more)
        .filter(|index| index.name.is_some())
        .collect();
    repair.commands.extend(
        indexes
            .into_iter()
            .map(|index| create_index(expected, index, &mut taken)),
    );
    repair
        .commands
        .extend(["COMMIT;".to_owned(), "PRAGMA foreign_keys = ON;".to_owned()]);
    repair
}

/// What a row of the new table has in this column.
fn value(scene: Scene<'_>, column: &Column, repair: &mut Repair) -> String {
    let name = quoted(&column.name);
    let fallback = match &column.given {
        Given::Default(expression) => bracketed(expression),
        Given::Nothing | Given::Sequence | Given::Identity | Given::Computed(_)
            if column.nullable =>
        {
            "NULL".to_owned()
        }
        Given::Nothing | Given::Sequence | Given::Identity | Given::Computed(_) => {
            neutral(&column.kind).to_owned()
        }
    };
    let live = scene.table.live.column(Dialect::Sqlite, &column.name);
    let has_no_value =
        !column.nullable && column.given == Given::Nothing && live.is_none_or(|live| live.nullable);
    if has_no_value {
        repair.note(
            "Rows without a value get one in the SELECT, which you should think about first.",
        );
    }
    match live {
        None => fallback,
        Some(live) if live.nullable && !column.nullable => format!("coalesce({name}, {fallback})"),
        Some(_) => name,
    }
}

fn neutral(kind: &str) -> &'static str {
    let kind = kind.to_ascii_uppercase();
    if kind.contains("DATE") || kind.contains("TIME") {
        "CURRENT_TIMESTAMP"
    } else if ["CHAR", "CLOB", "TEXT", "BLOB"]
        .iter()
        .any(|word| kind.contains(word))
    {
        "''"
    } else {
        "0"
    }
}

fn is_constant(expression: &str) -> bool {
    let upper = expression.trim().to_ascii_uppercase();
    !upper.starts_with("CURRENT_") && !upper.contains('(')
}

/// A literal stands for itself; anything else needs brackets.
fn bracketed(expression: &str) -> String {
    let text = expression.trim();
    let is_word = |word: &str| {
        word.chars()
            .all(|one| one.is_ascii_alphanumeric() || "_.+-".contains(one))
    };
    if is_word(text) || text.starts_with(['\'', '"']) || text.starts_with('(') {
        text.to_owned()
    } else {
        format!("({text})")
    }
}
