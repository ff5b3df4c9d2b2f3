//! Whom the gate believes: an issuer as one configured unit of name, audience and algorithm.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::provider::Provider;
use crate::standing::IssuerUrl;

/// An issuer of tokens. Name, algorithms and audiences belong together; nothing of it is ever taken from a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issuer {
    /// The exact `iss` of its tokens.
    pub name: IssuerUrl,
    /// Whose product it is, as configured; for the log, never guessed from a token (incident I4).
    pub provider: Provider,
    /// Any of these must be in `aud`. May be empty only where `authorized_parties` is not: then tokens need no `aud`, and one
    /// that has an `aud` is for somebody else (RFC 7519 section 4.1.3).
    pub audiences: Vec<String>,
    /// `azp`, where a token has one, must be one of these; empty: not looked at.
    pub authorized_parties: Vec<String>,
    /// The algorithms it signs with. Each of its keys has exactly one of them (rfc8725bis section 3.1).
    pub algorithms: Vec<Algorithm>,
    /// Under which names its tokens say what.
    pub claims: ClaimNames,
    /// How far its clock may be off ours.
    pub leeway: Duration,
}

impl Issuer {
    /// The leeway unless configured otherwise: RFC 7519 section 4.1.4 allows "no more than a few minutes".
    pub const DEFAULT_LEEWAY: Duration = Duration::from_mins(1);
}

/// The claims in which an issuer says who somebody is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimNames {
    /// Who it is, never given to anybody else: `sub` (RFC 7519 section 4.1.2) unless the issuer has a better one.
    pub subject: String,
    /// The address to show.
    pub email: String,
    /// Whether the address is verified.
    pub email_verified: String,
    /// What says that somebody runs the platform; nobody of this issuer does unless given.
    pub operator: Option<OperatorClaim>,
}

/// The claim that makes its bearer an operator.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OperatorClaim {
    /// Its name.
    pub name: String,
    /// Its value, or one of its values where it is a list.
    pub value: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            subject: "sub".into(),
            email: "email".into(),
            email_verified: "email_verified".into(),
            operator: None,
        }
    }
}

/// How tokens are signed (RFC 7518 section 3.1, RFC 8037 section 3.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// HMAC with SHA-256 and a secret both sides know.
    Hs256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 4] = [Self::EdDsa, Self::Es256, Self::Hs256, Self::Rs256];

    /// The name as it stands in tokens, compared exactly.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
        }
    }

    /// Reads a name exactly as written.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// Whether a signature may have this many bytes. Of an RSA signature only the key knows how long it is.
    pub const fn may_sign_with(self, bytes: usize) -> bool {
        match self {
            Self::EdDsa | Self::Es256 => bytes == 64,
            Self::Hs256 => bytes == 32,
            Self::Rs256 => bytes >= 256,
        }
    }
}
