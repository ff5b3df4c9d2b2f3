//! The keys of the issuers: configured secrets, and key sets fetched from their addresses and kept in the isolate.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use js_sys::{Array, Object, Reflect, Uint8Array};
use policy::admission::{SignatureFailure, SignatureQuestion};
use policy::issuer::Algorithm;
use policy::jwks::{KeyMaterial, KeySet, MAX_JWKS_BYTES, PublicKey};
use policy::time::Moment;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, SubtleCrypto};

use crate::configuration::KeySource;
use crate::{clock, fetching};

/// After this age a set is fetched anew when it is needed. Issuers rotate rarely and publish the next key long before.
const SET_FRESH: Duration = Duration::from_mins(10);

/// After this age a set is not used any more, even if its endpoint is down: a key withdrawn a day ago must be out.
const SET_HARD: Duration = Duration::from_hours(24);

/// A name that no key has leads to at most one fetch in this time, however many tokens with random names are sent.
const COOL_DOWN: Duration = Duration::from_secs(30);

/// After a fetch that failed while nothing is held: nobody can be let in before the next one.
const COOL_DOWN_EMPTY: Duration = Duration::from_secs(3);

/// How often a waiting request looks whether another one has fetched the set.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// How long a key endpoint may take.
const FETCH_LIMIT: Duration = Duration::from_secs(3);

/// The keys an isolate holds, by issuer: the same key name of another issuer is another key.
pub(crate) struct IssuerKeys(RefCell<HashMap<String, Held>>);

#[derive(Default)]
struct Held {
    set: KeySet,
    imported: Vec<CryptoKey>,
    fetched_at: Option<Moment>,
    last_attempt: Option<Attempt>,
}

impl Held {
    fn key(&self, key_id: Option<&str>) -> Option<CryptoKey> {
        let position = self.set.position(key_id)?;
        self.imported.get(position).cloned()
    }
}

#[derive(Clone, Copy)]
struct Attempt {
    began: Moment,
    /// Whether it succeeded; nothing while it is under way.
    succeeded: Option<bool>,
}

/// What a request that needs a key does next.
enum Next {
    Fetch,
    Use,
    Wait,
}

impl IssuerKeys {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(HashMap::new()))
    }

    /// The key a signature is to be checked with, fetched if it is not here.
    pub(crate) async fn key(
        &self,
        question: &SignatureQuestion<'_>,
        source: &KeySource,
        crypto: &SubtleCrypto,
    ) -> Result<CryptoKey, SignatureFailure> {
        let issuer = question.issuer.name.as_str();
        match source {
            KeySource::Secret { value, .. } => self.secret_key(issuer, value, crypto).await,
            KeySource::Inline(set) => {
                if self.0.borrow().get(issuer).is_none() {
                    let imported = import_set(set.clone(), question.issuer.algorithm, crypto).await;
                    self.hold(issuer, imported);
                }
                // What is written down does not grow old, and there is nobody to ask for more.
                let all = self.0.borrow();
                let key = all.get(issuer).and_then(|held| held.key(question.key_id));
                key.ok_or(SignatureFailure::UnknownKey)
            }
            KeySource::JwksUrl(url) => loop {
                match self.next(issuer, question.key_id) {
                    Next::Use => return self.held(issuer, question.key_id),
                    // A promise of another request cannot be awaited here, but its result can be looked for.
                    Next::Wait => worker::Delay::from(LOOK_AGAIN).await,
                    Next::Fetch => {
                        self.fetch(issuer, url, question.issuer.algorithm, crypto)
                            .await;
                        return self.held(issuer, question.key_id);
                    }
                }
            },
        }
    }

    async fn secret_key(
        &self,
        issuer: &str,
        secret: &str,
        crypto: &SubtleCrypto,
    ) -> Result<CryptoKey, SignatureFailure> {
        if let Some(key) = self
            .0
            .borrow()
            .get(issuer)
            .and_then(|held| held.imported.first())
        {
            return Ok(key.clone());
        }
        let bytes = Uint8Array::from(secret.as_bytes());
        let key = import(crypto, "raw", bytes.as_ref(), Algorithm::Hs256)
            .await
            .ok_or(SignatureFailure::KeysUnavailable)?;
        self.0
            .borrow_mut()
            .entry(issuer.to_owned())
            .or_default()
            .imported = vec![key.clone()];
        Ok(key)
    }

    /// One request of an isolate fetches, the others that need the same answer wait for it, and nobody fetches again soon.
    fn next(&self, issuer: &str, key_id: Option<&str>) -> Next {
        let now = clock::now();
        let all = self.0.borrow();
        let Some(held) = all.get(issuer) else {
            return Next::Fetch;
        };
        let age = held.fetched_at.map(|fetched_at| now.since(fetched_at));
        let known = held.set.position(key_id).is_some() && age.is_some_and(|age| age < SET_HARD);
        if known && age.is_some_and(|age| age < SET_FRESH) {
            return Next::Use;
        }
        match held.last_attempt {
            // Its request may have been cancelled; then it never ends.
            Some(Attempt {
                began,
                succeeded: None,
            }) if now.since(began) < FETCH_LIMIT => {
                if known {
                    Next::Use
                } else {
                    Next::Wait
                }
            }
            Some(Attempt {
                began,
                succeeded: Some(succeeded),
            }) if now.since(began) < cool_down(succeeded || !held.set.keys.is_empty()) => Next::Use,
            Some(_) | None => Next::Fetch,
        }
    }

    fn held(&self, issuer: &str, key_id: Option<&str>) -> Result<CryptoKey, SignatureFailure> {
        let all = self.0.borrow();
        let held = all.get(issuer).ok_or(SignatureFailure::KeysUnavailable)?;
        let too_old = held
            .fetched_at
            .is_none_or(|fetched_at| clock::now().since(fetched_at) >= SET_HARD);
        match held.key(key_id) {
            Some(key) if !too_old => Ok(key),
            // Without an answer from the endpoint nobody knows whether the key exists: that is no fault of the visitor's.
            Some(_) | None
                if held
                    .last_attempt
                    .is_none_or(|attempt| attempt.succeeded != Some(true)) =>
            {
                Err(SignatureFailure::KeysUnavailable)
            }
            Some(_) | None => Err(SignatureFailure::UnknownKey),
        }
    }

    /// Fetches the set. The last good one is kept when the endpoint is down, slow, redirecting, huge or talks nonsense.
    async fn fetch(&self, issuer: &str, url: &str, algorithm: Algorithm, crypto: &SubtleCrypto) {
        let began = clock::now();
        self.note_attempt(
            issuer,
            Attempt {
                began,
                succeeded: None,
            },
        );
        let fetched = match fetching::small_body(url, MAX_JWKS_BYTES, FETCH_LIMIT).await {
            Ok(body) => {
                KeySet::read(&body, algorithm).ok_or_else(|| "the answer is no key set".to_owned())
            }
            Err(problem) => Err(problem),
        };
        let set = match fetched {
            Ok(set) => set,
            Err(problem) => {
                self.note_attempt(
                    issuer,
                    Attempt {
                        began,
                        succeeded: Some(false),
                    },
                );
                return log(issuer, url, &problem);
            }
        };
        for bad in &set.left_out {
            log(issuer, url, &format!("a key is left out: {bad:?}"));
        }
        let offered = set.keys.len();
        let imported = import_set(set, algorithm, crypto).await;
        if imported.keys.len() < offered {
            log(
                issuer,
                url,
                "a key is left out: it is no point of its curve",
            );
        }
        self.note_attempt(
            issuer,
            Attempt {
                began,
                succeeded: Some(true),
            },
        );
        self.hold(issuer, imported);
    }

    fn hold(&self, issuer: &str, imported: Imported) {
        let mut all = self.0.borrow_mut();
        let held = all.entry(issuer.to_owned()).or_default();
        held.set = imported.set;
        held.imported = imported.keys;
        held.fetched_at = Some(clock::now());
    }

    fn note_attempt(&self, issuer: &str, attempt: Attempt) {
        let mut all = self.0.borrow_mut();
        all.entry(issuer.to_owned()).or_default().last_attempt = Some(attempt);
    }
}

