//! One row, judged by what it says itself.

use policy::status::{Availability, Status};

use crate::check::contract::findings::Code;
use crate::check::contract::since::Form;
use crate::configuration::contract::Held;

/// A row as it is; nothing of it is guessed at.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Row {
    pub(super) key: String,
    pub(super) status: Option<String>,
    pub(super) suspended_from: Option<String>,
    /// Whether it says when its app was there.
    pub(super) is_provisioned: bool,
    /// Since how many seconds it has its status, as far as it says so.
    pub(super) age: Option<i64>,
    /// In which form it says so.
    pub(super) since: Option<Form>,
    pub(super) url: Option<String>,
}

impl Row {
    pub(super) fn status(&self) -> Option<Status> {
        Status::parse(self.status.as_deref()?).ok()
    }

    /// Whether it has been on its way for longer than it may; nothing where it does not say since when.
    pub(super) fn is_overdue(&self, held: &Held) -> Option<bool> {
        let budget = i64::try_from(held.budget.as_secs()).unwrap_or(i64::MAX);
        self.age.map(|age| age > budget)
    }

    /// What is wrong with it whatever its app does: the code, and what is seen.
    pub(super) fn mistakes(&self, held: &Held) -> Vec<(Code, String)> {
        let Some(status) = self.status() else {
            let seen = match &self.status {
                Some(word) => format!("`{word}`"),
                None => "NULL".to_owned(),
            };
            return vec![(Code::UnknownStatus, seen)];
        };
        let mut mistakes = Vec::new();
        let needs_app = match status {
            Status::Active | Status::Ready => true,
            Status::Provisioning | Status::Suspended => false,
        };
        if let Some(column) = held
            .provisioned_at
            .as_ref()
            .filter(|_| needs_app && !self.is_provisioned)
        {
            mistakes.push((
                Code::StepSkipped,
                format!("`{status}`, and {column} is NULL"),
            ));
        }
        if held.has_suspended_from && !self.remembers_rightly(status) {
            let from = self.suspended_from.as_deref().unwrap_or("NULL");
            let column = held.table.suspended_from();
            mistakes.push((
                Code::SuspendedFromWrong,
                format!("`{status}`, and {column} is {from}"),
            ));
        }
        mistakes
    }

    /// Whether `suspended_from` is a status to return to exactly while it is suspended.
    fn remembers_rightly(&self, status: Status) -> bool {
        let from = self.suspended_from.as_deref();
        match status.availability() {
            Availability::Suspended => {
                let from = from.and_then(|word| Status::parse(word).ok());
                from.is_some_and(|from| !status.successors(Some(from)).is_empty())
            }
            Availability::Open | Availability::Waiting => from.is_none(),
        }
    }
}
