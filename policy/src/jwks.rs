//! A set of public keys as an issuer serves it (RFC 7517): good keys are taken, bad ones are left out with a reason, and one
//! bad key never spoils the set.

use alloc::string::String;
use alloc::vec::Vec;

use crate::issuer::Algorithm;
use crate::public_key::{BadKey, KeyName, PublicKey};
use crate::strict_json::{Object, TextMember, Value};

/// Largest body of a key endpoint in bytes. Real sets have a few keys of less than 2 KiB each.
pub const MAX_JWKS_BYTES: usize = 64 * 1024;

/// A set as read: the keys to use, and which were left out for what.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KeySet {
    /// The keys to use.
    pub keys: Vec<PublicKey>,
    /// The others.
    pub left_out: Vec<LeftOut>,
}

/// A key that is not used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftOut {
    /// Its name, where it has a readable one.
    pub key_id: Option<String>,
    /// Why.
    pub problem: BadKey,
}

impl KeySet {
    /// Reads the body of a key endpoint for an issuer that signs with these algorithms; `None` if it is no set at all.
    pub fn read(body: &[u8], algorithms: &[Algorithm]) -> Option<Self> {
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
            match PublicKey::from_jwk(entry, algorithms) {
                Ok(key) => read.add(key),
                Err(problem) => read.left_out.push(LeftOut {
                    key_id: name(entry),
                    problem,
                }),
            }
        }
        Some(read)
    }

    /// Adds a key, unless the same one is there.
    pub fn add(&mut self, key: PublicKey) {
        if !self.keys.contains(&key) {
            self.keys.push(key);
        }
    }

    /// The positions of the keys that may have made a signature: the one key of this algorithm and name, or the only one of the
    /// algorithm where the token names none; else those that have any name. Two different keys of one name are no key: there
    /// is no telling which one the issuer means.
    pub fn candidates(&self, algorithm: Algorithm, key_id: Option<&str>) -> Vec<usize> {
        let of_algorithm = || {
            let keys = self.keys.iter().enumerate();
            keys.filter(move |(_, key)| key.material.algorithm() == algorithm)
        };
        let named: Vec<usize> = of_algorithm()
            .filter(|(_, key)| match (&key.name, key_id) {
                (KeyName::Is(name), Some(key_id)) => name == key_id,
                (KeyName::Any | KeyName::None, Some(_)) => false,
                (KeyName::Any | KeyName::Is(_) | KeyName::None, None) => true,
            })
            .map(|(position, _)| position)
            .collect();
        if named.len() == 1 {
            return named;
        }
        of_algorithm()
            .filter(|(_, key)| key.name == KeyName::Any)
            .map(|(position, _)| position)
            .collect()
    }
}

fn name(entry: &Value) -> Option<String> {
    let Value::Object(entry) = entry else {
        return None;
    };
    match entry.text("kid") {
        TextMember::Text(name) => Some(name.into()),
        TextMember::Absent | TextMember::OtherType => None,
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
            &[Algorithm::Es256],
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
                .map(|key| key.name.clone())
                .collect::<Vec<_>>(),
            vec![KeyName::Is("d".into())]
        );
        assert_eq!(
            set.left_out
                .iter()
                .map(|left_out| left_out.problem)
                .collect::<Vec<_>>(),
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
        let candidates = |set: &KeySet, key_id| set.candidates(Algorithm::Es256, key_id);
        assert!(candidates(&set, Some("a")).is_empty());
        assert_eq!(candidates(&set, Some("b")), vec![1]);
        assert!(candidates(&set, Some("c")).is_empty());
        assert!(candidates(&set, None).is_empty());
        assert_eq!(candidates(&read(&[good("a")]), None), vec![0]);
        assert!(
            read(&[good("a")])
                .candidates(Algorithm::Rs256, None)
                .is_empty()
        );
    }

    #[test]
    fn keys_that_were_written_down_without_a_name_answer_to_any() {
        let pem = include_str!("../tests/keys/p256.pem");
        let mut set = KeySet::default();
        set.add(PublicKey::from_pem(pem).unwrap());
        for key_id in [None, Some("a")] {
            assert_eq!(set.candidates(Algorithm::Es256, key_id), vec![0]);
            assert!(set.candidates(Algorithm::EdDsa, key_id).is_empty());
        }
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
                KeySet::read(body.as_bytes(), &[Algorithm::Es256]),
                None,
                "{body}"
            );
        }
        assert_eq!(
            KeySet::read(&vec![b' '; MAX_JWKS_BYTES + 1], &[Algorithm::Es256]),
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
            KeySet::read(body.as_bytes(), &[Algorithm::Hs256])
                .unwrap()
                .keys
                .is_empty()
        );
    }
}
