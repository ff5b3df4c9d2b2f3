//! Where an issuer's keys come from: an address, keys written down as JWK or PEM, secrets. Never from a token.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use serde_json::{Map, Value};

use super::{Entry, text_or_list};
use crate::issuer::Algorithm;
use crate::jwks::KeySet;
use crate::mistakes::Mistakes;
use crate::public_key::PublicKey;
use crate::web_address::{http_hint, is_web_address};

/// The keys of one issuer. Each is used with exactly one algorithm (rfc8725bis section 3.1): a secret with HS256, a public key
/// with the one of its kind.
#[derive(Debug, Eq, PartialEq)]
pub struct KeySource {
    /// Keys for `EdDSA`, ES256 and RS256.
    pub public: PublicKeys,
    /// Keys for HS256; more than one while a secret is being replaced.
    pub secrets: Vec<Secret>,
}

/// Where the public keys are.
#[derive(Debug, Eq, PartialEq)]
pub enum PublicKeys {
    /// Fetched from this address.
    JwksUrl(String),
    /// There are none: the issuer signs with a secret.
    None,
    /// Written in the configuration.
    Written(KeySet),
}

/// A secret both sides know.
#[derive(Eq, PartialEq)]
pub struct Secret {
    /// The name of the Worker's secret.
    pub binding: String,
    /// Its value; empty where there is none.
    pub value: String,
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.binding)
    }
}

/// Each secret is tried for each token: more than the old one and the new one is no rotation.
const MAX_SECRETS: usize = 3;

impl Entry<'_> {
    /// The keys that the algorithms need, and nothing else.
    pub(super) fn key_source(
        &self,
        entry: &Map<String, Value>,
        algorithms: &[Algorithm],
        known_address: Option<String>,
        mistakes: &mut Mistakes,
    ) -> Option<KeySource> {
        let shared = algorithms.contains(&Algorithm::Hs256);
        let public = algorithms
            .iter()
            .any(|algorithm| *algorithm != Algorithm::Hs256);
        let secrets = match (shared, entry.contains_key("secret")) {
            (true, true) => self.secrets(entry, mistakes)?,
            (false, false) => Vec::new(),
            (true, false) => {
                mistakes.note(format!(
                    "{}: HS256 needs secret, the name of a Worker secret",
                    self.place
                ));
                return None;
            }
            (false, true) => {
                mistakes.note(format!(
                    "{}: a secret is only for HS256; add HS256 to algorithm or leave secret out",
                    self.place
                ));
                return None;
            }
        };
        let given = ["jwks_url", "jwks", "pem"].map(|name| entry.get(name));
        let public = match (public, given) {
            (true, [None, None, None]) => known_address.map(PublicKeys::JwksUrl).or_else(|| {
                mistakes.note(format!(
                    "{}: {} needs one of jwks_url, jwks, pem",
                    self.place,
                    names(algorithms)
                ));
                None
            }),
            (true, [Some(_), None, None]) => self.address(entry, mistakes),
            (true, [None, Some(set), None]) => self.set(set, algorithms, mistakes),
            (true, [None, None, Some(pem)]) => self.pem(pem, algorithms, mistakes),
            (true, _) => {
                mistakes.note(format!(
                    "{}: give one of jwks_url, jwks, pem, not several",
                    self.place
                ));
                None
            }
            (false, [None, None, None]) => Some(PublicKeys::None),
            (false, _) => {
                mistakes.note(format!(
                    "{}: HS256 needs secret and none of jwks_url, jwks, pem",
                    self.place
                ));
                None
            }
        }?;
        Some(KeySource { public, secrets })
    }

    fn secrets(&self, entry: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Vec<Secret>> {
        let bindings = entry.get("secret").and_then(text_or_list);
        let Some(bindings) = bindings.filter(|names| names.len() <= MAX_SECRETS) else {
            mistakes.note(format!(
                "{}.secret is no name of a Worker secret, nor a list of at most {MAX_SECRETS}",
                self.place
            ));
            return None;
        };
        let secrets = bindings.into_iter().map(|binding| Secret {
            value: (self.reading.secret)(&binding, mistakes),
            binding,
        });
        Some(secrets.collect())
    }

    fn address(&self, entry: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<PublicKeys> {
        let url = self.text(entry, "jwks_url", mistakes)?;
        if is_web_address(url, self.reading.development) {
            return Some(PublicKeys::JwksUrl(url.to_owned()));
        }
        mistakes.note(format!(
            "{}.jwks_url is `{url}`; give an https: address{}",
            self.place,
            http_hint(url)
        ));
        None
    }

    /// Keys that somebody wrote down by hand must all be good: nobody would see the line that says that one was left out.
    fn set(
        &self,
        set: &Value,
        algorithms: &[Algorithm],
        mistakes: &mut Mistakes,
    ) -> Option<PublicKeys> {
        let read = KeySet::read(set.to_string().as_bytes(), algorithms);
        let good = read.filter(|set| set.left_out.is_empty() && !set.keys.is_empty());
        if good.is_none() {
            mistakes.note(format!(
                "{}.jwks is no key set, or has a key that is not a public {} key for signatures",
                self.place,
                names(algorithms)
            ));
        }
        good.map(PublicKeys::Written)
    }

    fn pem(
        &self,
        pem: &Value,
        algorithms: &[Algorithm],
        mistakes: &mut Mistakes,
    ) -> Option<PublicKeys> {
        let mut set = KeySet::default();
        for text in text_or_list(pem).unwrap_or_default() {
            match PublicKey::from_pem(&text) {
                Ok(key) if algorithms.contains(&key.material.algorithm()) => set.add(key),
                Ok(_) | Err(_) => {
                    set.keys.clear();
                    break;
                }
            }
        }
        if set.keys.is_empty() {
            mistakes.note(format!(
                "{}.pem is no public {} key as `openssl pkey -pubout` writes it (-----BEGIN PUBLIC KEY-----), nor a list of such",
                self.place,
                names(algorithms)
            ));
            return None;
        }
        Some(PublicKeys::Written(set))
    }
}

fn names(algorithms: &[Algorithm]) -> String {
    let names: Vec<_> = algorithms
        .iter()
        .map(|algorithm| algorithm.name())
        .collect();
    names.join(" or ")
}
