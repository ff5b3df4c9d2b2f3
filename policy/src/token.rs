//! The compact JWS read once, before anything in it is believed.
//!
//! In this order: size, alphabet, exactly three parts, canonical base64url, header, claims, each typed. A wrong type is
//! never "absent", and a header member that would change the reading of the rest refuses the token.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::refusal::{Malformation, Refusal};
use crate::standing::{Email, Subject};
use crate::strict_json::{Object, Value};
use crate::time::Moment;

/// Longest token in bytes, checked before any other work. Cookies end at 4096 bytes and the servers behind us at 8 KiB
/// of one header, so that a longer one could not have come from a log-in that works.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A token that says something about itself; nothing of it is true before its signature was checked.
#[derive(Debug)]
pub(crate) struct UnverifiedToken<'a> {
    pub(crate) signed: &'a str,
    pub(crate) signature: Vec<u8>,
    pub(crate) algorithm: String,
    pub(crate) key_id: Option<String>,
    pub(crate) claims: Claims,
}

/// The registered claims (RFC 7519 section 4.1), typed.
#[derive(Debug)]
pub(crate) struct Claims {
    pub(crate) issuer: String,
    pub(crate) subject: Subject,
    pub(crate) audiences: Option<Vec<String>>,
    pub(crate) authorized_party: Option<String>,
    pub(crate) expires_at: Moment,
    pub(crate) not_before: Option<Moment>,
    pub(crate) issued_at: Option<Moment>,
    pub(crate) email: Option<Email>,
}

impl<'a> UnverifiedToken<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, Refusal> {
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
        let header = object(&decode(header)?)?;
        let (algorithm, key_id) = read_header(&header)?;
        let claims = read_claims(&object(&decode(payload)?)?)?;
        Ok(Self {
            signed,
            signature,
            algorithm,
            key_id,
            claims,
        })
    }
}

fn split(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    (!payload.contains('.')).then_some((signed, header, payload, signature))
}

/// The engine refuses padding and trailing bits, so that one token has exactly one spelling.
fn decode(part: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .ok()
        .filter(|bytes| !bytes.is_empty());
    bytes.ok_or(Refusal::Malformed(Malformation::NotBase64Url))
}

fn object(bytes: &[u8]) -> Result<Object, Refusal> {
    Object::read(bytes).ok_or(Refusal::Malformed(Malformation::NotJsonObject))
}

fn read_header(header: &Object) -> Result<(String, Option<String>), Refusal> {
    // RFC 7515 section 4.1.11 (crit), RFC 7797 (b64), RFC 7516 (zip, enc), RFC 7519 section 5.2 (cty).
    for name in ["crit", "b64", "zip", "enc", "cty"] {
        if header.member(name).is_some() {
            return Err(Refusal::DangerousHeader { name });
        }
    }
    let algorithm = text(header, "alg")?.ok_or(Refusal::Missing { claim: "alg" })?;
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

fn read_claims(claims: &Object) -> Result<Claims, Refusal> {
    for name in ["cnf", "events"] {
        if claims.member(name).is_some() {
            return Err(Refusal::BoundClaim { name });
        }
    }
    let subject = text(claims, "sub")?.ok_or(Refusal::Missing { claim: "sub" })?;
    Ok(Claims {
        issuer: text(claims, "iss")?
            .ok_or(Refusal::Missing { claim: "iss" })?
            .to_owned(),
        subject: Subject::new(subject).ok_or(Refusal::WrongType { name: "sub" })?,
        audiences: audiences(claims)?,
        authorized_party: text(claims, "azp")?.map(ToOwned::to_owned),
        expires_at: date(claims, "exp")?.ok_or(Refusal::Missing { claim: "exp" })?,
        not_before: date(claims, "nbf")?,
        issued_at: date(claims, "iat")?,
        email: text(claims, "email")?.and_then(Email::new),
    })
}

fn text<'o>(object: &'o Object, name: &'static str) -> Result<Option<&'o str>, Refusal> {
    match object.member(name) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(
            Value::Bool(_) | Value::List(_) | Value::Null | Value::Number(_) | Value::Object(_),
        ) => Err(Refusal::WrongType { name }),
    }
}

/// RFC 7519 section 2: NumericDate is a number of seconds, perhaps with a fraction. Before 1970 is impossible for a token.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked to be positive; `as` saturates above"
)]
fn date(claims: &Object, name: &'static str) -> Result<Option<Moment>, Refusal> {
    match claims.member(name) {
        None => Ok(None),
        Some(Value::Number(seconds)) if *seconds >= 0.0 => {
            Ok(Some(Moment::from_unix_millis((seconds * 1000.0) as u64)))
        }
        Some(
            Value::Bool(_)
            | Value::List(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)
            | Value::Text(_),
        ) => Err(Refusal::WrongType { name }),
    }
}

/// RFC 7519 section 4.1.3: a string or an array of strings.
fn audiences(claims: &Object) -> Result<Option<Vec<String>>, Refusal> {
    let wrong = Refusal::WrongType { name: "aud" };
    match claims.member("aud") {
        None => Ok(None),
        Some(Value::Text(audience)) => Ok(Some([audience.clone()].into())),
        Some(Value::List(list)) => {
            let texts = list.iter().map(|item| match item {
                Value::Text(audience) => Ok(audience.clone()),
                Value::Bool(_)
                | Value::List(_)
                | Value::Null
                | Value::Number(_)
                | Value::Object(_) => Err(wrong.clone()),
            });
            texts.collect::<Result<_, _>>().map(Some)
        }
        Some(Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_)) => Err(wrong),
    }
}
