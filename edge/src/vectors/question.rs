//! The questions and answers, in the form that both sides read (tests/src/vectors/question.rs).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One question.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Question {
    Admit {
        issuers: Vec<Believed>,
        token: String,
        now: u64,
    },
    Envelope {
        issuer: Believed,
        token: String,
    },
    KeySet {
        body: Vec<u8>,
        algorithms: Vec<String>,
    },
    Offer {
        issuers: Vec<Believed>,
        authorization: Option<String>,
        cookies: Option<String>,
        cookie_name: String,
    },
    Path {
        path: String,
    },
    ReturnTo {
        value: String,
        origin: String,
    },
    Signature {
        issuer: Believed,
        algorithm: String,
        signed: Vec<u8>,
        signature: Vec<u8>,
    },
    StorageKeys {
        one: Person,
        other: Person,
    },
    StrictJson {
        text: Vec<u8>,
    },
}

/// An issuer and its keys.
#[derive(Deserialize)]
pub(super) struct Believed {
    pub(super) name: String,
    pub(super) audiences: Vec<String>,
    pub(super) authorized_parties: Vec<String>,
    pub(super) algorithms: Vec<String>,
    pub(super) key_set: Option<String>,
    pub(super) pems: Vec<String>,
    pub(super) secrets: Vec<Vec<u8>>,
    pub(super) leeway_seconds: u64,
}

/// Somebody of an issuer.
#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) iss: String,
    pub(super) sub: String,
}

/// What the gate's code says.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Answer {
    Accepted(Value),
    Refused(String),
}
