//! What the gate's code is asked, in a form that both this program and the gate in workerd read (edge/src/vectors.rs).

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One question.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Question {
    /// Whom a token makes its bearer.
    Admit {
        /// Who is believed.
        issuers: Vec<Believed>,
        /// The token.
        token: String,
        /// The time, in seconds since the Unix epoch.
        now: u64,
    },
    /// Whether a compact JWS is the issuer's, whatever it says.
    Envelope {
        /// Whose it should be.
        issuer: Box<Believed>,
        /// The JWS.
        token: String,
    },
    /// Which keys of an answer of a key endpoint may check signatures.
    KeySet {
        /// The body.
        body: Vec<u8>,
        /// The algorithms of the issuer.
        algorithms: Vec<String>,
    },
    /// What a request with these headers offers, as somebody.
    Offer {
        /// Who is believed.
        issuers: Vec<Believed>,
        /// The header `Authorization`.
        authorization: Option<String>,
        /// The header `Cookie`.
        cookies: Option<String>,
        /// The gate's cookie.
        cookie_name: String,
    },
    /// Whether a path means the same to everybody.
    Path {
        /// The path.
        path: String,
    },
    /// Where somebody goes after logging in. Only the gate in workerd knows: the platform's own parser decides.
    ReturnTo {
        /// What the form says.
        value: String,
        /// The gate's origin.
        origin: String,
    },
    /// Whether a signature is the issuer's.
    Signature {
        /// Whose it should be.
        issuer: Box<Believed>,
        /// With which algorithm.
        algorithm: String,
        /// What was signed.
        signed: Vec<u8>,
        /// The signature.
        signature: Vec<u8>,
    },
    /// Whether two people are kept apart in the stores.
    StorageKeys {
        /// The one.
        one: Person,
        /// The other.
        other: Person,
    },
    /// Whether a text is JSON as the gate reads it.
    StrictJson {
        /// The text.
        text: Vec<u8>,
    },
}

/// An issuer and its keys.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Believed {
    /// Its exact `iss`.
    pub name: String,
    /// `aud`.
    pub audiences: Vec<String>,
    /// `azp`.
    pub authorized_parties: Vec<String>,
    /// The names of its algorithms; those that the gate does not know are left out.
    pub algorithms: Vec<String>,
    /// Its key set, as an endpoint would serve it.
    pub key_set: Option<String>,
    /// Public keys written down as PEM.
    pub pems: Vec<String>,
    /// Secrets for HS256.
    pub secrets: Vec<Vec<u8>>,
    /// How far its clock may be off.
    pub leeway_seconds: u64,
}

/// Somebody of an issuer.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// `iss`.
    pub iss: String,
    /// `sub`.
    pub sub: String,
}

/// What the gate's code says.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It takes it: who it is, which keys, which address.
    Accepted(Value),
    /// It ended before it could say anything.
    Crashed(String),
    /// It refuses, and this is why.
    Refused(String),
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Accepted(Value::Null) => f.write_str("accepted"),
            Self::Accepted(what) => write!(f, "accepted as {what}"),
            Self::Crashed(how) => write!(f, "crashed: {how}"),
            Self::Refused(why) => write!(f, "refused: {why}"),
        }
    }
}
