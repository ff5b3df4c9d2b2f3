//! What one isolate keeps from request to request: its configuration, what it remembers, the keys it has fetched.
//!
//! Nothing of a single request is ever kept here, so that two visitors at once cannot meet.

use std::cell::{Cell, OnceCell};

use js_sys::Function;
use policy::freshness::Jitter;
use policy::storage_key::StorageKey;
use worker::Env;

use crate::assertion::Assertions;
use crate::circuit::Circuit;
use crate::configuration::{Configuration, Mistakes, log_mistakes};
use crate::introduction::Introductions;
use crate::issuer_keys::IssuerKeys;
use crate::log_ins::LogIns;
use crate::memory::Memory;
use crate::proxy;
use crate::version::Version;
use crate::waking::Waking;

/// What one isolate keeps.
pub(crate) struct Isolate {
    pub(crate) configuration: Result<Configuration, Mistakes>,
    pub(crate) memory: Memory,
    pub(crate) assertions: Assertions,
    pub(crate) circuit: Circuit,
    pub(crate) introductions: Introductions,
    pub(crate) issuer_keys: IssuerKeys,
    pub(crate) log_ins: LogIns,
    pub(crate) version: Version,
    pub(crate) waking: Waking,
    /// Called by the carrying when an instance cannot be reached; made once, because making one costs more than a request.
    pub(crate) on_unreachable: Function,
    id_prefix: u32,
    seed: u32,
    requests: Cell<u64>,
}

thread_local! {
    static ISOLATE: OnceCell<&'static Isolate> = const { OnceCell::new() };
}

/// This isolate, made at its first request: the configuration is read once, and a new deployment is a new isolate.
pub(crate) fn of(env: &Env) -> &'static Isolate {
    ISOLATE.with(|cell| {
        *cell.get_or_init(|| {
            let configuration = Configuration::from_env(env);
            if let Err(mistakes) = &configuration {
                log_mistakes(mistakes);
            }
            // Texts that go to JavaScript with every request go once.
            for name in ["authorization", "cookie"] {
                wasm_bindgen::intern(name);
            }
            if let Ok(configuration) = &configuration {
                wasm_bindgen::intern(&configuration.cookie);
            }
            // Lives as long as the isolate; leaking it once spares every request the counting of references.
            Box::leak(Box::new(Isolate {
                configuration,
                memory: Memory::new(),
                assertions: Assertions::new(),
                circuit: Circuit::default(),
                introductions: Introductions::new(),
                issuer_keys: IssuerKeys::new(),
                log_ins: LogIns::new(),
                version: Version::of(env),
                waking: Waking::new(),
                on_unreachable: proxy::on_unreachable(),
                id_prefix: random_u32(),
                seed: random_u32(),
                requests: Cell::new(0),
            }))
        })
    })
}

/// This isolate, if it was made already.
pub(crate) fn current() -> Option<&'static Isolate> {
    ISOLATE.with(|cell| cell.get().copied())
}

impl Isolate {
    /// An id for one request, unique with overwhelming likelihood: a random number of the isolate, and a counter. A UUID a
    /// request would cost a call into JavaScript.
    pub(crate) fn next_request_id(&self) -> String {
        let count = self.requests.get() + 1;
        self.requests.set(count);
        format!("{:08x}-{count:x}", self.id_prefix)
    }

    /// By how much FRESH is shortened for this visitor here. Once is enough: isolates that were told of somebody at one moment ask for the
    /// first time at different ones, and from then on each goes on at its own.
    pub(crate) fn jitter(&self, key: &StorageKey) -> Jitter {
        if self.memory.was_refreshed(key) {
            Jitter::NONE
        } else {
            Jitter::of(key, self.seed)
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a random number below 2^32"
)]
pub(crate) fn random_u32() -> u32 {
    (js_sys::Math::random() * 4_294_967_296.0) as u32
}
