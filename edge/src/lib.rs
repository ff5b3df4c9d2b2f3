//! The gate, a Cloudflare Worker: asks who is there and where they stand, and carries their requests to their instance.
//!
//! In scope: everything that knows Cloudflare: bindings, `fetch`, KV, D1, WebCrypto, pages. Out of scope: every rule; those
//! are in `policy`.
//!
//! ```text
//! fetch ─► fast_path: a hit ends here
//!    │
//!    ├──► own_endpoints: /.usher/…
//!    └──► gate ─► credential ─► admission ─► sightings ─► decision ─► proxy │ page
//! ```

mod assertion;
mod authority;
mod bounded;
mod brand;
mod circuit;
mod clock;
mod configuration;
mod context;
mod cookie;
mod cors;
mod database;
mod events;
mod fast_path;
mod fetching;
mod first_sight;
#[cfg(feature = "gallery")]
pub mod gallery;
mod gate;
mod incoming;
mod introduction;
mod isolate;
mod issuer_keys;
mod log_ins;
mod log_out;
mod memory;
mod outcome;
mod own_endpoints;
mod page;
mod proxy;
mod sightings;
mod signature;
mod store;
mod survey;
mod target_uri;
mod time_limit;
mod timing;
#[cfg(feature = "trap")]
mod trap;
#[cfg(feature = "vectors")]
mod vectors;
mod version;
mod vouching;
mod waking;

pub use configuration::{Home, ISSUER_MEMBERS, SETTINGS, Setting};
use futures_util::FutureExt as _;
use policy::reason::Reason;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use worker::Env;

use crate::context::Context;
use crate::gate::Gate;
use crate::incoming::Incoming;
use crate::isolate::Isolate;
use crate::page::{Answer, Setting as PageSetting};

/// Answers one request: a `Response` where memory was enough, a `Promise` of one otherwise. `edge/shim.mjs` calls it.
#[wasm_bindgen]
pub fn fetch(request: web_sys::Request, env: Env, context: worker::worker_sys::Context) -> JsValue {
    #[cfg(feature = "trap")]
    if let Some(answer) = trap::answer(&request) {
        return answer;
    }
    #[cfg(feature = "vectors")]
    if let Some(answer) = vectors::answer(&request) {
        return answer;
    }
    let isolate = isolate::of(&env);
    let incoming = Incoming::new(request, Context::new(context), isolate.next_request_id());
    if let Some(reason) = not_for_anybody(&incoming) {
        let setting = PageSetting::of(&incoming, isolate.configuration.as_ref().ok());
        return Answer::message(&reason.into(), &setting).into_response();
    }
    if let Some(endpoint) = own_endpoints::Endpoint::of(incoming.uri().path()) {
        return promise(
            async move { own_endpoints::answer(endpoint, isolate, &env, &incoming).await },
        );
    }
    let configuration = match usable(isolate, &incoming) {
        Ok(configuration) => configuration,
        Err(answer) => return answer,
    };
    let Ok(door) = configuration.doors.door(incoming.uri().host()) else {
        return own_endpoints::not_here(&incoming, configuration);
    };
    let gate = Gate {
        isolate,
        configuration,
        env: &env,
        incoming: &incoming,
        door: door.clone(),
        wanted: None,
    };
    if let Some(answer) = cors::preflight(&gate) {
        return answer;
    }
    if let Some(answer) = fast_path::answer(&gate) {
        return answer;
    }
    promise(async move {
        Gate {
            isolate,
            configuration,
            env: &env,
            incoming: &incoming,
            door,
            wanted: None,
        }
        .answer()
        .await
    })
}

/// Why a request is refused whoever sends it: its address can be read in two ways, or its method answers with what was sent,
/// credential and all (TRACE; RFC 9110 section 9.3.8).
fn not_for_anybody(incoming: &Incoming) -> Option<Reason> {
    if !incoming.uri().is_unambiguous() {
        return Some(Reason::PathAmbiguous);
    }
    matches!(incoming.method(), "CONNECT" | "TRACE" | "TRACK").then_some(Reason::MethodNotAllowed)
}

/// The configuration, or the answer to everybody while it is wrong.
fn usable(
    isolate: &'static Isolate,
    incoming: &Incoming,
) -> Result<&'static configuration::Configuration, JsValue> {
    let misconfigured = |configuration| {
        let setting = PageSetting::of(incoming, configuration);
        Err(Answer::message(&Reason::Misconfigured.into(), &setting).into_response())
    };
    match &isolate.configuration {
        Ok(configuration) if configuration.development && !is_loopback(incoming.uri().host()) => {
            events::alarm(
                "misconfigured",
                "USHER_DEVELOPMENT is true, so only loopback hosts are answered",
            );
            misconfigured(Some(configuration))
        }
        Ok(configuration) => Ok(configuration),
        Err(_) => misconfigured(None),
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

/// In a box, for the same reason as what goes on after an answer ([`Context::wait_until`]).
fn promise(answer: impl Future<Output = JsValue> + 'static) -> JsValue {
    future_to_promise(answer.map(Ok).boxed_local()).into()
}
