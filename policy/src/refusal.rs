//! Why a credential was not accepted: rich for the log, dull for the public.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::issuer::Algorithm;
use crate::reason::Reason;

/// Why a credential was not accepted. Variants carry data, so that the log can say by how much; the public hears only
/// [`Refusal::reason`], because an answer that explains a forged token helps its forger.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refusal {
    /// The header names another algorithm than the issuer's keys have (rfc8725bis section 3.1).
    AlgorithmNotAllowed {
        /// What the token's header says.
        found: String,
        /// What the issuer is configured with.
        expected: Vec<Algorithm>,
    },
    /// `aud` does not name this gate (RFC 7519 section 4.1.3).
    AudienceMismatch {
        /// Whom it names.
        found: Vec<String>,
    },
    /// A claim that makes the token something else than a bearer's credential: `cnf` binds it to a key (RFC 9449), `events` makes
    /// it a message about somebody (RFC 8417).
    BoundClaim {
        /// Its name.
        name: &'static str,
    },
    /// A header member that would change how the token is read: `crit`, `b64`, `zip`, `enc`, `cty`.
    DangerousHeader {
        /// Its name.
        name: &'static str,
    },
    /// `exp` lies further in the past than the leeway forgives.
    Expired {
        /// How far `exp` lies in the past, in seconds.
        seconds_ago: u64,
    },
    /// `iat` lies further in the future than the leeway forgives.
    IssuedInTheFuture {
        /// How far `iat` lies in the future, in seconds.
        seconds_ahead: u64,
    },
    /// The issuer's keys could not be fetched, so nobody can tell: our fault, not the visitor's.
    KeysUnavailable,
    /// The text is no compact JWS (RFC 7515 section 7.1).
    Malformed(Malformation),
    /// A header member or claim that must be there is not.
    Missing {
        /// Its name.
        name: String,
    },
    /// `nbf` lies further in the future than the leeway forgives.
    NotYetValid {
        /// How far `nbf` lies in the future, in seconds.
        seconds_ahead: u64,
    },
    /// `azp` is none of the parties the issuer is configured with.
    PartyMismatch {
        /// What it is, where there is one.
        found: Option<String>,
    },
    /// The `Authorization` header has another scheme than `Bearer`, or is not written as RFC 6750 section 2.1 says.
    SchemeNotBearer,
    /// The signature is not the issuer's.
    SignatureWrong,
    /// `iss` is none of the configured issuers, compared byte by byte.
    UnknownIssuer {
        /// What `iss` says.
        found: String,
        /// A configured name that differs only in a slash at the end, in case, or in the scheme: the usual slip.
        nearest: Option<String>,
    },
    /// The issuer has no key of this `kid`, or of none was named and there are several.
    UnknownKey,
    /// `typ` says that the token is for something else, such as a logout token (RFC 8725 section 3.11).
    WrongKind {
        /// What `typ` says.
        found: String,
    },
    /// A header member or claim has the wrong JSON type or an impossible value. That is never "absent" (CVE-2026-25537).
    WrongType {
        /// Its name.
        name: String,
    },
}

/// What makes a text no compact JWS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Malformation {
    /// A byte that neither base64url nor the separating dots have.
    ForeignByte,
    /// A part is not canonical base64url (RFC 4648 section 3.5).
    NotBase64Url,
    /// Header or payload is not one JSON object without duplicate members.
    NotJsonObject,
    /// The signature has the wrong length for its algorithm.
    SignatureLength,
    /// More bytes than a token may have.
    TooLong,
    /// Not exactly three parts; five would be an encrypted token.
    WrongParts,
}

impl Refusal {
    /// What the public is told.
    pub const fn reason(&self) -> Reason {
        match self {
            Self::Expired { .. } => Reason::TokenExpired,
            Self::KeysUnavailable => Reason::IssuerUnavailable,
            Self::AlgorithmNotAllowed { .. }
            | Self::AudienceMismatch { .. }
            | Self::BoundClaim { .. }
            | Self::DangerousHeader { .. }
            | Self::IssuedInTheFuture { .. }
            | Self::Malformed(_)
            | Self::Missing { .. }
            | Self::NotYetValid { .. }
            | Self::PartyMismatch { .. }
            | Self::SchemeNotBearer
            | Self::SignatureWrong
            | Self::UnknownIssuer { .. }
            | Self::UnknownKey
            | Self::WrongKind { .. }
            | Self::WrongType { .. } => Reason::TokenInvalid,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlgorithmNotAllowed { found, expected } => {
                f.write_str("algorithm not allowed: expected ")?;
                for (position, algorithm) in expected.iter().enumerate() {
                    let separator = if position == 0 { "" } else { " or " };
                    write!(f, "{separator}{}", algorithm.name())?;
                }
                write!(f, ", found `{}`", shown(found))
            }
            Self::AudienceMismatch { found } => {
                f.write_str("the token is for another audience: ")?;
                for (position, audience) in found.iter().take(4).enumerate() {
                    let separator = if position == 0 { "" } else { ", " };
                    write!(f, "{separator}`{}`", shown(audience))?;
                }
                Ok(())
            }
            Self::BoundClaim { name } => {
                write!(f, "a token with `{name}` is no bearer's credential")
            }
            Self::DangerousHeader { name } => write!(f, "header member `{name}` is not allowed"),
            Self::Expired { seconds_ago } => write!(f, "expired {seconds_ago} s ago"),
            Self::IssuedInTheFuture { seconds_ahead } => {
                write!(f, "issued {seconds_ahead} s in the future")
            }
            Self::KeysUnavailable => f.write_str("the issuer's keys could not be fetched"),
            Self::Malformed(malformation) => write!(f, "malformed: {malformation}"),
            Self::Missing { name } => write!(f, "`{name}` is missing"),
            Self::NotYetValid { seconds_ahead } => write!(f, "valid only in {seconds_ahead} s"),
            Self::PartyMismatch { found: Some(found) } => {
                write!(
                    f,
                    "the token was given to another party: `{}`",
                    shown(found)
                )
            }
            Self::PartyMismatch { found: None } => f.write_str("`azp` is missing"),
            Self::SchemeNotBearer => {
                f.write_str("the Authorization header is not `Bearer` and a token")
            }
            Self::SignatureWrong => f.write_str("the signature is not the issuer's"),
            Self::UnknownIssuer { found, nearest } => {
                write!(f, "no issuer `{}` is configured", shown(found))?;
                match nearest {
                    Some(nearest) => write!(f, "; `{nearest}` is, and names must be equal"),
                    None => Ok(()),
                }
            }
            Self::UnknownKey => f.write_str("the issuer has no such key"),
            Self::WrongKind { found } => write!(
                f,
                "a token of kind `{}` is no credential here",
                shown(found)
            ),
            Self::WrongType { name } => {
                write!(f, "`{name}` has the wrong type or an impossible value")
            }
        }
    }
}

/// The beginning of a text from a token, harmless in a line of the log.
fn shown(found: &str) -> String {
    found
        .chars()
        .take(80)
        .flat_map(char::escape_debug)
        .collect()
}

impl fmt::Display for Malformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ForeignByte => "a byte that no token has",
            Self::NotBase64Url => "a part that is not canonical base64url",
            Self::NotJsonObject => "a part that is not one JSON object without duplicates",
            Self::SignatureLength => "a signature of the wrong length",
            Self::TooLong => "too long",
            Self::WrongParts => {
                "not three parts; an encrypted or opaque token, was an audience requested?"
            }
        })
    }
}
