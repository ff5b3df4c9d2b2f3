//! The KV namespace: every call ends in time, and every failure is a sentence for the log.

use std::time::Duration;

use worker::Env;
use worker::kv::{KvError, KvStore};

use crate::configuration::Bindings;
use crate::time_limit::{KV_CHANGE, KV_READ, TimedOut, within};

/// KV keeps a read for at least this long at one location; less is refused (changelog of 2026-01-30).
const READ_CACHE_SECONDS: u64 = 30;

/// KV refuses to keep anything for less (expirationTtl).
const MIN_TTL_SECONDS: u64 = 60;

/// The KV namespace of this deployment.
pub(crate) struct Store(KvStore);

impl Store {
    pub(crate) fn of(env: &Env) -> Result<Self, String> {
        let store = Bindings(env).store();
        store.map(Self).map_err(|problem| problem.to_string())
    }

    /// The value of a key. KV remembers misses too, and for as long as hits.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        let value = self.0.get(key).cache_ttl(READ_CACHE_SECONDS).bytes();
        said(within(KV_READ, value).await)
    }

    /// Keeps a value, for this long or until it is deleted.
    pub(crate) async fn put(
        &self,
        key: &str,
        value: &[u8],
        keep: Option<Duration>,
    ) -> Result<(), String> {
        let put = self.0.put_bytes(key, value);
        let mut put = put.map_err(|problem| problem.to_string())?;
        if let Some(keep) = keep {
            put = put.expiration_ttl(keep.as_secs().max(MIN_TTL_SECONDS));
        }
        said(within(KV_CHANGE, put.execute()).await)
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), String> {
        said(within(KV_CHANGE, self.0.delete(key)).await)
    }
}

fn said<T>(answer: Result<Result<T, KvError>, TimedOut>) -> Result<T, String> {
    match answer {
        Ok(answer) => answer.map_err(|problem| problem.to_string()),
        Err(late) => Err(late.to_string()),
    }
}
