//! The keys of the issuers: secrets and written ones from the configuration, key sets fetched from their addresses and kept in
//! the isolate, and in KV for the others.

mod held;
pub(crate) mod import;
mod store;

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use policy::issuer::{Algorithm, Issuer};
use policy::jwks::{KeySet, MAX_JWKS_BYTES};
use policy::public_key::BadKey;
use policy::signature::SignatureFailure;
use policy::time::Moment;
use wasm_bindgen::JsValue;
use web_sys::{CryptoKey, SubtleCrypto};
use worker::Env;

use crate::configuration::{KeySource, PublicKeys, Secret};
use crate::context::Context;
use crate::{clock, fetching};
pub(crate) use held::SET_HARD;
use held::{FETCH_LIMIT, Held, Next, SET_FRESH};
use import::Imported;
pub(crate) use import::object;
use store::{KeyStore, Stored, Unsaved};

/// How often a waiting request looks whether another one has fetched the set.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// The keys an isolate holds, by issuer: the same key name of another issuer is another key. A new configuration is a new
/// isolate, so an issuer has one source here.
pub(crate) struct IssuerKeys(RefCell<HashMap<String, Held>>);

/// What keys are got with.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub(crate) crypto: &'a SubtleCrypto,
    pub(crate) env: &'a Env,
    pub(crate) context: &'a Context,
}

/// The key a signature asks for.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) issuer: &'static Issuer,
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<&'a str>,
}

