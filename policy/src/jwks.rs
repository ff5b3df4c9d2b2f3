//! A set of public keys as an issuer serves it (RFC 7517): good keys are taken, bad ones are left out with a reason, and one
//! bad key never spoils the set.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::issuer::Algorithm;
use crate::strict_json::{Object, Value};

/// Largest body of a key endpoint in bytes. Real sets have a few keys of less than 2 KiB each.
pub const MAX_JWKS_BYTES: usize = 64 * 1024;

/// A public key on the curve P-256.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKey {
    /// The name tokens use for it.
    pub key_id: Option<String>,
    /// The x coordinate, base64url of 32 bytes.
    pub x: String,
    /// The y coordinate, base64url of 32 bytes.
    pub y: String,
}

/// Why a key of a set is not used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BadKey {
    /// It is for encryption, or for signing instead of verifying.
    NotForVerifying,
    /// It is of another kind than the issuer's algorithm needs; an HMAC secret from the network is never used.
    OtherKind,
    /// It holds private parts, which a published set must not.
    Private,
    /// A member is missing or has an impossible value.
    Unusable,
}

/// A set as read: the keys to use, and how many were left out for what.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KeySet {
    /// The keys to use.
    pub keys: Vec<PublicKey>,
    /// Why the others are not.
    pub left_out: Vec<BadKey>,
}

impl KeySet {
    /// Reads the body of a key endpoint; `None` if it is no set at all.
    pub fn read(body: &[u8], algorithm: Algorithm) -> Option<Self> {
        if body.len() > MAX_JWKS_BYTES {
            return None;
        }
        let set = Object::read(body)?;
        let Some(Value::List(entries)) = set.member("keys") else {
            return None;
        };
        let mut read = Self::default();
        for entry in entries {
            match key(entry, algorithm) {
                Ok(key) => read.keys.push(key),
                Err(problem) => read.left_out.push(problem),
            }
        }
        Some(read)
    }

    /// The one key of this name, or the only key of the set where the token names none. Two keys of one name are no key:
    /// there is no telling which one the issuer means.
    pub fn position(&self, key_id: Option<&str>) -> Option<usize> {
        let matches = |key: &PublicKey| key_id.is_none() || key.key_id.as_deref() == key_id;
        let mut positions = self
            .keys
            .iter()
            .enumerate()
            .filter(|(_, key)| matches(key))
            .map(|(position, _)| position);
        let first = positions.next()?;
        positions.next().is_none().then_some(first)
    }
}

fn key(entry: &Value, algorithm: Algorithm) -> Result<PublicKey, BadKey> {
    let Value::Object(entry) = entry else {
        return Err(BadKey::Unusable);
    };
    if entry.member("d").is_some() {
        return Err(BadKey::Private);
    }
    match algorithm {
        Algorithm::Es256 => {}
        Algorithm::Hs256 => return Err(BadKey::OtherKind),
    }
    if text(entry, "kty")? != Some("EC") || text(entry, "crv")? != Some("P-256") {
        return Err(BadKey::OtherKind);
    }
    if text(entry, "alg")?.is_some_and(|name| name != algorithm.name()) {
        return Err(BadKey::OtherKind);
    }
    if text(entry, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(BadKey::NotForVerifying);
    }
    match entry.member("key_ops") {
        None => {}
        Some(Value::List(operations)) if operations.contains(&Value::Text("verify".into())) => {}
        Some(
            Value::Bool(_)
            | Value::List(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)
            | Value::Text(_),
        ) => return Err(BadKey::NotForVerifying),
    }
    Ok(PublicKey {
        key_id: text(entry, "kid")?.map(Into::into),
        x: coordinate(entry, "x")?,
        y: coordinate(entry, "y")?,
    })
}

fn coordinate(entry: &Object, name: &str) -> Result<String, BadKey> {
    let encoded = text(entry, name)?.ok_or(BadKey::Unusable)?;
    let whole = URL_SAFE_NO_PAD
        .decode(encoded)
        .is_ok_and(|bytes| bytes.len() == 32);
    if whole {
        Ok(encoded.into())
    } else {
        Err(BadKey::Unusable)
    }
}

fn text<'o>(entry: &'o Object, name: &str) -> Result<Option<&'o str>, BadKey> {
    match entry.member(name) {
        None => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(
            Value::Bool(_) | Value::List(_) | Value::Null | Value::Number(_) | Value::Object(_),
        ) => Err(BadKey::Unusable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::vec;

    const X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    fn good(key_id: &str) -> String {
        format!(r#"{{"kty":"EC","crv":"P-256","kid":"{key_id}","x":"{X}","y":"{Y}"}}"#)
    }

    fn read(keys: &[String]) -> KeySet {
        KeySet::read(
            format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes(),
            Algorithm::Es256,
        )
        .unwrap()
    }

    #[test]
    fn one_bad_key_never_spoils_the_set() {
        let set = read(&[
            r#"{"kty":"oct","k":"AAAA"}"#.into(),
            good("a").replace("\"kid\"", "\"d\":\"x\",\"kid\""),
            good("b").replace("\"kid\"", "\"use\":\"enc\",\"kid\""),
            good("c").replace(X, "AAAA"),
            "5".into(),
            good("d"),
        ]);
        assert_eq!(
            set.keys
                .iter()
                .map(|key| key.key_id.as_deref())
                .collect::<Vec<_>>(),
            vec![Some("d")]
        );
        assert_eq!(
            set.left_out,
            vec![
                BadKey::OtherKind,
                BadKey::Private,
                BadKey::NotForVerifying,
                BadKey::Unusable,
                BadKey::Unusable
            ]
        );
    }

    #[test]
    fn a_name_that_two_keys_share_names_none() {
        let set = read(&[good("a"), good("b"), good("a")]);
        assert_eq!(set.position(Some("a")), None);
        assert_eq!(set.position(Some("b")), Some(1));
        assert_eq!(set.position(Some("c")), None);
        assert_eq!(set.position(None), None);
        assert_eq!(read(&[good("a")]).position(None), Some(0));
    }

    #[test]
    fn what_is_no_set_is_none() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"keys":{}}"#,
            r#"{"keys":[],"keys":[]}"#,
        ] {
            assert_eq!(
                KeySet::read(body.as_bytes(), Algorithm::Es256),
                None,
                "{body}"
            );
        }
        assert_eq!(
            KeySet::read(&vec![b' '; MAX_JWKS_BYTES + 1], Algorithm::Es256),
            None
        );
    }

    #[test]
    fn no_hmac_key_is_ever_taken_from_the_network() {
        let body = format!(
            r#"{{"keys":[{{"kty":"oct","alg":"HS256","k":"{X}"}},{}]}}"#,
            good("a")
        );
        assert!(
            KeySet::read(body.as_bytes(), Algorithm::Hs256)
                .unwrap()
                .keys
                .is_empty()
        );
    }
}
