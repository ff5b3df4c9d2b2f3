//! Why a command for operators is not done, and who must act.

use std::fmt;

use policy::contract::Problem;
use serde_json::Value;

use crate::configuration::address::AddressError;
use crate::configuration::mistake::ConfigurationError;
use crate::consent::Unconfirmed;
use crate::deployment::exchange::NoAnswer;
use crate::deployment::tls::NoClient;
use crate::operator::absence::Absence;
use crate::outcome::ExitCode;
use crate::report::wrapped;
use crate::terminal::harmless;

/// Why the gate could not even be asked.
#[derive(Debug)]
pub(crate) enum Unprepared {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// The file of --config is wrong.
    Configuration(ConfigurationError),
    /// `USHER_GATE` is no address.
    Gate(AddressError),
    /// Nothing says which gate.
    NoGate,
    /// Nothing says with which secret.
    NoSecret,
    /// The secret has characters that no header can carry.
    SecretUnsendable(String),
}

impl From<ConfigurationError> for Unprepared {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl fmt::Display for Unprepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::Gate(error) => write!(f, "the environment variable `USHER_GATE`: {error}"),
            Self::NoGate => f.write_str(
                "no gate is named; give --gate URL, or set `USHER_GATE`, or name a file with --config FILE whose [target] has `gate`",
            ),
            Self::NoSecret => f.write_str(
                "the environment variable `USHER_ADMIN_SECRET` is not set; set it to the secret that the gate was given (`npx wrangler secret put USHER_ADMIN_SECRET`), or to a token of your own that the gate takes for an operator's",
            ),
            Self::SecretUnsendable(variable) => write!(
                f,
                "the environment variable `{variable}` has a blank or another character that no secret of a gate has; set it again, without quotes and line break"
            ),
        }
    }
}

/// Why it is not done, although the gate could be asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// No answer came.
    NoAnswer(NoAnswer),
    /// It cannot be done as things are; the sentence says why, and what to do.
    NotDone(String),
    /// The gate has another authority than the registry, which alone keeps these records.
    NotKept {
        records: &'static str,
        problem: Box<Problem>,
    },
    /// Something else answers at this address.
    NotTheGate { url: String, status: u16 },
    /// There is no such record.
    NotThere {
        absence: Absence,
        problem: Box<Problem>,
    },
    /// The gate answers what this program does not know.
    NotUnderstood { url: String, why: String },
    /// The gate knows neither the secret nor the token; the sentence says what may be wrong with it.
    OperatorRefused {
        sentence: String,
        problem: Box<Problem>,
    },
    /// The gate refuses it.
    Refused(Box<Problem>),
    /// The gate cannot say.
    Unable(Box<Problem>),
    /// Nobody said yes.
    Unconfirmed(Unconfirmed),
}

impl From<Unconfirmed> for Failure {
    fn from(why: Unconfirmed) -> Self {
        Self::Unconfirmed(why)
    }
}

impl Failure {
    pub(super) fn not_understood(url: String) -> Self {
        Self::NotUnderstood {
            url,
            why: "it is not the JSON that was expected there, or too much of it".to_owned(),
        }
    }

    pub(super) const fn exit_code(&self) -> ExitCode {
        match self {
            Self::NotDone(_) | Self::NotKept { .. } | Self::NotThere { .. } | Self::Refused(_) => {
                ExitCode::Failed
            }
            Self::OperatorRefused { .. } | Self::Unconfirmed(_) => ExitCode::Usage,
            Self::NoAnswer(_)
            | Self::NotTheGate { .. }
            | Self::NotUnderstood { .. }
            | Self::Unable(_) => ExitCode::Broken,
        }
    }

    /// Whether asking again later may help.
    pub(super) const fn passes(&self) -> bool {
        match self {
            Self::NoAnswer(_) | Self::Unable(_) => true,
            Self::NotDone(_)
            | Self::NotKept { .. }
            | Self::NotTheGate { .. }
            | Self::NotThere { .. }
            | Self::NotUnderstood { .. }
            | Self::OperatorRefused { .. }
            | Self::Refused(_)
            | Self::Unconfirmed(_) => false,
        }
    }

    /// What the gate said, for a program.
    pub(super) fn problem(&self) -> Option<Value> {
        match self {
            Self::NotKept { problem, .. }
            | Self::NotThere { problem, .. }
            | Self::OperatorRefused { problem, .. }
            | Self::Refused(problem)
            | Self::Unable(problem) => serde_json::to_value(problem).ok(),
            Self::NoAnswer(_)
            | Self::NotDone(_)
            | Self::NotTheGate { .. }
            | Self::NotUnderstood { .. }
            | Self::Unconfirmed(_) => None,
        }
    }

    /// For a person: what is the case, why, and what to do next.
    pub(super) fn words(&self) -> String {
        match self {
            Self::NoAnswer(reason) => said(&format!("could not find out: {reason}")),
            Self::NotDone(sentence) => said(&format!("not done: {sentence}")),
            Self::NotKept { records, problem } => short(
                &format!("this gate keeps no {records}"),
                "only the registry keeps them, and this gate has another authority (USHER_AUTHORITY, docs/authorities.md)",
                problem,
            ),
            Self::NotTheGate { url, status } => said(&format!(
                "could not find out: {url} answered {status}, and no gate answers like that; check the gate's address"
            )),
            Self::NotThere { absence, problem } => short(&absence.sentence, &absence.next, problem),
            Self::NotUnderstood { url, why } => said(&format!(
                "could not find out: the answer of {url} cannot be read: {why}; this `usher` and the gate may be of different versions"
            )),
            Self::OperatorRefused { sentence, problem } => said(&format!(
                "error: {} {}: {sentence}",
                problem.status, problem.reason
            )),
            Self::Refused(problem) => refusal("refused", problem),
            Self::Unable(problem) => refusal("could not find out", problem),
            Self::Unconfirmed(why) => said(&format!("not done: {why}")),
        }
    }
}

fn said(sentence: &str) -> String {
    wrapped("", "  ", &harmless(sentence))
}

/// Of what the gate says itself only what names the request.
fn short(sentence: &str, next: &str, problem: &Problem) -> String {
    let Problem { status, reason, .. } = problem;
    let mut words = said(&format!("refused: {sentence} ({status} {reason})"));
    words.push_str(&wrapped("  next: ", "  ", &harmless(next)));
    words.push_str(&in_the_log(problem));
    words
}

fn in_the_log(problem: &Problem) -> String {
    let sentence = format!("the gate's log has it as request {}", problem.request_id);
    wrapped("  ", "  ", &harmless(&sentence))
}

fn refusal(head: &str, problem: &Problem) -> String {
    let Problem {
        title,
        status,
        detail,
        reason,
        next,
        mistakes,
        ..
    } = problem;
    let mut words = said(&format!("{head}: {title} ({status} {reason})"));
    let about = if mistakes.is_empty() {
        std::slice::from_ref(detail)
    } else {
        mistakes.as_slice()
    };
    for sentence in about {
        words.push_str(&wrapped("  - ", "    ", &harmless(sentence)));
    }
    words.push_str(&wrapped("  next: ", "  ", &harmless(next)));
    words.push_str(&in_the_log(problem));
    words
}
