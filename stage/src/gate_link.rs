//! The stage's side of the gate's admin API.

use std::error::Error;
use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use policy::contract::{ControlPlaneStanding, Problem, StandingRecord, StatusChange};
use policy::signed_call::{SIGNATURE_HEADER, SignedCall};
use policy::status::Status;
use reqwest::{Client, Method, RequestBuilder};
use serde::Serialize;
use url::{Host, Origin, Url};

/// A gate and the secret of its admin API.
#[derive(Clone)]
pub struct GateLink {
    /// The gate's origin.
    pub url: String,
    /// The secret of its admin API.
    pub admin_secret: String,
    /// The host below which each instance has one of its own (`USHER_APP_DOMAIN`), where there is one.
    pub app_domain: Option<String>,
}

impl fmt::Debug for GateLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateLink")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl GateLink {
    /// Whether the gate answers at this origin: its own, or that of an instance's host.
    pub(crate) fn answers_at(&self, origin: &Origin) -> bool {
        let Ok(own) = Url::parse(&self.url).map(|url| url.origin()) else {
            return false;
        };
        own == *origin || self.is_of_an_instance(origin, &own)
    }

    fn is_of_an_instance(&self, origin: &Origin, own: &Origin) -> bool {
        let (
            Some(domain),
            Origin::Tuple(scheme, Host::Domain(host), port),
            Origin::Tuple(own_scheme, _, own_port),
        ) = (&self.app_domain, origin, own)
        else {
            return false;
        };
        let rest = host.strip_suffix(domain.as_str());
        let label = rest.and_then(|rest| rest.strip_suffix('.'));
        let is_below = label.is_some_and(|label| !label.is_empty() && !label.contains('.'));
        is_below && (scheme, port) == (own_scheme, own_port)
    }

    pub(crate) async fn put_standing(
        &self,
        client: &Client,
        standing: &StandingRecord,
    ) -> Result<(), GateError> {
        self.call(client, Method::PUT, "standings", Some(standing))
            .await
    }

    pub(crate) async fn remove_standing(
        &self,
        client: &Client,
        issuer: &str,
        subject: &str,
    ) -> Result<(), GateError> {
        let [issuer, subject] =
            [issuer, subject].map(|value| utf8_percent_encode(value, NON_ALPHANUMERIC).to_string());
        let path = format!("standings?issuer={issuer}&subject={subject}");
        self.call(client, Method::DELETE, &path, None::<&()>).await
    }

    pub(crate) async fn change_status(
        &self,
        client: &Client,
        instance: &str,
        status: Status,
    ) -> Result<(), GateError> {
        let path = format!("instances/{instance}/status");
        self.call(client, Method::PUT, &path, Some(&StatusChange { status }))
            .await
    }

    /// Pushes what has changed, signed as the control plane does.
    pub(crate) async fn push(
        &self,
        client: &Client,
        standing: &ControlPlaneStanding,
        secret: &str,
    ) -> Result<(), GateError> {
        let body = serde_json::to_vec(standing).unwrap_or_default();
        let call = SignedCall {
            method: "PUT",
            target: "/.usher/admin/v1/sightings",
            body: &body,
        };
        let signature = call.sign(secret, crate::control_plane::now());
        let request = client
            .put(format!("{}{}", self.url.trim_end_matches('/'), call.target))
            .header(SIGNATURE_HEADER, signature)
            .body(body.clone());
        answered("PUT sightings", request).await
    }

    async fn call(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<(), GateError> {
        let call = format!("{method} {path}");
        let origin = self.url.trim_end_matches('/');
        let mut request = client
            .request(method, format!("{origin}/.usher/admin/v1/{path}"))
            .bearer_auth(&self.admin_secret);
        if let Some(body) = body {
            request = request.json(body);
        }
        answered(&call, request).await
    }
}

async fn answered(call: &str, request: RequestBuilder) -> Result<(), GateError> {
    let unreachable = |problem: reqwest::Error| GateError::Unreachable {
        call: call.to_owned(),
        problem: with_causes(&problem),
    };
    let response = request.send().await.map_err(unreachable)?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let body = response.bytes().await.map_err(unreachable)?;
    Err(GateError::Refused {
        call: call.to_owned(),
        status: status.as_u16(),
        problem: serde_json::from_slice(&body).ok(),
    })
}

