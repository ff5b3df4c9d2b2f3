//! An answer that is not what usher.toml says of it.

use std::fmt;

use crate::configuration::expectation::Expectation;
use crate::configuration::name::{Name, Unfilled};
use crate::configuration::value::AcceptedStatus;
use crate::deployment::exchange::Answer;
use crate::deployment::part::part_of;
use crate::steps::fault::said;
use crate::steps::perform::short;

/// What is not as the file says.
#[derive(Debug)]
pub(crate) enum Discrepancy {
    /// An expectation does not hold.
    NotAsExpected(Difference),
    /// A value that later requests need is not in the answer.
    NotCaptured {
        name: Name,
        at: String,
        instead: Option<String>,
    },
    /// The answer says that it failed, whatever its status is.
    SaidItFailed {
        at: String,
        found: String,
        said: Option<String>,
    },
    /// The deployment's own word for the user's app is one that ends the wait.
    StateIsFinal { state: String },
    /// The deployment's word for the user's app has no meaning in the file (incident I1).
    StateIsUnknown { state: String, known: Vec<String> },
    /// Another status code than a right one.
    Status {
        expected: AcceptedStatus,
        found: u16,
        said: Option<String>,
    },
    /// A template needs a value that this run has not got.
    Unfilled(Unfilled),
}

/// An expectation that does not hold: what was looked at, wanted and found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Difference {
    pub(crate) at: String,
    pub(crate) wanted: String,
    pub(crate) found: String,
}

impl Discrepancy {
    /// That of an answer with the wrong status code.
    pub(crate) fn status(expected: &AcceptedStatus, answer: &Answer) -> Self {
        Self::Status {
            expected: expected.clone(),
            found: answer.status,
            said: said(answer),
        }
    }

    /// That of an answer with a sign of failure.
    pub(crate) fn said_it_failed(sign: &Expectation, answer: &Answer, url: &str) -> Self {
        let (at, found) = match sign {
            Expectation::BodyContains(_) => ("the body".to_owned(), "the text".to_owned()),
            Expectation::Part(part, _) => {
                let found = part_of(answer, part, url);
                let found = found.as_ref().map_or_else(|| "nothing".to_owned(), short);
                (part.to_string(), found)
            }
        };
        Self::SaidItFailed {
            at,
            found,
            said: said(answer),
        }
    }
}

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsExpected(Difference { at, wanted, found }) => {
                write!(f, "expected {at} {wanted}, found {found}")
            }
            Self::NotCaptured { name, at, instead } => {
                write!(
                    f,
                    "the answer does not have {at}, which `{name}` is to be taken from"
                )?;
                instead
                    .iter()
                    .try_for_each(|instead| write!(f, "; {instead}"))
            }
            Self::SaidItFailed { at, found, said } => {
                write!(f, "the answer says that it failed: {at} is `{found}`")?;
                let mut said = said.iter().filter(|said| *said != found);
                said.try_for_each(|said| write!(f, ": {said}"))
            }
            Self::StateIsFinal { state } => write!(
                f,
                "the state is `{state}`, which the configuration says will never become ready"
            ),
            Self::StateIsUnknown { state, known } => write!(
                f,
                "the state is `{state}`, a word that the configuration does not know; it knows {}",
                known.join(", ")
            ),
            Self::Status {
                expected,
                found,
                said,
            } => {
                write!(f, "expected status {expected}, found {found}")?;
                said.iter().try_for_each(|said| write!(f, ": {said}"))
            }
            Self::Unfilled(unfilled) => unfilled.fmt(f),
        }
    }
}
