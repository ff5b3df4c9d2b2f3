//! The key with which the gate signs what it tells an app, as the operator gives it: a private JWK, or a set of them.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::strict_json::{Object, TextMember, Value};

/// A private key on P-256 (RFC 7518 section 6.2), each number base64url.
#[derive(Clone, Eq, PartialEq)]
pub struct AssertionKey {
    /// What assertions call it: its `kid`, else its thumbprint (RFC 7638), which every program computes alike.
    pub name: String,
    /// The x coordinate of the public point.
    pub x: String,
    /// The y coordinate of the public point.
    pub y: String,
    /// The secret number.
    pub d: String,
}

impl fmt::Debug for AssertionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssertionKey")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The keys of a gate. The first one signs; the others are published with it, so that a key can be made known before it signs,
/// and stays known after it has signed for the last time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AssertionKeys {
    /// The key that signs.
    pub signing: AssertionKey,
    /// More keys that are published.
    pub published: Vec<AssertionKey>,
}

/// What is wrong with the operator's key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BadAssertionKey {
    /// Two keys have the same name.
    NamedTwice(String),
    /// There is no key in the set.
    NoKey,
    /// It is no JSON object, or has a member twice.
    NoJson,
    /// A member is missing, or is no 32 bytes in base64url.
    Number(&'static str),
    /// It is no private key on P-256.
    OtherKind,
}

impl fmt::Display for BadAssertionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NamedTwice(name) => write!(f, "two keys are named `{name}`"),
            Self::NoKey => f.write_str("the set holds no key"),
            Self::NoJson => f.write_str("it is no JSON object"),
            Self::Number(name) => write!(f, "`{name}` is no base64url of 32 bytes"),
            Self::OtherKind => {
                f.write_str("it is no private key with \"kty\":\"EC\" and \"crv\":\"P-256\"")
            }
        }
    }
}

/// Most keys that are published at once: one that signs, one to come, one that was, and some to spare.
const MOST_KEYS: usize = 8;

impl AssertionKeys {
    /// Reads a private JWK, or a set of them (RFC 7517 section 5).
    pub fn parse(text: &str) -> Result<Self, BadAssertionKey> {
        let object = Object::read(text.as_bytes()).ok_or(BadAssertionKey::NoJson)?;
        let keys = match object.member("keys") {
            None => [AssertionKey::of(&object)?].into(),
            Some(Value::List(entries)) => entries
                .iter()
                .take(MOST_KEYS)
                .map(|entry| match entry {
                    Value::Object(key) => AssertionKey::of(key),
                    Value::Bool(_)
                    | Value::List(_)
                    | Value::Null
                    | Value::Number(_)
                    | Value::Text(_) => Err(BadAssertionKey::NoJson),
                })
                .collect::<Result<Vec<_>, _>>()?,
            Some(
                Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) | Value::Text(_),
            ) => return Err(BadAssertionKey::NoKey),
        };
        let mut keys = keys.into_iter();
        let signing = keys.next().ok_or(BadAssertionKey::NoKey)?;
        let mut known = Self {
            signing,
            published: Vec::new(),
        };
        for key in keys {
            if known.all().any(|other| other.name == key.name) {
                return Err(BadAssertionKey::NamedTwice(key.name));
            }
            known.published.push(key);
        }
        Ok(known)
    }

    fn all(&self) -> impl Iterator<Item = &AssertionKey> {
        core::iter::once(&self.signing).chain(&self.published)
    }

    /// The public halves, as they are served (RFC 7517 section 5).
    pub fn public_set(&self) -> String {
        let keys: Vec<_> = self
            .all()
            .map(|key| {
                json!({
                    "kty": "EC", "crv": "P-256", "x": key.x, "y": key.y, "kid": key.name, "alg": "ES256", "use": "sig",
                })
            })
            .collect();
        json!({ "keys": keys }).to_string()
    }
}

impl AssertionKey {
    fn of(jwk: &Object) -> Result<Self, BadAssertionKey> {
        let text = |name| match jwk.text(name) {
            TextMember::Text(text) => Some(text),
            TextMember::Absent | TextMember::OtherType => None,
        };
        if (text("kty"), text("crv")) != (Some("EC"), Some("P-256")) || text("d").is_none() {
            return Err(BadAssertionKey::OtherKind);
        }
        let number = |name| {
            let bytes = text(name).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
            let bytes = bytes.filter(|bytes| bytes.len() == 32);
            bytes
                .map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
                .ok_or(BadAssertionKey::Number(name))
        };
        let (x, y, d) = (number("x")?, number("y")?, number("d")?);
        Ok(Self {
            name: text("kid").map_or_else(|| thumbprint(&x, &y), str::to_owned),
            x,
            y,
            d,
        })
    }
}

/// RFC 7638 section 3: the required members only, in this order, without white space.
fn thumbprint(x: &str, y: &str) -> String {
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7515 appendix A.3.1.
    const KEY: &str = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

    fn named(name: &str) -> String {
        KEY.replacen('{', &format!(r#"{{"kid":"{name}","#), 1)
    }

    #[test]
    fn the_first_key_of_a_set_signs_and_all_are_published_without_their_secrets() {
        let text = format!(r#"{{"keys":[{},{}]}}"#, named("new"), named("old"));
        let keys = AssertionKeys::parse(&text).unwrap();
        assert_eq!(keys.signing.name, "new");
        let published = keys.public_set();
        assert!(published.contains("new") && published.contains("old"));
        assert!(!published.contains("\"d\"") && !published.contains("jpsQnnGQmL"));
    }

    #[test]
    fn a_key_without_a_name_is_called_by_its_thumbprint() {
        let key = AssertionKeys::parse(KEY).unwrap().signing;
        assert_eq!(key.name, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
    }

    #[test]
    fn what_is_no_private_key_on_p_256_is_refused_by_what_is_wrong_with_it() {
        let public = KEY.replace(r#""d""#, r#""e""#);
        let short = KEY.replace("jpsQ", "");
        let empty = r#"{"keys":[]}"#;
        let twice = format!(r#"{{"keys":[{KEY},{KEY}]}}"#);
        let other = KEY.replace("P-256", "P-384");
        let name = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U".to_string();
        for (text, mistake) in [
            (public.as_str(), BadAssertionKey::OtherKind),
            (&other, BadAssertionKey::OtherKind),
            (&short, BadAssertionKey::Number("d")),
            (empty, BadAssertionKey::NoKey),
            (&twice, BadAssertionKey::NamedTwice(name)),
            ("-----BEGIN PRIVATE KEY-----", BadAssertionKey::NoJson),
        ] {
            assert_eq!(AssertionKeys::parse(text), Err(mistake), "{text}");
        }
    }

    #[test]
    fn the_secret_is_never_printed() {
        let keys = AssertionKeys::parse(KEY).unwrap();
        assert!(!format!("{keys:?}").contains("jpsQ"));
    }
}