/// Why the gate did not do what it was asked.
#[derive(Debug)]
pub enum GateError {
    /// No gate is connected.
    NotConnected,
    /// The gate refused.
    Refused {
        /// What was asked of it.
        call: String,
        /// Its HTTP status.
        status: u16,
        /// What it said of the reason; none if that was no `problem+json`.
        problem: Option<Box<Problem>>,
    },
    /// The gate did not answer.
    Unreachable {
        /// What was asked of it.
        call: String,
        /// What went wrong, with its causes.
        problem: String,
    },
}

impl fmt::Display for GateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected => f.write_str("no gate is connected"),
            Self::Refused {
                call,
                status,
                problem: Some(problem),
            } => {
                write!(f, "the gate refused `{call}` with {status}")?;
                let sentences: Vec<&str> = std::iter::once(problem.detail.as_str())
                    .chain(problem.mistakes.iter().map(String::as_str))
                    .collect();
                write!(f, " `{}`: {}", problem.reason, sentences.join("; "))
            }
            Self::Refused {
                call,
                status,
                problem: None,
            } => write!(
                f,
                "the gate refused `{call}` with {status} and gave no reason"
            ),
            Self::Unreachable { call, problem } => {
                write!(f, "the gate did not answer `{call}`: {problem}")
            }
        }
    }
}

impl Error for GateError {}

/// The client's own sentence names only the address; what happened stands in its causes.
fn with_causes(problem: &dyn Error) -> String {
    let mut sentence = problem.to_string();
    let mut cause = problem.source();
    while let Some(problem) = cause {
        sentence = format!("{sentence}: {problem}");
        cause = problem.source();
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_makes_no_other_gate() {
        for url in ["http://127.0.0.1:8787", "http://127.0.0.1:8787/"] {
            assert!(answers_at(&gate(url), "http://127.0.0.1:8787"), "{url}");
        }
    }

    #[test]
    fn the_hosts_of_instances_are_the_gates_and_no_other_is() {
        let gate = gate("http://127.0.0.1:8787");
        assert!(answers_at(&gate, "http://guy.app.localhost:8787"));
        for origin in [
            "http://app.localhost:8787",
            "http://a.guy.app.localhost:8787",
            "http://guyapp.localhost:8787",
            "http://guy.app.localhost:8788",
            "https://guy.app.localhost:8787",
            "http://evil.example:8787",
            "http://127.0.0.1:8788",
        ] {
            assert!(!answers_at(&gate, origin), "{origin}");
        }
        let without = GateLink {
            app_domain: None,
            ..gate
        };
        assert!(!answers_at(&without, "http://guy.app.localhost:8787"));
    }

    fn gate(url: &str) -> GateLink {
        GateLink {
            url: url.to_owned(),
            admin_secret: "hunter2".to_owned(),
            app_domain: Some("app.localhost".to_owned()),
        }
    }

    fn answers_at(gate: &GateLink, origin: &str) -> bool {
        gate.answers_at(&Url::parse(origin).unwrap().origin())
    }

    #[test]
    fn the_admin_secret_is_never_printed() {
        let gate = gate("http://127.0.0.1:8787");
        assert!(!format!("{gate:?}").contains("hunter2"));
    }

    #[test]
    fn a_refusal_says_the_reason_and_every_mistake() {
        let problem = Problem {
            kind: "about:blank".to_owned(),
            title: "Conflict".to_owned(),
            status: 409,
            detail: "the change is not legal".to_owned(),
            reason: "illegal_transition".to_owned(),
            request_id: "r-1".to_owned(),
            next: "read the instance again".to_owned(),
            retry_after: None,
            mistakes: vec!["`ready` cannot become `active`".to_owned()],
        };
        let refused = GateError::Refused {
            call: "PUT instances/i-1/status".to_owned(),
            status: 409,
            problem: Some(Box::new(problem)),
        };
        assert_eq!(
            refused.to_string(),
            "the gate refused `PUT instances/i-1/status` with 409 `illegal_transition`: the change is not legal; `ready` cannot become `active`"
        );
    }
}
