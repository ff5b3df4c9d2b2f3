//! What can be wrong with a row, and what is said then: conditions that both dialects understand, from the loops over [`Status`].

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::contract::sql::literal;
use crate::contract::sql::table::Table;
use crate::status::Status;

/// How a trigger calls the row it judges.
pub(super) struct Row<'a> {
    pub(super) table: &'a Table,
    /// The status and `suspended_from` before the change.
    pub(super) was: String,
    pub(super) was_from: String,
    /// The status and `suspended_from` after it.
    pub(super) now: String,
    pub(super) now_from: String,
    /// The collation that compares bytes: the column may have one that forgives case or blanks.
    pub(super) bytes: &'static str,
}

/// What is wrong, and what is said where it is true.
pub(super) struct Mistake {
    pub(super) when: String,
    pub(super) message: String,
}

impl Row<'_> {
    /// Mistakes of a row by itself, whatever it was before. What else is asked of it supposes that it has none of them.
    pub(super) fn in_itself(&self) -> Vec<Mistake> {
        let table = self.table;
        let unknown = Mistake {
            when: format!("NOT ({})", known(&self.now, self.bytes)),
            message: format!(
                "{}.{} must be one of {}",
                table.name,
                table.status(),
                named(Status::ALL)
            ),
        };
        let misplaced = Mistake {
            when: format!("NOT ({})", placed(&self.now, &self.now_from, self.bytes)),
            message: format!(
                "{}.{} must be one of {} while {} is `{}`, and NULL otherwise",
                table.name,
                table.suspended_from(),
                named(Status::suspendable()),
                table.status(),
                Status::Suspended,
            ),
        };
        [unknown, misplaced].into()
    }

    /// A new row that begins elsewhere.
    pub(super) fn first(&self) -> Mistake {
        let (table, first) = (self.table, Status::FIRST);
        Mistake {
            when: format!("{} <> {}", self.now, word(first)),
            message: format!(
                "{}.{} of a new row must be `{first}`",
                table.name,
                table.status()
            ),
        }
    }

    /// Mistakes of a change. None of them is true of a row that had an unknown word: that may become anything.
    pub(super) fn in_change(&self) -> Vec<Mistake> {
        let steps = Status::suspendable()
            .flat_map(|status| self.illegal_steps(status, None))
            .chain(
                Status::suspendable()
                    .flat_map(|from| self.illegal_steps(Status::Suspended, Some(from))),
            )
            // A row of old that does not say where it was.
            .chain(self.illegal_steps(Status::Suspended, None));
        let wrongly_suspended = Status::suspendable().map(|was| self.wrongly_suspended(was));
        steps
            .chain(wrongly_suspended)
            .chain([self.changed()])
            .collect()
    }

    fn illegal_steps(&self, status: Status, suspended_from: Option<Status>) -> Vec<Mistake> {
        let successors = status.successors(suspended_from);
        let before = match (status, suspended_from) {
            (Status::Suspended, None) => {
                let words = words(Status::suspendable());
                format!(" AND ({} IN ({words})) IS NOT TRUE", self.was_from)
            }
            (_, Some(from)) => format!(" AND {} = {}", self.was_from, word(from)),
            (Status::Provisioning | Status::Active | Status::Ready, None) => String::new(),
        };
        let legal = if successors.is_empty() {
            format!(
                "none, until {} says what it was before",
                self.table.suspended_from()
            )
        } else {
            named(successors.iter().copied())
        };
        let illegal = Status::ALL
            .into_iter()
            .filter(|next| *next != status && !successors.contains(next));
        let mistake = |next: Status| Mistake {
            when: format!(
                "{} = {}{before} AND {} = {}",
                self.was,
                word(status),
                self.now,
                word(next)
            ),
            message: format!(
                "{}.{} cannot go from `{status}` to `{next}`; legal next: {legal}",
                self.table.name,
                self.table.status()
            ),
        };
        illegal.map(mistake).collect()
    }

    fn wrongly_suspended(&self, status: Status) -> Mistake {
        let (table, suspended) = (self.table, Status::Suspended);
        Mistake {
            when: format!(
                "{} = {} AND {} = {} AND ({} = {}) IS NOT TRUE",
                self.was,
                word(status),
                self.now,
                word(suspended),
                self.now_from,
                word(status)
            ),
            message: format!(
                "{}.{} must be `{status}` where {} goes from `{status}` to `{suspended}`",
                table.name,
                table.suspended_from(),
                table.status(),
            ),
        }
    }

    fn changed(&self) -> Mistake {
        let (table, suspended) = (self.table, Status::Suspended);
        Mistake {
            when: format!(
                "{} = {} AND {} = {} AND {} IN ({}) AND {} <> {}",
                self.was,
                word(suspended),
                self.now,
                word(suspended),
                self.was_from,
                words(Status::suspendable()),
                self.now_from,
                self.was_from
            ),
            message: format!(
                "{}.{} cannot change while {} stays `{suspended}`",
                table.name,
                table.suspended_from(),
                table.status(),
            ),
        }
    }
}

/// Whether a status is one of the words; never NULL.
pub(super) fn known(status: &str, bytes: &str) -> String {
    format!(
        "({status} COLLATE {bytes} IN ({})) IS TRUE",
        words(Status::ALL)
    )
}

/// Whether `suspended_from` is there exactly while it must be; never NULL.
pub(super) fn placed(status: &str, suspended_from: &str, bytes: &str) -> String {
    format!(
        "CASE WHEN {status} = {} THEN ({suspended_from} COLLATE {bytes} IN ({})) IS TRUE ELSE {suspended_from} IS NULL END",
        word(Status::Suspended),
        words(Status::suspendable())
    )
}

/// `'ready'`
pub(super) fn word(status: Status) -> String {
    literal(status.word())
}

/// `'provisioning', 'active'`
fn words(statuses: impl IntoIterator<Item = Status>) -> String {
    let words = statuses.into_iter().map(word);
    words.collect::<Vec<_>>().join(", ")
}

/// `` `provisioning`, `active` ``, for people.
fn named(statuses: impl IntoIterator<Item = Status>) -> String {
    let names = statuses.into_iter().map(|status| format!("`{status}`"));
    names.collect::<Vec<_>>().join(", ")
}
