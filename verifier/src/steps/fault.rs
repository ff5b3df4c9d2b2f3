//! What a step can find wrong with a deploy.

pub(crate) mod discrepancy;
pub(crate) mod first_sight;
pub(crate) mod return_visit;

use std::fmt;
use std::time::Duration;

use policy::contract::Me;

use crate::configuration::answer_part::AnswerPart;
use crate::configuration::name::Unfilled;
use crate::configuration::value::AcceptedStatus;
use crate::deployment::exchange::Answer;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::fault::first_sight::FirstSightFault;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::undo::NotUndone;
use crate::wording::Violation;

/// What is wrong with the deploy, as one step saw it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The gate answered where the app should have.
    GateAnswered {
        status: u16,
        reason: Option<String>,
        detail: Option<String>,
    },
    /// An answer is not what the configuration says of it.
    Discrepancy(Discrepancy),
    /// The registry does not say what happened.
    EventsUnreadable { status: u16, reason: Option<String> },
    /// Something is wrong for somebody who comes for the first time.
    FirstSight(FirstSightFault),
    /// The answer does not hold what it must.
    Lacks { text: String, truncated: bool },
    /// The gate let the user log in, and there is no event of it.
    LogInNotWritten {
        waited: Duration,
        request_id: String,
    },
    /// The gate says that its own configuration is wrong.
    Misconfigured,
    /// The visitor was not admitted before the deadline.
    NeverReady(NeverReady),
    /// The gate does not give a browser a session for the token of the log-in.
    NoSession {
        status: u16,
        reason: Option<String>,
        detail: Option<String>,
    },
    /// There is no text where the token should be.
    NoToken {
        at: AnswerPart,
        is_json: bool,
        instead: Option<String>,
    },
    /// What answers at the gate's address is no gate.
    NotTheGate { status: u16 },
    /// What the operator's own steps created is still there.
    NotUndone(NotUndone),
    /// Something is wrong for somebody who has been there before.
    Return(ReturnFault),
    /// It did what it should, and took as long as the configuration says it must not.
    TooSlow { limit: Duration },
    /// The gate does not accept the token of the log-in.
    TokenRefused { status: u16, reason: Option<String> },
    /// What is said to people is not the case, or does not help them.
    Wording(Violation),
    /// The gate's answer is final, and it is no.
    TurnedAway { reason: String, detail: String },
}

/// How a wait ended by its deadline.
#[derive(Debug)]
pub(crate) struct NeverReady {
    pub(crate) waited: Duration,
    /// For how long the last state had been the last.
    pub(crate) steady: Duration,
    /// What the gate said last, if it said anything of use.
    pub(crate) me: Option<Box<Me>>,
    /// The last state in a word.
    pub(crate) state: String,
}

impl Fault {
    /// The fault of an answer with the wrong status code.
    pub(crate) fn unexpected_status(expected: &AcceptedStatus, answer: &Answer) -> Self {
        Discrepancy::status(expected, answer).into()
    }
}

impl From<Discrepancy> for Fault {
    fn from(discrepancy: Discrepancy) -> Self {
        Self::Discrepancy(discrepancy)
    }
}

impl From<Violation> for Fault {
    fn from(violation: Violation) -> Self {
        Self::Wording(violation)
    }
}

impl From<Unfilled> for Fault {
    fn from(unfilled: Unfilled) -> Self {
        Self::Discrepancy(Discrepancy::Unfilled(unfilled))
    }
}

/// What an answer says for itself: the usual members of an error body, else nothing.
pub(super) fn said(answer: &Answer) -> Option<String> {
    let body: serde_json::Value = answer.json()?;
    // An envelope has the words one level deeper: {"error": {"message": …}} (JSON-RPC 2.0 section 5.1).
    let inner = body.get("error").cloned().unwrap_or_default();
    let words = |body: &serde_json::Value| {
        ["detail", "message", "error_description", "error", "title"]
            .into_iter()
            .find_map(|name| {
                body.get(name)
                    .and_then(serde_json::Value::as_str)
                    .map(str::to_owned)
            })
    };
    words(&body).or_else(|| words(&inner))
}

/// The gate's reason code and its words, as far as it gave them.
fn because(f: &mut fmt::Formatter<'_>, reason: Option<&str>, detail: Option<&str>) -> fmt::Result {
    reason
        .iter()
        .try_for_each(|reason| write!(f, ", reason `{reason}`"))?;
    detail.iter().try_for_each(|detail| write!(f, ": {detail}"))
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GateAnswered {
                status,
                reason,
                detail,
            } => {
                write!(
                    f,
                    "the gate answered {status} itself instead of showing the app"
                )?;
                because(f, reason.as_deref(), detail.as_deref())
            }
            Self::Discrepancy(discrepancy) => discrepancy.fmt(f),
            Self::EventsUnreadable { status, reason } => {
                write!(f, "the gate does not say what happened: status {status}")?;
                because(f, reason.as_deref(), None)
            }
            Self::FirstSight(fault) => fault.fmt(f),
            Self::Lacks { text, truncated } => {
                write!(f, "the answer does not contain `{text}`")?;
                f.write_str(if *truncated { " in its first MiB" } else { "" })
            }
            Self::LogInNotWritten { waited, .. } => write!(
                f,
                "the gate let the user log in and, {} s later, has no event of it",
                waited.as_secs()
            ),
            Self::Misconfigured => f.write_str("the gate says that its own configuration is wrong"),
            Self::NeverReady(NeverReady { waited, state, .. }) => {
                write!(
                    f,
                    "not admitted within {} s; the last state was `{state}`",
                    waited.as_secs()
                )
            }
            Self::NoSession {
                status,
                reason,
                detail,
            } => {
                write!(
                    f,
                    "the gate gives no session for the token of the log-in: status {status}"
                )?;
                because(f, reason.as_deref(), detail.as_deref())
            }
            Self::NoToken {
                at,
                is_json,
                instead,
            } => {
                if matches!(at, AnswerPart::Json(_)) && !is_json {
                    return write!(f, "the answer is no JSON, so there is no token at {at}");
                }
                write!(
                    f,
                    "the answer has no text at {at}, where the token should be"
                )?;
                instead
                    .iter()
                    .try_for_each(|instead| write!(f, "; {instead}"))
            }
            Self::NotTheGate { status } => {
                write!(
                    f,
                    "what answers at the gate's address is no gate: status {status}, and no word of the gate's contract"
                )
            }
            Self::NotUndone(left) => left.fmt(f),
            Self::Return(fault) => fault.fmt(f),
            Self::TooSlow { limit } => {
                write!(f, "too slow: it may not take {} ms", limit.as_millis())
            }
            Self::Wording(violation) => violation.fmt(f),
            Self::TokenRefused { status, reason } => {
                write!(
                    f,
                    "the gate does not accept the token of the log-in: status {status}"
                )?;
                because(f, reason.as_deref(), None)
            }
            Self::TurnedAway { reason, detail } => write!(
                f,
                "the gate turns the fresh user away, reason `{reason}`: {detail}"
            ),
        }
    }
}
