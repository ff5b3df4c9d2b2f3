//! The exact fix of each kind, as SQL; and the one that `--fix` does itself: legal steps only, each from the status it was seen with.

use policy::contract::sql::Dialect;
use policy::status::Status;

use crate::check::contract::books::Books;
use crate::check::contract::findings::{Code, Example, Fixed};
use crate::check::contract::row::Row;
use crate::configuration::contract::Held;
use crate::configuration::database::Place;
use crate::findings::Fix;

/// A row that becomes ready, one legal step after the other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Promotion {
    pub(super) key: String,
    /// Where it is, and every status up to `ready`.
    pub(super) way: Vec<Status>,
}

/// As many rows are fixed in one run; the next run finds the rest.
pub(super) const MOST: usize = 10_000;

impl Promotion {
    /// The way of a row to `ready`. A row that does not say when its app was there would skip that step, so it has none.
    pub(super) fn of(row: &Row, held: &Held) -> Option<Self> {
        if held.provisioned_at.is_some() && !row.is_provisioned {
            return None;
        }
        let mut at = row.status()?;
        let mut way = vec![at];
        while at != Status::Ready {
            at = at
                .successors(None)
                .into_iter()
                .find(|next| *next != Status::Suspended)?;
            way.push(at);
        }
        (way.len() > 1).then(|| Self {
            key: row.key.clone(),
            way,
        })
    }

    /// Its steps as statements, in order.
    pub(super) fn statements(&self, held: &Held) -> Vec<String> {
        let step = |pair: &[Status]| match pair {
            [from, to] => Some(change(held, &self.key, *from, *to)),
            _ => None,
        };
        self.way.windows(2).filter_map(step).collect()
    }
}

fn change(held: &Held, key: &str, from: Status, to: Status) -> String {
    let status = held.table.status().quoted();
    format!(
        "UPDATE {} SET {status} = '{to}' WHERE {} = {} AND {status} = '{from}';",
        table(held),
        held.table.key().quoted(),
        literal(key)
    )
}

/// What would be done, for a person to agree to.
pub(super) fn described(held: &Held, plan: &[Promotion]) -> String {
    let lines = plan.iter().flat_map(|promotion| promotion.statements(held));
    let lines: Vec<_> = lines.map(|line| format!("  {line}\n")).collect();
    format!(
        "{} rows become `ready` by legal steps, each row in a transaction of its own:\n{}",
        plan.len(),
        lines.concat()
    )
}

/// Does it. A row that is not any more as it was seen stays as it is.
pub(super) async fn apply(held: &Held, plan: &[Promotion]) -> Vec<Fixed> {
    let mut books = Books::open_to_write(held).await;
    let mut done = Vec::new();
    for promotion in plan {
        let applied = match &mut books {
            Ok(books) => books.apply(promotion.statements(held)).await,
            Err(why) => Err(why.clone()),
        };
        done.push(Fixed {
            key: promotion.key.clone(),
            why_not: applied.err(),
        });
    }
    done
}

/// What is the case, in one sentence.
pub(super) fn sentence(code: Code, count: u64, held: &Held) -> String {
    let rows = if count == 1 {
        "1 row".to_owned()
    } else {
        format!("{count} rows")
    };
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
pub(super) fn of(code: Code, examples: &[Example], held: &Held) -> Fix {
    let (table, key, status) = (
        table(held),
        held.table.key().quoted(),
        held.table.status().quoted(),
    );
    let words = Status::ALL.map(Status::word).join(", ");
    let for_each =
        |statement: &dyn Fn(&Example) -> String| examples.iter().map(statement).collect();
    match code {
        Code::UnknownStatus => {
            let repair = |example: &Example| {
                format!("UPDATE {table} SET {status} = 'WORD' WHERE {key} = {};", literal(&example.key))
            };
            Fix {
                sentence: format!("Find out what is meant, and write that for WORD: one of {words}. It is never guessed:"),
                commands: for_each(&repair),
            }
        }
        Code::HealthyNotReady => Fix {
            sentence: "Step by step to `ready`; the command does it and asks first. Then make the provisioner write it:".to_owned(),
            commands: vec!["usher check contract --fix".to_owned()],
        },
        Code::ReadyButDead => {
            let seek = |example: &Example| format!("SELECT * FROM {table} WHERE {key} = {};", literal(&example.key));
            Fix {
                sentence: "Start the app, or suspend the instance until it runs, so that its user is told so:".to_owned(),
                commands: for_each(&seek),
            }
        }
        Code::Stuck => {
            let seek = |example: &Example| format!("SELECT * FROM {table} WHERE {key} = {};", literal(&example.key));
            Fix {
                sentence: "The provisioner has given up or waits for something; look into its log for:".to_owned(),
                commands: for_each(&seek),
            }
        }
        Code::StepSkipped => {
            let column = held.provisioned_at.as_ref().map(ToString::to_string).unwrap_or_default();
            let repair = |example: &Example| {
                format!("UPDATE {table} SET \"{column}\" = TIME WHERE {key} = {} AND \"{column}\" IS NULL;", literal(&example.key))
            };
            Fix {
                sentence: "If the app is there, write since when for TIME; if not, the status is wrong:".to_owned(),
                commands: for_each(&repair),
            }
        }
        Code::SuspendedFromWrong => {
            let from = held.table.suspended_from().quoted();
            let suspended = Status::Suspended;
            let before: Vec<_> = Status::suspendable().map(Status::word).collect();
            let mut commands: Vec<String> = vec![format!(
                "UPDATE {table} SET {from} = NULL WHERE {status} <> '{suspended}' AND {from} IS NOT NULL;"
            )];
            commands.extend(examples.iter().filter(|example| example.seen.starts_with(&format!("`{suspended}`"))).map(
                |example| format!("UPDATE {table} SET {from} = 'WORD' WHERE {key} = {} AND {status} = '{suspended}';", literal(&example.key)),
            ));
            Fix {
                sentence: format!("What is not suspended remembers nothing; what is says where it was, WORD being one of {}:", before.join(", ")),
                commands,
            }
        }
        Code::NotHeld => Fix {
            sentence: "Let the database hold the contract; the script may be run again and changes no row:".to_owned(),
            commands: vec![script(held)],
        },
    }
}

fn script(held: &Held) -> String {
    let (dialect, run) = match &held.database.place {
        Place::Postgres { variable, .. } => ("postgres", format!("psql \"${variable}\"")),
        Place::Sqlite(path) => {
            let path = path.display().to_string().replace('\'', r"'\''");
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

/// The table, with its schema.
pub(super) fn table(held: &Held) -> String {
    let name = held.table.name.quoted();
    match &held.dialect {
        Dialect::Postgres {
            schema: Some(schema),
        } => format!("{}.{name}", schema.quoted()),
        Dialect::Postgres { schema: None } | Dialect::Sqlite => name.to_string(),
    }
}

/// A text as both dialects write it.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
