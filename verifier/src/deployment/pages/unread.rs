//! Why a list was not read to its end: never the same as a list that ends.

use std::fmt;

use crate::configuration::name::Unfilled;
use crate::deployment::exchange::NoAnswer;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::terminal::harmless;

/// Why a list was not read to its end.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The answer is not as the file says.
    Discrepancy(Box<Discrepancy>),
    /// The same page came again.
    GoesRound(String),
    /// The next page is at another place than the list.
    LeadsAway { from: String, to: String },
    /// Nothing was answered.
    NoAnswer(NoAnswer),
    /// There is no list where the rows should be.
    NoRows { url: String, pointer: String },
    /// Only a part of the page was read.
    TooLarge(String),
    /// More rows of one moment than the service gives.
    TooManyAtOnce { url: String, at: String },
    /// A name of a template has no value.
    Unfilled(Unfilled),
}

impl Unread {
    /// The status of the answer, where that was wrong.
    pub(crate) fn status(&self) -> Option<u16> {
        let Self::Discrepancy(found) = self else {
            return None;
        };
        let Discrepancy::Status { found, .. } = found.as_ref() else {
            return None;
        };
        Some(*found)
    }
}

impl From<NoAnswer> for Unread {
    fn from(reason: NoAnswer) -> Self {
        Self::NoAnswer(reason)
    }
}

impl From<Discrepancy> for Unread {
    fn from(found: Discrepancy) -> Self {
        Self::Discrepancy(Box::new(found))
    }
}

impl From<Unfilled> for Unread {
    fn from(unfilled: Unfilled) -> Self {
        Self::Unfilled(unfilled)
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Discrepancy(found) => found.fmt(f),
            Self::GoesRound(url) => write!(
                f,
                "{url} gives the same page again and again; `paging` names another way to the next page than the service has"
            ),
            Self::LeadsAway { from, to } => write!(
                f,
                "{from} says that its next page is at `{}`, which is no address of the same service; it is not asked",
                harmless(to)
            ),
            Self::NoAnswer(reason) => reason.fmt(f),
            Self::NoRows { url, pointer } => {
                write!(f, "{url} gives no list of rows at `{pointer}`")
            }
            Self::TooLarge(url) => write!(
                f,
                "a page of {url} has more than 1 MiB; ask for fewer rows a page"
            ),
            Self::TooManyAtOnce { url, at } => write!(
                f,
                "{url} gives a thousand rows at most, and there are more that were created at `{}`: they cannot be told apart; read an export of the users instead (kind = \"ndjson\")",
                harmless(at)
            ),
            Self::Unfilled(unfilled) => unfilled.fmt(f),
        }
    }
}
