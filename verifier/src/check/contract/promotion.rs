//! What `--fix` does itself: rows that were left behind become `ready`, by legal steps only, each from the status it was seen with.

use policy::status::Status;

use crate::check::contract::books::Books;
use crate::check::contract::findings::Fixed;
use crate::check::contract::row::Row;
use crate::check::contract::since::Form;
use crate::check::contract::statement::{is_row, table};
use crate::configuration::contract::Held;
use crate::counted::counted;

/// What `--fix` does about a row whose app is well.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Repair {
    /// A person has to write something first.
    LeaveAlone(String),
    Promote(Promotion),
}

/// A row that becomes ready, one legal step after the other.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Promotion {
    pub(super) key: String,
    /// Where it is, and every status up to `ready`.
    way: Vec<Status>,
    /// In which form it says since when.
    since: Option<Form>,
}

/// As many rows are fixed in one run; the next run finds the rest.
pub(super) const MOST: usize = 10_000;

impl Repair {
    /// What becomes of a row on its way; nothing where it is not. A row that does not say when its app was there would skip that step,
    /// and nobody but its provisioner knows when that was.
    pub(super) fn of(row: &Row, held: &Held) -> Option<Self> {
        let mut at = row.status()?;
        let mut way = vec![at];
        while at != Status::Ready {
            at = at
                .successors(None)
                .into_iter()
                .find(|next| *next != Status::Suspended)?;
            way.push(at);
        }
        if let Some(column) = held.provisioned_at.as_ref().filter(|_| !row.is_provisioned) {
            return Some(Self::LeaveAlone(format!(
                "{column} is NULL; write it first"
            )));
        }
        (way.len() > 1).then(|| {
            Self::Promote(Promotion {
                key: row.key.clone(),
                way,
                since: row.since,
            })
        })
    }
}

impl Promotion {
    /// Its steps as statements, in order.
    fn statements(&self, held: &Held) -> Vec<String> {
        let step = |pair: &[Status]| match pair {
            [from, to] => Some(self.step(held, *from, *to)),
            _ => None,
        };
        self.way.windows(2).filter_map(step).collect()
    }

    fn step(&self, held: &Held, from: Status, to: Status) -> String {
        let status = held.table.status().quoted();
        let since = match (&held.since, self.since) {
            (Some(column), Some(form)) => {
                format!(", {} = {}", column.quoted(), form.now(&held.dialect))
            }
            (None, _) | (_, None) => String::new(),
        };
        format!(
            "UPDATE {} SET {status} = '{to}'{since} WHERE {} AND {status} = '{from}';",
            table(held),
            is_row(held, &self.key)
        )
    }
}

/// What would be done, for a person to agree to.
pub(super) fn described(held: &Held, plan: &[Promotion]) -> String {
    let lines = plan.iter().flat_map(|promotion| promotion.statements(held));
    let lines: Vec<_> = lines.map(|line| format!("  {line}\n")).collect();
    let count = plan.len() as u64;
    let (becomes, each) = if count == 1 {
        ("becomes", "in one transaction")
    } else {
        ("become", "each row in a transaction of its own")
    };
    format!(
        "{} {becomes} `ready` by legal steps, {each}:\n{}",
        counted(count, "row"),
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
