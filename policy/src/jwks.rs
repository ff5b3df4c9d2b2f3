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

/// A public key and the name tokens use for it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKey {
    /// The name, an opaque text.
    pub key_id: Option<String>,
    /// The key's numbers.
    pub material: KeyMaterial,
}

/// The numbers of a key, each base64url as it was served and known to have a possible length.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyMaterial {
    /// A point on Ed25519.
    Ed25519 {
        /// The point, 32 bytes.
        x: String,
    },
    /// A point on P-256.
    P256 {
        /// The x coordinate, 32 bytes.
        x: String,
        /// The y coordinate, 32 bytes.
        y: String,
    },
    /// An RSA key.
    Rsa {
        /// The modulus, 2048 to 8192 bits.
        n: String,
        /// The public exponent, odd, above one, below 2^32.
        e: String,
    },
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
        // An issuer without any key is a fault of its endpoint, not a rotation.
        if entries.is_empty() {
            return None;
        }
        let mut read = Self::default();
        for entry in entries {
            match key(entry, algorithm) {
                Ok(key) if read.keys.contains(&key) => {}
                Ok(key) => read.keys.push(key),
                Err(problem) => read.left_out.push(problem),
            }
        }
        Some(read)
    }

    /// The one key of this name, or the only key of the set where the token names none. Two different keys of one name are no
    /// key: there is no telling which one the issuer means.
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
    if ["d", "k", "p", "q"]
        .iter()
        .any(|private| entry.member(private).is_some())
    {
        return Err(BadKey::Private);
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
    let material = match (algorithm, text(entry, "kty")?, text(entry, "crv")?) {
        (Algorithm::EdDsa, Some("OKP"), Some("Ed25519")) => KeyMaterial::Ed25519 {
            x: coordinate(entry, "x")?,
        },
        (Algorithm::Es256, Some("EC"), Some("P-256")) => KeyMaterial::P256 {
            x: coordinate(entry, "x")?,
            y: coordinate(entry, "y")?,
        },
        (Algorithm::Rs256, Some("RSA"), None) => rsa(entry)?,
        // Also every secret: no HMAC key is ever taken from the network.
        (Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Hs256 | Algorithm::Rs256, _, _) => {
            return Err(BadKey::OtherKind);
        }
    };
    Ok(PublicKey {
        key_id: text(entry, "kid")?.map(Into::into),
        material,
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

/// A modulus below 2048 bits can be factored (NIST SP 800-131A), one above 8192 makes a check slow enough to be an attack; an
/// even one, or an exponent of one, makes forging trivial.
fn rsa(entry: &Object) -> Result<KeyMaterial, BadKey> {
    let number = |name| {
        let encoded = text(entry, name)?.ok_or(BadKey::Unusable)?;
        let bytes = URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|_| BadKey::Unusable)?;
        Ok((encoded, bytes))
    };
    let (n, modulus) = number("n")?;
    let (e, exponent) = number("e")?;
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|last| last % 2 == 1);
    let bits = |bytes: &[u8]| {
        bytes.len() * 8
            - bytes
                .first()
                .map_or(0, |first| first.leading_zeros() as usize)
    };
    let modulus_possible = (2048..=8192).contains(&bits(&modulus)) && modulus.first() != Some(&0);
    let exponent_possible =
        (1..=4).contains(&exponent.len()) && exponent != [1] && exponent.first() != Some(&0);
    if modulus_possible && odd(&modulus) && exponent_possible && odd(&exponent) {
        Ok(KeyMaterial::Rsa {
            n: n.into(),
            e: e.into(),
        })
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
                BadKey::Private,
                BadKey::Private,
                BadKey::NotForVerifying,
                BadKey::Unusable,
                BadKey::Unusable
            ]
        );
    }

    #[test]
    fn a_name_that_two_keys_share_names_none() {
        let set = read(&[good("a"), good("b"), good("a").replace(X, Y)]);
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
            r#"{"keys":[]}"#,
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
