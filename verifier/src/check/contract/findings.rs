//! What is wrong with a table: each kind once, with how many rows, some of them, and the exact fix.

use serde::Serialize;

use crate::findings::{Fix, Unlooked};
use crate::outcome::ExitCode;

/// All that is known of a table.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) schema_version: u32,
    pub(crate) database: String,
    pub(crate) table: String,
    pub(crate) rows: u64,
    /// Whether these are all rows; where they are not, nothing can be said of the table.
    pub(crate) all_read: bool,
    pub(crate) findings: Vec<Finding>,
    /// Where a look was wanted and not possible: never "nothing found".
    pub(crate) could_not_look: Vec<Unlooked>,
    /// What the configuration does not ask for.
    pub(crate) not_checked: Vec<&'static str>,
    /// What --fix did before this was looked at.
    pub(crate) fixed: Vec<Fixed>,
    /// What --fix did not even try.
    pub(crate) left_alone: Vec<LeftAlone>,
}

impl Report {
    pub(crate) const SCHEMA_VERSION: u32 = 1;

    pub(crate) fn exit_code(&self) -> ExitCode {
        let everything_seen = self.all_read && self.could_not_look.is_empty();
        if self.all_read && !self.findings.is_empty() {
            ExitCode::Failed
        } else if everything_seen {
            ExitCode::Passed
        } else {
            ExitCode::Broken
        }
    }
}

/// One kind of mistake.
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) sentence: String,
    /// How many rows; for the table itself, how many parts of it.
    pub(crate) count: u64,
    /// The first of them.
    pub(crate) examples: Vec<Example>,
    pub(crate) fix: Fix,
}

/// A row, and what was seen in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Example {
    pub(crate) key: String,
    pub(crate) seen: String,
    /// Why --fix does nothing about it, although it does about others of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) left_alone_because: Option<String>,
}

/// All of one kind, counted while they are found.
#[derive(Debug, Default)]
pub(crate) struct Kind {
    pub(crate) count: u64,
    /// How many of them --fix leaves alone.
    pub(crate) left_alone: u64,
    pub(crate) examples: Vec<Example>,
}

/// A row that was to be fixed, and what came of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fixed {
    pub(crate) key: String,
    /// Nothing where it is done.
    pub(crate) why_not: Option<String>,
}

/// A row that a person has to look at before --fix can do anything about it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeftAlone {
    pub(crate) key: String,
    pub(crate) why: String,
}

/// The stable name of a kind: what programs and documentation refer to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// A word that is no status, or none at all.
    UnknownStatus,
    /// On its way for too long, although the app answers: nobody wrote `ready` (incident I1).
    HealthyNotReady,
    /// `ready`, and the app does not answer.
    ReadyButDead,
    /// On its way for too long.
    Stuck,
    /// A status whose step before it never happened.
    StepSkipped,
    /// What it was before the suspension is missing, or left over.
    SuspendedFromWrong,
    /// The database itself does not refuse what the contract forbids.
    NotHeld,
}

impl Code {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::UnknownStatus => "unknown_status",
            Self::HealthyNotReady => "healthy_not_ready",
            Self::ReadyButDead => "ready_but_dead",
            Self::Stuck => "stuck",
            Self::StepSkipped => "step_skipped",
            Self::SuspendedFromWrong => "suspended_from_wrong",
            Self::NotHeld => "not_held",
        }
    }
}
