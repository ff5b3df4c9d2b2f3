//! What can be wrong for somebody who has been there before.

use std::fmt;

use crate::deployment::journey::Cycle;
use crate::outcome::Problem;
use crate::steps::fault::Fault;

/// What is wrong.
#[derive(Debug)]
pub(crate) enum ReturnFault {
    /// Redirects that go round (incident I4).
    Cycle(Cycle),
    /// Somebody who is not logged in sees the app.
    LetIn { status: u16 },
    /// Somebody who was let in before is made to wait.
    MadeToWait { state: String },
    /// The gate let somebody in without an instance.
    NoInstance,
    /// Whoever is asked to wait is not told for how long.
    NotToldHowLong,
    /// The same person has another instance than before.
    OtherInstance {
        before: Option<String>,
        now: Option<String>,
    },
    /// The gate takes the same person for somebody else.
    OtherPerson { before: String, now: String },
    /// Somebody who may not enter does.
    StillLetIn { state: String, seconds: u64 },
    /// Redirects without an end.
    TooManyRedirects,
    /// No answer was within the budget.
    TooSlow {
        budget_millis: u64,
        fastest_millis: u64,
        tries: u32,
    },
    /// The registry has several records of the same person (incident I4).
    Twice { email: String, ids: Vec<String> },
    /// The registry does not say whom it knows.
    Unlisted { status: u16, reason: Option<String> },
}

impl From<ReturnFault> for Problem {
    fn from(fault: ReturnFault) -> Self {
        Fault::Return(fault).into()
    }
}

impl fmt::Display for ReturnFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cycle(Cycle { places, cookies }) => {
                write!(f, "redirects go round: {}", places.join(" → "))?;
                if cookies.is_empty() {
                    return f.write_str("; no cookie is set on the way");
                }
                write!(
                    f,
                    "; set on the way, and of no help: the cookies {}",
                    cookies.join(", ")
                )
            }
            Self::LetIn { status } => write!(
                f,
                "the app answered {status} to a browser that is not logged in"
            ),
            Self::MadeToWait { state } => write!(
                f,
                "a user who has been let in before is not let in at once: `{state}`"
            ),
            Self::NoInstance => f.write_str("the gate let the user in and names no instance"),
            Self::NotToldHowLong => f.write_str(
                "the gate asks the user to wait, and does not say for how long (`Retry-After`)",
            ),
            Self::OtherInstance { before, now } => {
                let shown = |id: &Option<String>| {
                    id.as_ref()
                        .map_or_else(|| "no instance".to_owned(), |id| format!("`{id}`"))
                };
                write!(
                    f,
                    "the returning user has another instance: {} before, {} now",
                    shown(before),
                    shown(now)
                )
            }
            Self::OtherPerson { before, now } => write!(
                f,
                "the returning user is taken for somebody else: `{before}` before, `{now}` now"
            ),
            Self::StillLetIn { state, seconds } => write!(
                f,
                "{seconds} s after they may not enter any more, the user is not turned away for it: {state}"
            ),
            Self::TooManyRedirects => f.write_str("redirects lead on and on, and never to a page"),
            Self::TooSlow {
                budget_millis,
                fastest_millis,
                tries,
            } => write!(
                f,
                "too slow for a returning user: the fastest of {tries} answers took {fastest_millis} ms, the budget is {budget_millis} ms"
            ),
            Self::Twice { email, ids } => write!(
                f,
                "the registry has {} users with the address {email}: {}",
                ids.len(),
                ids.join(", ")
            ),
            Self::Unlisted { status, reason } => {
                write!(f, "the gate does not say whom it knows: status {status}")?;
                reason
                    .iter()
                    .try_for_each(|reason| write!(f, ", reason `{reason}`"))
            }
        }
    }
}
