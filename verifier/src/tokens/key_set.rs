//! The public keys of an issuer, got with the limits the gate has (`edge/src/issuer_keys.rs`, `edge/src/fetching.rs`).

use std::fmt;
use std::path::Path;
use std::time::Duration;

use policy::issuer::Algorithm;
use policy::jwks::{KeySet, MAX_JWKS_BYTES};
use reqwest::{Client, Url, redirect};

use crate::deployment::exchange::NoAnswer;
use crate::tokens::error::CheckError;

/// Why there are no keys.
#[derive(Debug)]
pub(crate) enum NoKeys {
    /// The answer is no key set.
    NoKeySet,
    /// There is no answer.
    NoAnswer(NoAnswer),
    /// The answer has another status than 200.
    Status(u16),
    /// The answer is longer than any key set.
    TooLong,
}

/// Asks a key endpoint as the gate does: only 200 counts, redirects are not followed.
pub(crate) async fn fetch(
    url: &Url,
    algorithms: &[Algorithm],
) -> Result<Result<KeySet, NoKeys>, CheckError> {
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(FETCH_LIMIT)
        .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(CheckError::Client)?;
    let body = match body(&client, url).await {
        Ok(body) => body,
        Err(reason) => return Ok(Err(reason)),
    };
    Ok(KeySet::read(&body, algorithms).ok_or(NoKeys::NoKeySet))
}

/// Reads a key set that somebody keeps in a file. A file that is none is a slip of the command line.
pub(crate) fn read(path: &Path, algorithms: &[Algorithm]) -> Result<KeySet, CheckError> {
    let body = std::fs::read(path).map_err(|error| CheckError::File {
        path: path.to_owned(),
        error,
    })?;
    KeySet::read(&body, algorithms).ok_or_else(|| CheckError::NoKeySet(path.to_owned()))
}

async fn body(client: &Client, url: &Url) -> Result<Vec<u8>, NoKeys> {
    let explain = |error: &reqwest::Error| NoKeys::NoAnswer(NoAnswer::of(error, url, FETCH_LIMIT));
    let answer = client.get(url.clone()).send().await;
    let mut answer = answer.map_err(|error| explain(&error))?;
    if answer.status().as_u16() != 200 {
        return Err(NoKeys::Status(answer.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| explain(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_JWKS_BYTES {
            return Err(NoKeys::TooLong);
        }
    }
    Ok(bytes)
}

/// How long a key endpoint may take.
const FETCH_LIMIT: Duration = Duration::from_secs(3);

impl fmt::Display for NoKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoKeySet => f.write_str("answered 200, but with no key set"),
            Self::NoAnswer(reason) => reason.fmt(f),
            Self::Status(status @ 300..=399) => {
                write!(f, "answered {status}; redirects are not followed")
            }
            Self::Status(status) => write!(f, "answered {status}"),
            Self::TooLong => write!(f, "answered more than {MAX_JWKS_BYTES} bytes"),
        }
    }
}
