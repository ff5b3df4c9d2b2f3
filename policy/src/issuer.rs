//! Whom the gate believes: an issuer as one configured unit of name, audience and algorithm.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::standing::IssuerUrl;

/// An issuer of tokens. Name, algorithm and audiences belong together; nothing of it is ever taken from a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issuer {
    /// The exact `iss` of its tokens.
    pub name: IssuerUrl,
    /// Any of these must be in `aud`; never empty.
    pub audiences: Vec<String>,
    /// The one algorithm of its keys (rfc8725bis section 3.1: each key is used with exactly one algorithm).
    pub algorithm: Algorithm,
    /// How far its clock may be off ours.
    pub leeway: Duration,
}

impl Issuer {
    /// The leeway unless configured otherwise: RFC 7519 section 4.1.4 allows "no more than a few minutes".
    pub const DEFAULT_LEEWAY: Duration = Duration::from_mins(1);
}

/// How tokens are signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// HMAC with SHA-256 and a secret both sides know.
    Hs256,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 2] = [Self::Es256, Self::Hs256];

    /// The name of RFC 7518 section 3.1, compared exactly.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Hs256 => "HS256",
        }
    }

    /// Reads a name exactly as written.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }

    /// The length of a signature in bytes: r and s of 32 bytes each (RFC 7518 section 3.4), or one SHA-256.
    pub const fn signature_bytes(self) -> usize {
        match self {
            Self::Es256 => 64,
            Self::Hs256 => 32,
        }
    }
}
