//! Key sets in KV, so that a new isolate need not ask the issuer, and outlives an outage of it. What is read from there is checked
//! like an answer of the issuer.

use policy::issuer::Issuer;
use policy::storage_key::jwks_key;
use policy::strict_json::typed;
use policy::time::Moment;
use serde::Deserialize;
use serde_json::json;
use worker::Env;

use super::{SET_FRESH, SET_HARD};
use crate::store::Store;
use crate::{clock, events};

/// The place of one issuer's set.
pub(super) struct KeyStore {
    key: String,
    kv: Result<Store, String>,
}

/// A set as it was fetched.
pub(super) struct Stored {
    pub(super) body: Vec<u8>,
    pub(super) fetched_at: Moment,
}

impl KeyStore {
    pub(super) fn of(issuer: &Issuer, url: &str, env: &Env) -> Self {
        Self {
            key: jwks_key(&issuer.name, url),
            kv: Store::of(env),
        }
    }

    /// What is stored, if it is not too old to be used. A set from the future is none: its age cannot be judged.
    pub(super) async fn read(&self) -> Option<Stored> {
        let kv = self.kv.as_ref().ok()?;
        match kv.get(&self.key).await {
            Ok(bytes) => stored(&bytes?).filter(|stored| {
                let now = clock::now();
                stored.fetched_at <= now && now.since(stored.fetched_at) < SET_HARD
            }),
            Err(problem) => {
                events::alarm("kv_read_failed", &problem);
                None
            }
        }
    }

    /// What is worth a write: a set that says something new, or an old one that is growing old. KV takes one write a second for a
    /// key, and many isolates fetch.
    pub(super) fn unsaved(
        self,
        body: Vec<u8>,
        fetched_at: Moment,
        stored: Option<&Stored>,
    ) -> Option<Unsaved> {
        let said = stored.is_some_and(|stored| {
            stored.body == body && fetched_at.since(stored.fetched_at) < SET_FRESH
        });
        let (Ok(kv), Ok(body), false) = (self.kv, String::from_utf8(body), said) else {
            return None;
        };
        let value = json!({ "fetched_at": fetched_at.unix_millis(), "body": body }).to_string();
        Some(Unsaved {
            key: self.key,
            value,
            kv,
        })
    }
}

/// A set that is not stored yet.
pub(super) struct Unsaved {
    key: String,
    value: String,
    kv: Store,
}

impl Unsaved {
    pub(super) async fn save(self) {
        let value = self.value.as_bytes();
        if let Err(problem) = self.kv.put(&self.key, value, Some(SET_HARD)).await {
            events::alarm("kv_write_failed", &problem);
        }
    }
}

#[derive(Deserialize)]
struct RawStored {
    body: String,
    fetched_at: u64,
}

fn stored(bytes: &[u8]) -> Option<Stored> {
    let raw: RawStored = typed::read(bytes).ok()?;
    Some(Stored {
        body: raw.body.into_bytes(),
        fetched_at: Moment::from_unix_millis(raw.fetched_at),
    })
}
