//! The compact JWS (RFC 7515 section 7.1): read once, before anything in it is believed, then its signature checked.
//!
//! In this order: size, alphabet, exactly three parts, canonical base64url, header. A header member that would change the
//! reading of the rest refuses the token. What the payload says is read by `claims`; an envelope alone makes nobody a visitor.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::issuer::{Algorithm, Issuer};
use crate::refusal::{Malformation, Refusal};
use crate::signature::{SignatureCheck, SignatureFailure, SignatureQuestion};
use crate::strict_json::{Object, TextMember};

/// Longest token in bytes, checked before any other work. Cookies end at 4096 bytes and the servers behind us at 8 KiB
/// of one header, so that a longer one could not have come from a log-in that works.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A signed text as it came; nothing of it is true before its signature was checked.
#[derive(Debug)]
pub struct Envelope<'a> {
    signed: &'a str,
    payload: Vec<u8>,
    signature: Vec<u8>,
    algorithm: String,
    key_id: Option<String>,
}

impl<'a> Envelope<'a> {
    /// Reads the form and the header. The payload may be anything.
    pub fn read(text: &'a str) -> Result<Self, Refusal> {
        if text.len() > MAX_TOKEN_BYTES {
            return Err(Refusal::Malformed(Malformation::TooLong));
        }
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        {
            return Err(Refusal::Malformed(Malformation::ForeignByte));
        }
        let (signed, header, payload, signature) =
            split(text).ok_or(Refusal::Malformed(Malformation::WrongParts))?;
        let signature = decode(signature)?;
        if signature.is_empty() {
            return Err(Refusal::Malformed(Malformation::NotBase64Url));
        }
        let header = Object::read(&decode(header)?)
            .ok_or(Refusal::Malformed(Malformation::NotJsonObject))?;
        let (algorithm, key_id) = read_header(&header)?;
        Ok(Self {
            signed,
            payload: decode(payload)?,
            signature,
            algorithm,
            key_id,
        })
    }

    /// What was signed, decoded. Not to be believed before [`Envelope::check`].
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// What the header says of the algorithm.
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// What the header says of the key.
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The algorithm, if the issuer signs with it and the signature has a length it can have. The header is only compared with
    /// the configuration, never followed (rfc8725bis section 3.1).
    pub fn algorithm_of(&self, issuer: &Issuer) -> Result<Algorithm, Refusal> {
        let algorithm = Algorithm::parse(&self.algorithm)
            .filter(|algorithm| issuer.algorithms.contains(algorithm))
            .ok_or_else(|| Refusal::AlgorithmNotAllowed {
                found: self.algorithm.clone(),
                expected: issuer.algorithms.clone(),
            })?;
        if algorithm.may_sign_with(self.signature.len()) {
            Ok(algorithm)
        } else {
            Err(Refusal::Malformed(Malformation::SignatureLength))
        }
    }

    /// Whether this was signed by the issuer. Says nothing of what was signed, and lets nobody in.
    pub async fn check(
        &self,
        issuer: &Issuer,
        signatures: &impl SignatureCheck,
    ) -> Result<(), Refusal> {
        let question = SignatureQuestion {
            issuer,
            algorithm: self.algorithm_of(issuer)?,
            key_id: self.key_id.as_deref(),
            signed: self.signed.as_bytes(),
            signature: &self.signature,
        };
        let answer = signatures.check(&question).await;
        answer.map_err(|failure| match failure {
            SignatureFailure::KeysUnavailable => Refusal::KeysUnavailable,
            SignatureFailure::UnknownKey => Refusal::UnknownKey,
            SignatureFailure::Wrong => Refusal::SignatureWrong,
        })
    }
}

fn split(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    (!payload.contains('.')).then_some((signed, header, payload, signature))
}

/// The engine refuses padding and trailing bits, so that one token has exactly one spelling. The payload of a JWS may be empty
/// (Wycheproof, `emptyPayload`); an empty header or empty claims are no JSON.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = URL_SAFE_NO_PAD.decode(part);
    bytes.map_err(|_| Refusal::Malformed(Malformation::NotBase64Url))
}

fn read_header(header: &Object) -> Result<(String, Option<String>), Refusal> {
    // RFC 7515 section 4.1.11 (crit), RFC 7797 (b64), RFC 7516 (zip, enc), RFC 7519 section 5.2 (cty).
    for name in ["crit", "b64", "zip", "enc", "cty"] {
        if header.member(name).is_some() {
            return Err(Refusal::DangerousHeader { name });
        }
    }
    let algorithm = text(header, "alg")?.ok_or(Refusal::Missing { name: "alg".into() })?;
    let key_id = text(header, "kid")?;
    if let Some(kind) = text(header, "typ")? {
        // RFC 7515 section 4.1.9: compared without case and without the prefix `application/`.
        let lower = kind.to_ascii_lowercase();
        if !matches!(
            lower.strip_prefix("application/").unwrap_or(&lower),
            "jwt" | "at+jwt"
        ) {
            return Err(Refusal::WrongKind {
                found: kind.to_owned(),
            });
        }
    }
    Ok((algorithm.to_owned(), key_id.map(ToOwned::to_owned)))
}

fn text<'o>(header: &'o Object, name: &'static str) -> Result<Option<&'o str>, Refusal> {
    match header.text(name) {
        TextMember::Absent => Ok(None),
        TextMember::Text(text) => Ok(Some(text)),
        TextMember::OtherType => Err(Refusal::WrongType { name: name.into() }),
    }
}
