//! One request and what came of it, as data: for the steps, the findings and the report.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use policy::contract::directory::{EventList, UserList};
use policy::contract::{Problem, REASON_HEADER, RESPONSE_HEADER};
use reqwest::{Method, Url};
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};

use crate::redaction::Secrets;

/// One request and what came of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Exchange {
    pub(crate) request: Sent,
    /// The request as a command, with `$TOKEN` and `$PASSWORD` in place of the secrets.
    pub(crate) curl: String,
    #[serde(serialize_with = "answer_or_reason")]
    pub(crate) answer: Result<Answer, NoAnswer>,
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

/// What is sent.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    #[serde(serialize_with = "as_word")]
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

fn as_word<S: Serializer>(method: &Method, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(method.as_str())
}

impl Sent {
    /// Without headers: no `accept` either, so that a printed curl line asks for just the same.
    pub(crate) fn new(method: Method, url: String) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn get(url: &str) -> Self {
        Self::new(Method::GET, url.to_owned())
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a token (RFC 6750 section 2.1).
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.with("authorization", &format!("Bearer {token}"))
    }

    /// The same request for a shell.
    pub(crate) fn curl(&self, secrets: &Secrets) -> String {
        let mut words = vec!["curl -i".to_owned()];
        if self.method != Method::GET {
            words.push(format!("-X {}", self.method));
        }
        words.extend(
            self.headers.iter().map(|(name, value)| {
                format!("-H {}", quoted(&format!("{name}: {value}"), secrets))
            }),
        );
        words.extend(
            self.body
                .iter()
                .map(|body| format!("-d {}", quoted(body, secrets))),
        );
        words.push(quoted(&self.url, secrets));
        words.join(" ")
    }
}

/// A word for a POSIX shell: in single quotes, or in double quotes if a variable has to be expanded in it.
fn quoted(text: &str, secrets: &Secrets) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('$', "\\$")
        .replace('`', "\\`");
    let named = secrets.name_in(&escaped);
    if named == escaped {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("\"{named}\"")
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

    /// The gate's problem body, if it is one.
    pub(crate) fn problem(&self) -> Option<Problem> {
        self.json()
    }

    /// Whether the gate says what is the case and what to do next.
    pub(crate) fn says_what_next(&self) -> bool {
        let problem = self.problem();
        problem.is_some_and(|problem| !problem.detail.is_empty() && !problem.next.is_empty())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::SecretName;

    fn request(body: &str) -> Sent {
        Sent {
            method: Method::POST,
            url: "https://a.example/x?y='1'".into(),
            headers: vec![("authorization".into(), "Bearer t0k3n-of-a-visitor".into())],
            body: Some(body.into()),
        }
    }

    #[test]
    fn a_curl_line_can_be_run_and_names_its_secrets() {
        let secrets = Secrets::default();
        secrets.remember(SecretName::Token, "t0k3n-of-a-visitor");
        assert_eq!(
            request(r#"{"cost":"$5"}"#).curl(&secrets),
            r#"curl -i -X POST -H "authorization: Bearer $TOKEN" -d '{"cost":"$5"}' 'https://a.example/x?y='\''1'\'''"#
        );
    }

    #[test]
    fn a_quoted_variable_is_the_only_thing_a_shell_expands() {
        let secrets = Secrets::default();
        secrets.remember(SecretName::Password, "p4ssw0rd-p4ssw0rd");
        assert_eq!(
            quoted(r#"{"p":"p4ssw0rd-p4ssw0rd","c":"`$HOME`"}"#, &secrets),
            r#""{\"p\":\"$PASSWORD\",\"c\":\"\`\$HOME\`\"}""#
        );
    }
}