impl IssuerKeys {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(HashMap::new()))
    }

    /// The keys a signature is to be checked with, fetched if they are not here: the one of that name, or the few that may have any.
    pub(crate) async fn candidates(
        &'static self,
        wanted: Wanted<'_>,
        source: &'static KeySource,
        tools: &Tools<'_>,
    ) -> Result<Vec<CryptoKey>, SignatureFailure> {
        if wanted.algorithm == Algorithm::Hs256 {
            return self.secrets(wanted.issuer, &source.secrets, tools).await;
        }
        match &source.public {
            PublicKeys::None => Err(SignatureFailure::UnknownKey),
            PublicKeys::Written(set) => self.written(wanted, set, tools).await,
            PublicKeys::JwksUrl(url) => {
                self.bring_up(wanted, url, tools).await;
                self.held(wanted)
            }
        }
    }

    /// Why nobody with a token of this issuer could be let in, if that is so.
    pub(crate) async fn trouble(
        &'static self,
        issuer: &'static Issuer,
        source: &'static KeySource,
        tools: &Tools<'_>,
    ) -> Option<String> {
        let PublicKeys::JwksUrl(url) = &source.public else {
            return None;
        };
        let wanted = Wanted {
            issuer,
            algorithm: *issuer.algorithms.first()?,
            key_id: None,
        };
        if self.look(issuer, |held| held.public.is_empty()) != Some(false) {
            self.bring_up(wanted, url, tools).await;
        }
        let usable = self.look(issuer, |held| !held.public.is_empty());
        (usable != Some(true)).then(|| {
            format!(
                "the keys of {} cannot be had from {url}; its log line `issuer_keys` says why",
                issuer.name.as_str()
            )
        })
    }

    async fn secrets(
        &self,
        issuer: &'static Issuer,
        secrets: &[Secret],
        tools: &Tools<'_>,
    ) -> Result<Vec<CryptoKey>, SignatureFailure> {
        let known = self.look(issuer, |held| held.secrets.clone());
        if let Some(known) = known.filter(|known| !known.is_empty()) {
            return Ok(known);
        }
        let mut keys = Vec::new();
        for secret in secrets {
            let key = import::secret(secret.value.as_bytes(), tools.crypto).await;
            keys.push(key.ok_or(SignatureFailure::KeysUnavailable)?);
        }
        self.change(issuer, |held| held.secrets.clone_from(&keys));
        Ok(keys)
    }

    /// What is written down does not grow old, and there is nobody to ask for more.
    async fn written(
        &self,
        wanted: Wanted<'_>,
        set: &KeySet,
        tools: &Tools<'_>,
    ) -> Result<Vec<CryptoKey>, SignatureFailure> {
        if self
            .look(wanted.issuer, |held| held.fetched_at)
            .flatten()
            .is_none()
        {
            let public = Imported::of(set.clone(), tools.crypto).await;
            self.hold(wanted.issuer, public, clock::now());
        }
        let keys = self.look(wanted.issuer, |held| {
            held.public.candidates(wanted.algorithm, wanted.key_id)
        });
        keys.filter(|keys| !keys.is_empty())
            .ok_or(SignatureFailure::UnknownKey)
    }

    /// Brings the set to where the question can be answered, as far as it can be.
    async fn bring_up(&'static self, wanted: Wanted<'_>, url: &'static str, tools: &Tools<'_>) {
        loop {
            match self.next(wanted) {
                Next::Use => return,
                // A promise of another request cannot be awaited here, but its result can be looked for.
                Next::Wait => worker::Delay::from(LOOK_AGAIN).await,
                Next::Fetch => {
                    self.note_begin(wanted.issuer);
                    let (crypto, env) = (tools.crypto, tools.env);
                    let unsaved = self
                        .refresh(wanted.issuer, Some(wanted), url, crypto, env)
                        .await;
                    if let Some(unsaved) = unsaved {
                        tools.context.wait_until(unsaved.save());
                    }
                    return;
                }
                Next::UseAndRefresh => {
                    self.note_begin(wanted.issuer);
                    let issuer = wanted.issuer;
                    let (crypto, env) = (tools.crypto.clone(), tools.env.clone());
                    return tools.context.wait_until(async move {
                        if let Some(unsaved) = self.refresh(issuer, None, url, &crypto, &env).await
                        {
                            unsaved.save().await;
                        }
                    });
                }
            }
        }
    }

    fn next(&self, wanted: Wanted<'_>) -> Next {
        self.look(wanted.issuer, |held| {
            held.next(wanted.algorithm, wanted.key_id, clock::now())
        })
        .unwrap_or(Next::Fetch)
    }

    fn held(&self, wanted: Wanted<'_>) -> Result<Vec<CryptoKey>, SignatureFailure> {
        self.look(wanted.issuer, |held| {
            held.keys(wanted.algorithm, wanted.key_id, clock::now())
        })
        .unwrap_or(Err(SignatureFailure::KeysUnavailable))
    }

    /// Takes what another isolate has fetched, else fetches. The last good set is kept when the endpoint is down, slow,
    /// redirecting, huge or talks nonsense. Gives what is to be saved for others.
    async fn refresh(
        &self,
        issuer: &'static Issuer,
        wanted: Option<Wanted<'_>>,
        url: &str,
        crypto: &SubtleCrypto,
        env: &Env,
    ) -> Option<Unsaved> {
        let began = clock::now();
        let store = KeyStore::of(issuer, url, env);
        let stored = store.read().await;
        if let Some(stored) = &stored {
            self.take_stored(issuer, stored, crypto).await;
            let young = clock::now().since(stored.fetched_at) < SET_FRESH;
            let enough = wanted.is_none_or(|wanted| {
                let has = |held: &Held| held.public.has(wanted.algorithm, wanted.key_id);
                self.look(issuer, has).unwrap_or_default()
            });
            if young && enough {
                self.note_end(issuer, true);
                return None;
            }
        }
        let fetched = fetching::small_body(url, MAX_JWKS_BYTES, FETCH_LIMIT).await;
        let read = fetched.and_then(|body| {
            let set = KeySet::read(&body, &issuer.algorithms);
            set.map(|set| (set, body))
                .ok_or_else(|| "the answer is no key set".to_owned())
        });
        let (set, body) = match read {
            Ok(read) => read,
            Err(problem) => {
                self.note_end(issuer, false);
                log(issuer, url, &problem);
                return None;
            }
        };
        report(issuer, url, &set);
        let public = Imported::of(set, crypto).await;
        for name in &public.refused {
            log(
                issuer,
                url,
                &format!("key {name:?} is left out: it is no point of its curve"),
            );
        }
        self.note_end(issuer, true);
        self.hold(issuer, public, began);
        store.unsaved(body, began, stored.as_ref())
    }

    async fn take_stored(&self, issuer: &'static Issuer, stored: &Stored, crypto: &SubtleCrypto) {
        let newer = self
            .look(issuer, |held| held.fetched_at)
            .flatten()
            .is_none_or(|fetched_at| fetched_at < stored.fetched_at);
        if let Some(set) = KeySet::read(&stored.body, &issuer.algorithms).filter(|_| newer) {
            let public = Imported::of(set, crypto).await;
            self.hold(issuer, public, stored.fetched_at);
        }
    }

    fn hold(&self, issuer: &Issuer, public: Imported, fetched_at: Moment) {
        self.change(issuer, |held| {
            held.public = public;
            held.fetched_at = Some(fetched_at);
        });
    }

    fn note_begin(&self, issuer: &Issuer) {
        self.change(issuer, |held| held.begin(clock::now()));
    }

    fn note_end(&self, issuer: &Issuer, succeeded: bool) {
        self.change(issuer, |held| held.end(succeeded));
    }

    fn look<T>(&self, issuer: &Issuer, look: impl FnOnce(&Held) -> T) -> Option<T> {
        self.0.borrow().get(issuer.name.as_str()).map(look)
    }

    fn change(&self, issuer: &Issuer, change: impl FnOnce(&mut Held)) {
        let mut all = self.0.borrow_mut();
        change(all.entry(issuer.name.as_str().to_owned()).or_default());
    }
}

/// Tells the operator which keys are left out. A key for another algorithm is no fault, unless no other is there.
fn report(issuer: &Issuer, url: &str, set: &KeySet) {
    for left_out in &set.left_out {
        if left_out.problem != BadKey::OtherKind || set.keys.is_empty() {
            let name = left_out.key_id.as_deref().unwrap_or("without a name");
            log(
                issuer,
                url,
                &format!("key {name:?} is left out: {}", left_out.problem),
            );
        }
    }
}

fn log(issuer: &Issuer, url: &str, problem: &str) {
    let line = serde_json::json!({
        "event": "issuer_keys", "issuer": issuer.name.as_str(), "url": url, "problem": problem,
    });
    web_sys::console::error_1(&JsValue::from_str(&line.to_string()));
}
