//! The KV namespace: every call ends in time, and every failure is a sentence for the log.

use std::time::Duration;

use js_sys::{ArrayBuffer, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use worker::Env;

use crate::configuration::Bindings;
use crate::fetching;
use crate::time_limit::{KV_CHANGE, KV_READ, within};

/// KV keeps a read for at least this long at one location; less is refused (changelog of 2026-01-30).
const READ_CACHE_SECONDS: u32 = 30;

/// KV refuses to keep anything for less (expirationTtl).
const MIN_TTL_SECONDS: u64 = 60;

#[wasm_bindgen]
extern "C" {
    /// A KV namespace of the platform.
    #[wasm_bindgen(js_name = KVNamespace)]
    pub(crate) type Namespace;

    #[wasm_bindgen(method, catch)]
    fn get(this: &Namespace, key: &str, options: &Options) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn put(
        this: &Namespace,
        key: &str,
        value: &Uint8Array,
        options: &Options,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn delete(this: &Namespace, key: &str) -> Result<Promise, JsValue>;

    #[wasm_bindgen(extends = Object, js_name = Object)]
    type Options;

    #[wasm_bindgen(constructor, js_class = "Object")]
    fn new() -> Options;

    #[wasm_bindgen(method, setter, js_name = type)]
    fn set_type(this: &Options, kind: &str);

    #[wasm_bindgen(method, setter, js_name = cacheTtl)]
    fn set_cache_ttl(this: &Options, seconds: u32);

    #[wasm_bindgen(method, setter, js_name = expirationTtl)]
    fn set_expiration_ttl(this: &Options, seconds: f64);
}

/// The KV namespace of this deployment.
pub(crate) struct Store(Namespace);

impl Store {
    pub(crate) fn of(env: &Env) -> Result<Self, String> {
        Bindings(env).store().map(Self)
    }

    /// The value of a key. KV remembers misses too, and for as long as hits.
    pub(crate) async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        let options = Options::new();
        options.set_type("arrayBuffer");
        options.set_cache_ttl(READ_CACHE_SECONDS);
        let value = answer(KV_READ, self.0.get(key, &options)).await?;
        let bytes = value.dyn_ref::<ArrayBuffer>();
        Ok(bytes.map(|bytes| Uint8Array::new(bytes).to_vec()))
    }

    /// Keeps a value, for this long or until it is deleted.
    pub(crate) async fn put(
        &self,
        key: &str,
        value: &[u8],
        keep: Option<Duration>,
    ) -> Result<(), String> {
        let options = Options::new();
        if let Some(keep) = keep {
            let seconds = keep.as_secs().max(MIN_TTL_SECONDS);
            #[expect(
                clippy::cast_precision_loss,
                reason = "days are far below 2^53 seconds"
            )]
            options.set_expiration_ttl(seconds as f64);
        }
        let put = self.0.put(key, &Uint8Array::from(value), &options);
        answer(KV_CHANGE, put).await.map(|_| ())
    }

    pub(crate) async fn delete(&self, key: &str) -> Result<(), String> {
        answer(KV_CHANGE, self.0.delete(key)).await.map(|_| ())
    }
}

async fn answer(time: Duration, asked: Result<Promise, JsValue>) -> Result<JsValue, String> {
    let answer = match asked {
        Ok(promise) => within(time, JsFuture::from(promise)).await,
        Err(problem) => Ok(Err(problem)),
    };
    let answer = answer.map_err(|late| late.to_string())?;
    answer.map_err(|problem| fetching::text(&problem))
}
