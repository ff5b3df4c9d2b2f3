//! One request and what came of it, as data: for the steps, the findings and the report.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use policy::contract::directory::{EventList, InvitationList, UserList};
use policy::contract::{Problem, REASON_HEADER, RESPONSE_HEADER};
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use crate::deployment::sent::Sent;
use crate::deployment::timing::Timing;

/// One request and what came of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exchange {
    pub(crate) request: Sent,
    /// The request as a command, with `$TOKEN` and `$PASSWORD` in place of the secrets.
    pub(crate) curl: String,
    #[serde(serialize_with = "answer_or_reason")]
    pub(crate) answer: Result<Answer, NoAnswer>,
    #[serde(rename = "micros")]
    pub(crate) timing: Timing,
}

impl Exchange {
    /// Changes every text that could hold a secret.
    pub(crate) fn for_each_text(&mut self, change: &mut impl FnMut(&mut String)) {
        change(&mut self.request.url);
        self.request.body.iter_mut().for_each(&mut *change);
        self.request
            .headers
            .iter_mut()
            .for_each(|(_, value)| change(value));
        change(&mut self.curl);
        if let Ok(answer) = &mut self.answer {
            change(&mut answer.body);
            answer
                .headers
                .iter_mut()
                .for_each(|(_, value)| change(value));
        }
    }
}

fn answer_or_reason<S: Serializer>(
    answer: &Result<Answer, NoAnswer>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Missing {
        missing_because: String,
    }
    match answer {
        Ok(answer) => answer.serialize(serializer),
        Err(reason) => Missing {
            missing_because: reason.to_string(),
        }
        .serialize(serializer),
    }
}

/// What was answered.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    /// Read as UTF-8, with replacement characters where it is not.
    pub(crate) body: String,
    /// Whether there was more than is kept.
    pub(crate) truncated: bool,
}

impl Answer {
    /// The value of a header; names are in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a header, in order.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }

    /// Whether the gate itself answered, and not an app behind it.
    pub(crate) fn is_the_gates_own(&self) -> bool {
        self.header(RESPONSE_HEADER).is_some()
    }

    /// Whether it leads to an encrypted address.
    pub(crate) fn is_redirect_to_https(&self) -> bool {
        (300..400).contains(&self.status)
            && (self.header("location")).is_some_and(|to| to.starts_with("https://"))
    }

    /// The gate's problem body, if it is one.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.json()
    }

    /// The gate's stable reason code, from the header or the body.
    pub(crate) fn reason(&self) -> Option<String> {
        let header = self.header(REASON_HEADER).map(str::to_owned);
        header.or_else(|| self.problem().map(|problem| problem.reason))
    }

    /// The gate's events, if that is what was answered.
    pub(crate) fn events(&self) -> Option<EventList> {
        self.json()
            .filter(|_| self.status == 200 && self.is_the_gates_own())
    }

    /// The users of the gate's registry, if that is what was answered.
    pub(crate) fn users(&self) -> Option<UserList> {
        self.json()
            .filter(|_| self.status == 200 && self.is_the_gates_own())
    }

    /// The invitations of the gate's registry, if that is what was answered.
    pub(crate) fn invitations(&self) -> Option<InvitationList> {
        self.json()
            .filter(|_| self.status == 200 && self.is_the_gates_own())
    }

    /// `Retry-After` in seconds (RFC 9110 section 10.2.3); its other form, a date, is not worth a clock here.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let seconds = self.header("retry-after")?.trim().parse().ok()?;
        Some(Duration::from_secs(seconds))
    }
}

/// Why no answer came, so that nothing can be said about the deploy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum NoAnswer {
    /// What was to be sent is no request: an address or a header that is none.
    Address { said: String },
    /// The connection ended before the answer did.
    Cut { url: String, said: String },
    /// Nothing listens there.
    Refused { url: String },
    /// The name is unknown.
    Unresolved { host: String },
    /// Not within the budget of one request.
    TimedOut { url: String, seconds: u64 },
    /// No trust in the other side.
    Untrusted { url: String, said: String },
}

impl NoAnswer {
    /// Sorts the client's error by who has to do something about it.
    pub(crate) fn of(error: &reqwest::Error, url: &Url, within: Duration) -> Self {
        let shown = origin_and_path(url);
        if error.is_timeout() {
            return Self::TimedOut {
                url: shown,
                seconds: within.as_secs(),
            };
        }
        if error.is_dns() {
            return Self::Unresolved {
                host: url.host_str().unwrap_or_default().to_owned(),
            };
        }
        let kinds = || causes(error).flat_map(io_kinds);
        if kinds().any(|kind| kind == io::ErrorKind::ConnectionRefused) {
            return Self::Refused { url: shown };
        }
        let said = causes(error)
            .last()
            .map(ToString::to_string)
            .unwrap_or_default();
        // rustls reports a bad certificate as invalid data, and only while connecting.
        if error.is_connect() && kinds().any(|kind| kind == io::ErrorKind::InvalidData) {
            return Self::Untrusted { url: shown, said };
        }
        Self::Cut { url: shown, said }
    }

    /// Whether the request surely never reached the other side.
    pub(crate) const fn is_before_sending(&self) -> bool {
        match self {
            Self::Address { .. }
            | Self::Refused { .. }
            | Self::Unresolved { .. }
            | Self::Untrusted { .. } => true,
            Self::Cut { .. } | Self::TimedOut { .. } => false,
        }
    }
}

/// The kinds of an I/O error and of those that it wraps: the connector wraps one in another, and `Error::source` of the
/// outer one skips the inner one.
fn io_kinds(cause: &(dyn Error + 'static)) -> impl Iterator<Item = io::ErrorKind> {
    let outer = cause.downcast_ref::<io::Error>();
    std::iter::successors(outer, |error| error.get_ref()?.downcast_ref()).map(io::Error::kind)
}

/// Without the query, which may hold what is nobody's business.
fn origin_and_path(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { said } => f.write_str(said),
            Self::Cut { url, said } => {
                write!(f, "no answer from {url}: the connection failed ({said})")
            }
            Self::Refused { url } => write!(f, "no answer from {url}: connection refused"),
            Self::Unresolved { host } => {
                write!(f, "no answer from {host}: the name cannot be resolved")
            }
            Self::TimedOut { url, seconds } => write!(f, "no answer from {url} within {seconds} s"),
            Self::Untrusted { url, said } => write!(f, "no trusted connection to {url}: {said}"),
        }
    }
}
