//! What one visitor is told in one answer: a reason, and the facts of their case that belong to it.

use crate::email::Email;
use crate::reason::Reason;
use crate::time::Moment;

/// What one visitor is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// What is the case.
    pub reason: Reason,
    /// Who they are logged in as, if they are.
    pub email: Option<Email>,
    /// Since when it is the case, where that helps them to judge.
    pub since: Option<Moment>,
}

impl From<Reason> for Message {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            email: None,
            since: None,
        }
    }
}
