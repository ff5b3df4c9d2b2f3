//! The script for SQLite. An existing table cannot be given a constraint there, so all of it is triggers.
//!
//! They run AFTER the change, because a BEFORE INSERT trigger also runs for an upsert that inserts nothing; what they refuse is undone
//! by `RAISE(ABORT)`, also under `OR IGNORE`. A trigger cannot change the row it judges, so the writer sets `suspended_from`. The text
//! of `RAISE` is a literal, since no SQLite before 3.47 takes an expression.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::contract::sql::mistake::{Mistake, Row};
use crate::contract::sql::table::Table;
use crate::contract::sql::{FirstStatus, literal, own_name};

pub(super) const HEAD: &str = "\
-- It may be run again. SQLite has no ADD COLUMN IF NOT EXISTS: where a column is missing the first statement fails, so run it with
-- `sqlite3 -bail`, or in a migration. Who writes `suspended` says in the same UPDATE what it was suspended from, and writes NULL there
-- when it comes back.
";

pub(super) fn statements(table: &Table) -> Vec<String> {
    let (name, status, from) = (
        table.name.quoted(),
        table.status().quoted(),
        table.suspended_from().quoted(),
    );
    let (insert, update) = (own_name(table, "insert"), own_name(table, "update"));
    [
        // Qualified, because SQLite takes a lone name in double quotes that is no column for a text.
        format!("SELECT {name}.{status}, {name}.{from} FROM {name} LIMIT 0;\n"),
        format!("DROP TRIGGER IF EXISTS {insert};\n"),
        trigger(
            &insert,
            &format!("INSERT ON {name}"),
            mistakes_of_insert(table),
        ),
        format!("DROP TRIGGER IF EXISTS {update};\n"),
        trigger(
            &update,
            &format!("UPDATE OF {status}, {from} ON {name}"),
            mistakes_of_update(table),
        ),
    ]
    .into()
}

fn trigger(name: &str, event: &str, mistakes: Vec<Mistake>) -> String {
    let arms = mistakes.into_iter().map(|Mistake { when, message }| {
        format!(
            "        WHEN {when}\n            THEN RAISE(ABORT, {})\n",
            literal(&message)
        )
    });
    let arms = arms.collect::<Vec<_>>().concat();
    format!("CREATE TRIGGER {name} AFTER {event}\nBEGIN\n    SELECT CASE\n{arms}    END;\nEND;\n")
}

fn mistakes_of_insert(table: &Table) -> Vec<Mistake> {
    let row = row(table);
    let mut mistakes = row.in_itself();
    match table.first {
        FirstStatus::Any => {}
        FirstStatus::First => mistakes.push(row.first()),
    }
    mistakes
}

/// A wrong step is named before what it leaves behind in `suspended_from`.
fn mistakes_of_update(table: &Table) -> Vec<Mistake> {
    let row = row(table);
    let mut mistakes = row.in_change();
    mistakes.extend(row.in_itself());
    mistakes
}

fn row(table: &Table) -> Row<'_> {
    let of = |row: &str, column| format!("{row}.{column}");
    let (status, from) = (table.status().quoted(), table.suspended_from().quoted());
    Row {
        table,
        was: of("OLD", status),
        was_from: of("OLD", from),
        now: of("NEW", status),
        now_from: of("NEW", from),
        bytes: "BINARY",
    }
}
