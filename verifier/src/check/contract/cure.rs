//! What is the case, and the exact fix of each kind, as SQL to be copied.

use std::path::Path;

use policy::contract::sql::Dialect;
use policy::status::Status;

use crate::check::contract::findings::{Code, Example, Kind};
use crate::check::contract::statement::{is_row, table};
use crate::configuration::contract::Held;
use crate::configuration::{USUAL_FILE, config_option};
use crate::counted::counted;
use crate::findings::Fix;

/// What is the case, in one sentence.
pub(super) fn sentence(code: Code, count: u64, held: &Held) -> String {
    let rows = counted(count, "row");
    let budget = held.budget.as_secs();
    match code {
        Code::UnknownStatus => {
            format!("{rows}: the status is no word of the contract, so nobody is let in by it")
        }
        Code::HealthyNotReady => format!(
            "{rows}: the app answers, but nobody wrote `ready`, so its user waits for nothing"
        ),
        Code::ReadyButDead => format!("{rows}: `ready`, but the app does not answer"),
        Code::Stuck => format!("{rows}: on the way to `ready` for more than {budget} s"),
        Code::StepSkipped => {
            format!("{rows}: the status says that the app is there, and no time says since when")
        }
        Code::SuspendedFromWrong => {
            format!("{rows}: what it was before the suspension is missing, wrong or left over")
        }
        Code::NotHeld => {
            "the database does not refuse a wrong status or an illegal step".to_owned()
        }
    }
}

/// What to do about it.
pub(super) fn of(code: Code, kind: &Kind, held: &Held) -> Fix {
    let table = table(held);
    let status = held.table.status().quoted();
    let for_each = |statement: &dyn Fn(String) -> String| {
        let rows = kind.examples.iter().map(|seen| is_row(held, &seen.key));
        rows.map(statement).collect()
    };
    let seek = |row: String| format!("SELECT * FROM {table} WHERE {row};");
    match code {
        Code::UnknownStatus => Fix {
            sentence: format!(
                "Find out what is meant, and write that for WORD: one of {}. It is never guessed:",
                Status::ALL.map(Status::word).join(", ")
            ),
            commands: for_each(&|row| {
                format!("UPDATE {table} SET {status} = 'WORD' WHERE {row};")
            }),
        },
        Code::HealthyNotReady => onward(kind, held),
        Code::ReadyButDead => Fix {
            sentence: "Start the app, or suspend the instance until it runs, so that its user is told so:".to_owned(),
            commands: for_each(&seek),
        },
        Code::Stuck => Fix {
            sentence: "The provisioner has given up or waits for something; look into its log for:".to_owned(),
            commands: for_each(&seek),
        },
        Code::StepSkipped => Fix {
            sentence: "If the app is there, write since when for TIME; if not, the status is wrong:".to_owned(),
            commands: for_each(&|row| write_provisioned(held, &row)),
        },
        Code::SuspendedFromWrong => remember(&kind.examples, held),
        Code::NotHeld => Fix {
            sentence: "Let the database hold the contract; the script may be run again and changes no row:".to_owned(),
            commands: vec![script(held)],
        },
    }
}

/// What the command does is left to it; what it leaves alone is never promised of it.
fn onward(kind: &Kind, held: &Held) -> Fix {
    let left_alone = kind.examples.iter();
    let left_alone = left_alone.filter(|seen| seen.left_alone_because.is_some());
    let by_hand = left_alone.map(|seen| write_provisioned(held, &is_row(held, &seen.key)));
    let command = fix_command(held);
    let column = held.provisioned_at.as_ref().map(ToString::to_string);
    let column = column.unwrap_or_default();
    let others = kind.count.saturating_sub(kind.left_alone);
    let is_null = format!(
        "{} not say since when the app is there ({column} is NULL), so `ready` would skip a step",
        if kind.left_alone == 1 { "does" } else { "do" }
    );
    match (others, kind.left_alone) {
        (_, 0) => Fix {
            sentence: "Step by step to `ready`; the command does it and asks first. Then make the provisioner write it:".to_owned(),
            commands: vec![command],
        },
        (0, rows) => Fix {
            sentence: format!(
                "{} {is_null}, and --fix leaves {} alone. Write that for TIME; then the command does the rest and asks first:",
                counted(rows, "row"),
                if rows == 1 { "it" } else { "them" },
            ),
            commands: by_hand.chain([command]).collect(),
        },
        (others, rows) => Fix {
            sentence: format!(
                "Step by step to `ready`; the command does it for {} and asks first. {} {is_null}, and {} left alone until it is \
                 written for TIME. Then make the provisioner write both:",
                counted(others, "row"),
                counted(rows, "row"),
                if rows == 1 { "is" } else { "are" },
            ),
            commands: std::iter::once(command).chain(by_hand).collect(),
        },
    }
}

fn remember(examples: &[Example], held: &Held) -> Fix {
    let table = table(held);
    let (status, from) = (
        held.table.status().quoted(),
        held.table.suspended_from().quoted(),
    );
    let suspended = Status::Suspended;
    let before: Vec<_> = Status::suspendable().map(Status::word).collect();
    let mut commands = vec![format!(
        "UPDATE {table} SET {from} = NULL WHERE {status} <> '{suspended}' AND {from} IS NOT NULL;"
    )];
    let are_suspended = examples
        .iter()
        .filter(|example| example.seen.starts_with(&format!("`{suspended}`")));
    commands.extend(are_suspended.map(|example| {
        let row = is_row(held, &example.key);
        format!("UPDATE {table} SET {from} = 'WORD' WHERE {row} AND {status} = '{suspended}';")
    }));
    Fix {
        sentence: format!(
            "What is not suspended remembers nothing; what is says where it was, WORD being one of {}:",
            before.join(", ")
        ),
        commands,
    }
}

fn write_provisioned(held: &Held, row: &str) -> String {
    let column = held.provisioned_at.as_ref().map(ToString::to_string);
    let column = column.unwrap_or_default();
    format!(
        "UPDATE {} SET \"{column}\" = TIME WHERE {row} AND \"{column}\" IS NULL;",
        table(held)
    )
}

fn fix_command(held: &Held) -> String {
    let command = "usher check contract --fix".to_owned();
    match held.names.path() {
        usual if usual == Path::new(USUAL_FILE) => command,
        path => format!("{command} {}", config_option(path)),
    }
}

fn script(held: &Held) -> String {
    let place = &held.database.place;
    let (dialect, run) = match &held.dialect {
        Dialect::Postgres { .. } => ("postgres", format!("psql \"{place}\"")),
        Dialect::Sqlite => {
            let path = place.to_string().replace('\'', r"'\''");
            ("sqlite", format!("sqlite3 -bail '{path}'"))
        }
    };
    let schema = match &held.dialect {
        Dialect::Postgres {
            schema: Some(schema),
        } => format!("{schema}."),
        Dialect::Postgres { schema: None } | Dialect::Sqlite => String::new(),
    };
    let table = &held.table;
    format!(
        "usher contract sql --dialect {dialect} --table {schema}{} --key-column {} --status-column {} --suspended-from-column {} | {run}",
        table.name,
        table.key(),
        table.status(),
        table.suspended_from()
    )
}
