//! The stage's side of the gate's admin API.

use std::fmt;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use policy::contract::{InstanceRecord, Problem, StandingRecord, StatusChange};
use policy::status::Status;
use reqwest::{Client, Method};
use serde::Serialize;

/// A gate and the secret of its admin API.
#[derive(Clone)]
pub struct GateLink {
    /// The gate's origin.
    pub url: String,
    /// The secret of its admin API.
    pub admin_secret: String,
}

impl fmt::Debug for GateLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateLink")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

/// Why the gate did not do what it was asked.
#[derive(Debug)]
pub enum GateError {
    /// No gate is connected.
    NotConnected,
    /// The gate refused; its reason code and everything it says is wrong.
    Refused {
        /// What was asked of it.
        call: String,
        /// Its HTTP status.
        status: u16,
        /// Its reason code.
        reason: String,
        /// Its sentences.
        mistakes: Vec<String>,
    },
    /// The gate did not answer, or not as the contract says.
    Unreachable {
        /// What was asked of it.
        call: String,
        /// What went wrong.
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
                reason,
                mistakes,
            } => {
                write!(
                    f,
                    "{call}: the gate refused with {status} `{reason}` {}",
                    mistakes.join("; ")
                )
            }
            Self::Unreachable { call, problem } => {
                write!(f, "{call}: the gate did not answer: {problem}")
            }
        }
    }
}

impl std::error::Error for GateError {}

impl GateLink {
    pub(crate) async fn put_standing(
        &self,
        client: &Client,
        standing: &StandingRecord,
    ) -> Result<(), GateError> {
        self.call(client, Method::PUT, "standings", Some(standing))
            .await
            .map(|_body| ())
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
        self.call(client, Method::DELETE, &path, None::<&()>)
            .await
            .map(|_body| ())
    }

    pub(crate) async fn change_status(
        &self,
        client: &Client,
        instance: &str,
        status: Status,
    ) -> Result<InstanceRecord, GateError> {
        let path = format!("instances/{instance}/status");
        let body = self
            .call(client, Method::PUT, &path, Some(&StatusChange { status }))
            .await?;
        serde_json::from_slice(&body).map_err(|problem| GateError::Unreachable {
            call: path,
            problem: problem.to_string(),
        })
    }

    async fn call(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
    ) -> Result<Vec<u8>, GateError> {
        let call = format!("{method} {path}");
        let unreachable = |problem: reqwest::Error| GateError::Unreachable {
            call: call.clone(),
            problem: problem.to_string(),
        };
        let mut request = client
            .request(method, format!("{}/.usher/admin/v1/{path}", self.url))
            .bearer_auth(&self.admin_secret);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let bytes = response.bytes().await.map_err(unreachable)?;
        if status.is_success() {
            return Ok(bytes.to_vec());
        }
        let problem: Option<Problem> = serde_json::from_slice(&bytes).ok();
        let (reason, mistakes) = problem.map_or_else(Default::default, |problem| {
            (problem.reason, problem.mistakes)
        });
        Err(GateError::Refused {
            call,
            status: status.as_u16(),
            reason,
            mistakes,
        })
    }
}
