//! The keys under which things are stored: a visitor's sighting, an issuer's key set.

use alloc::format;
use alloc::string::String;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::door::Door;
use crate::standing::{Identity, InstanceId, IssuerUrl};

/// A key that no two visitors share: the hash of issuer and subject, each with its length before it, so that no separator
/// can be shifted from one to the other. Always far below the 512 bytes that KV allows.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct StorageKey(String);

impl StorageKey {
    /// The key of this person, at the door of their own instance.
    pub fn of(identity: &Identity) -> Self {
        let parts = [identity.issuer.as_str(), identity.subject.as_str()];
        Self(format!("v1:{}", injective(parts.map(str::as_bytes))))
    }

    /// The key of this person at this door.
    pub fn at(identity: &Identity, door: &Door) -> Self {
        match door {
            Door::Own => Self::of(identity),
            Door::At(address) => {
                let parts = [
                    identity.issuer.as_str(),
                    identity.subject.as_str(),
                    address.as_str(),
                ];
                Self(format!("v1:at:{}", injective(parts.map(str::as_bytes))))
            }
        }
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Enough of the key to find a visitor's lines in the log, without naming anybody in it.
    pub fn log_name(&self) -> &str {
        self.0.get(3..15).unwrap_or(&self.0)
    }
}

impl fmt::Display for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of the set that this issuer serves at this address: of neither alone, so that no issuer's keys count for another
/// (CVE-2025-59936).
pub fn jwks_key(issuer: &IssuerUrl, url: &str) -> String {
    format!(
        "v1:jwks:{}",
        injective([issuer.as_str().as_bytes(), url.as_bytes()])
    )
}

/// The key of a person's standing where KV itself is the authority: no sighting is ever found under it.
pub fn standing_key(identity: &Identity) -> String {
    let parts = [identity.issuer.as_str(), identity.subject.as_str()];
    format!("v1:standing:{}", injective(parts.map(str::as_bytes)))
}

/// The key under which the owner of an instance is found where KV itself is the authority.
pub fn owner_key(instance: &InstanceId) -> String {
    format!("v1:owner:{instance}")
}

/// The hash of several texts, each with its length before it, in base64url.
pub(crate) fn injective<const N: usize>(parts: [&[u8]; N]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::Subject;

    fn key(issuer: &str, subject: &str) -> StorageKey {
        StorageKey::of(&Identity {
            issuer: IssuerUrl::new(issuer).unwrap(),
            subject: Subject::new(subject).unwrap(),
        })
    }

    #[test]
    fn a_shifted_separator_gives_another_key() {
        assert_ne!(key("a", "b:c"), key("a:b", "c"));
        assert_ne!(key("ab", "c"), key("a", "bc"));
    }

    #[test]
    fn no_kind_of_record_is_ever_found_under_the_key_of_another() {
        let identity = Identity {
            issuer: IssuerUrl::new("https://id.example").unwrap(),
            subject: Subject::new("guy").unwrap(),
        };
        let hash = injective([b"https://id.example", b"guy"]);
        let keys = [
            String::from(StorageKey::of(&identity).as_str()),
            standing_key(&identity),
            owner_key(&InstanceId::new(&hash).unwrap()),
            jwks_key(&identity.issuer, "guy"),
        ];
        for (position, key) in keys.iter().enumerate() {
            assert!(
                !keys.iter().skip(position + 1).any(|other| other == key),
                "{key}"
            );
        }
    }

    #[test]
    fn the_same_subject_of_another_issuer_has_another_key() {
        assert_ne!(key("https://a", "s"), key("https://b", "s"));
        assert_eq!(key("https://a", "s"), key("https://a", "s"));
    }
}