fn cool_down(something_is_held: bool) -> Duration {
    if something_is_held {
        COOL_DOWN
    } else {
        COOL_DOWN_EMPTY
    }
}

fn log(issuer: &str, url: &str, problem: &str) {
    let line = serde_json::json!({ "event": "issuer_keys", "issuer": issuer, "url": url, "problem": problem });
    web_sys::console::error_1(&JsValue::from_str(&line.to_string()));
}

/// A set and its keys as WebCrypto holds them, at the same positions.
struct Imported {
    set: KeySet,
    keys: Vec<CryptoKey>,
}

/// Only here is it found out whether a point lies on its curve; a key that does not is left out, and the others stay.
async fn import_set(offered: KeySet, algorithm: Algorithm, crypto: &SubtleCrypto) -> Imported {
    let mut imported = Imported {
        set: KeySet::default(),
        keys: Vec::new(),
    };
    for key in offered.keys {
        if let Some(crypto_key) = import(crypto, "jwk", &jwk(&key), algorithm).await {
            imported.set.keys.push(key);
            imported.keys.push(crypto_key);
        }
    }
    imported
}

/// The key as WebCrypto takes it, made of the checked members only.
fn jwk(key: &PublicKey) -> Object {
    match &key.material {
        KeyMaterial::Ed25519 { x } => object(&[("kty", "OKP"), ("crv", "Ed25519"), ("x", x)]),
        KeyMaterial::P256 { x, y } => {
            object(&[("kty", "EC"), ("crv", "P-256"), ("x", x), ("y", y)])
        }
        KeyMaterial::Rsa { n, e } => object(&[("kty", "RSA"), ("n", n), ("e", e)]),
    }
}

async fn import(
    crypto: &SubtleCrypto,
    format: &str,
    key: &Object,
    algorithm: Algorithm,
) -> Option<CryptoKey> {
    let parameters = match algorithm {
        Algorithm::EdDsa => object(&[("name", "Ed25519")]),
        Algorithm::Es256 => object(&[("name", "ECDSA"), ("namedCurve", "P-256")]),
        Algorithm::Hs256 => object(&[("name", "HMAC"), ("hash", "SHA-256")]),
        Algorithm::Rs256 => object(&[("name", "RSASSA-PKCS1-v1_5"), ("hash", "SHA-256")]),
    };
    let uses = Array::of1(&JsValue::from_str("verify"));
    let promise = crypto
        .import_key_with_object(format, key, &parameters, false, &uses)
        .ok()?;
    wasm_bindgen_futures::JsFuture::from(promise)
        .await
        .ok()?
        .dyn_into()
        .ok()
}

pub(crate) fn object(members: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in members {
        // Setting a member of a plain object cannot fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    object
}
