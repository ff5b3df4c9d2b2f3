//! What the gate tells an app about its visitor so that the app can check it: a short-lived token of the gate's own, for this one
//! instance (ASVS 4.1.5). Plain headers say the same to apps that cannot be reached around the gate.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use core::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::decision::Permit;
use crate::email::Email;
use crate::standing::Role;
use crate::time::Moment;

/// The header in which an app gets it.
pub const HEADER: &str = "usher-assertion";

/// The `typ` in its header.
pub const TYPE: &str = "usher-assertion+jwt";

/// For how long an assertion is good once it is made.
pub const LIFETIME: Duration = Duration::from_mins(1);

/// For how long one is used again instead of making a new one: an app always gets one that is good for at least the rest.
pub const REUSED_FOR: Duration = Duration::from_secs(30);

/// A machine that has just been woken has a clock that lags some seconds (Fly, "Machine suspend and resume"), so an assertion is
/// good from before it was made.
const BACKDATED: Duration = Duration::from_secs(30);

/// What an assertion says, but for its times.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Claims<'a> {
    /// The gate: the origin that the visitor's request came to, below which its keys are.
    #[serde(rename = "iss")]
    gate: &'a str,
    /// The instance it is for, and nobody else.
    #[serde(rename = "aud")]
    instance: &'a str,
    /// Who the visitor is to their issuer.
    #[serde(rename = "sub")]
    subject: &'a str,
    /// Whose subject that is: the exact `iss` of the visitor's token.
    identity_issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<&'a str>,
    role: Role,
}

impl<'a> Claims<'a> {
    /// What is said of whom a permit lets in, to their instance.
    pub fn of(permit: &Permit<'a>, gate: &'a str) -> Self {
        let visitor = permit.visitor();
        Self {
            gate,
            instance: permit.instance().id.as_str(),
            subject: visitor.identity().subject.as_str(),
            identity_issuer: visitor.identity().issuer.as_str(),
            email: visitor.email().map(Email::as_str),
            org: permit.org(),
            role: permit.role(),
        }
    }

    /// Header and payload in compact form (RFC 7515 section 3.1): what is to be signed with ES256 by the key of this name.
    pub fn to_be_signed(&self, key_name: &str, now: Moment) -> String {
        #[derive(Serialize)]
        struct Header<'a> {
            alg: &'a str,
            kid: &'a str,
            typ: &'a str,
        }
        #[derive(Serialize)]
        struct Payload<'a> {
            #[serde(flatten)]
            claims: Claims<'a>,
            iat: u64,
            nbf: u64,
            exp: u64,
        }
        let header = Header {
            alg: "ES256",
            kid: key_name,
            // Explicit (RFC 8725 section 3.11), so that nobody takes a visitor's token for one of these.
            typ: TYPE,
        };
        let payload = Payload {
            claims: *self,
            iat: now.unix_seconds(),
            nbf: now.minus(BACKDATED).unix_seconds(),
            exp: now.plus(LIFETIME).unix_seconds(),
        };
        format!("{}.{}", encoded(&header), encoded(&payload))
    }
}

/// What was signed, with its signature: R and S, 32 bytes each (RFC 7518 section 3.4).
pub fn token(mut signed: String, signature: &[u8]) -> String {
    signed.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut signed);
    signed
}

fn encoded(part: &impl Serialize) -> String {
    // Texts and numbers of our own types can always be written.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(part).unwrap_or_default())
}

/// What an app was told of a visitor, to be told again.
#[derive(Clone, Debug)]
pub struct Said {
    gate: String,
    instance: String,
    subject: String,
    identity_issuer: String,
    email: Option<String>,
    org: Option<String>,
    role: Role,
    at: Moment,
}

impl Said {
    /// Notes what is said at this moment.
    pub fn new(claims: &Claims<'_>, at: Moment) -> Self {
        Self {
            gate: claims.gate.to_owned(),
            instance: claims.instance.to_owned(),
            subject: claims.subject.to_owned(),
            identity_issuer: claims.identity_issuer.to_owned(),
            email: claims.email.map(str::to_owned),
            org: claims.org.map(str::to_owned),
            role: claims.role,
            at,
        }
    }

    /// Whether it was said to this instance.
    pub fn is_to(&self, claims: &Claims<'_>) -> bool {
        self.instance == claims.instance
    }

    /// Whether it is exactly this, and young enough to be said again: whoever has just become an owner is told to be one.
    pub fn holds(&self, claims: &Claims<'_>, now: Moment) -> bool {
        let said = Claims {
            gate: &self.gate,
            instance: &self.instance,
            subject: &self.subject,
            identity_issuer: &self.identity_issuer,
            email: self.email.as_deref(),
            org: self.org.as_deref(),
            role: self.role,
        };
        said == *claims && now.is_within(REUSED_FOR, self.at)
    }
}
