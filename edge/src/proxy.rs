//! Carrying a request to the instance of a permit. There is no way in here without one.

use js_sys::{Array, Function, Promise};
use policy::credential::{Carrier, without_cookie};
use policy::decision::Permit;
use policy::reason::Reason;
use wasm_bindgen::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Request;

use crate::clock;
use crate::events;
use crate::fetching;
use crate::incoming::{CredentialHeaders, Incoming};
use crate::introduction::Introduction;
use crate::isolate::{self, Isolate};
use crate::page;

#[wasm_bindgen(module = "/src/carry.js")]
extern "C" {
    fn carry(
        request: &Request,
        url: &str,
        introduction: &Array,
        bears_token: bool,
        cookies: Option<&str>,
        cookie: &str,
        request_id: &str,
        gate_length: u32,
        instance_length: u32,
        patience_millis: u32,
        timing: Option<&str>,
        unreachable: &Function,
    ) -> Promise;
}

/// What let the visitor in, and stays here.
#[derive(Clone, Copy)]
pub(crate) struct Credential<'a> {
    pub(crate) headers: &'a CredentialHeaders,
    pub(crate) carrier: Carrier,
    /// The name of the gate's cookie.
    pub(crate) cookie: &'a str,
    /// How long the instance may take until its headers come.
    pub(crate) patience_millis: u32,
}

/// Sends the request on as it came, but for the headers that say who is there: the gate's own are set, everybody else's are
/// removed, and the credential stays here.
pub(crate) fn forward(
    permit: &Permit<'_>,
    incoming: &Incoming,
    credential: Credential<'_>,
    introduction: &Introduction,
    timing: Option<&str>,
    isolate: &Isolate,
) -> Promise {
    // The cookie is removed also when it is not what let the visitor in: an app must never hold a log-in.
    let without = credential
        .headers
        .cookies
        .as_deref()
        .map(|cookies| (cookies, without_cookie(cookies, credential.cookie)));
    let cookies = without
        .filter(|(cookies, rest)| rest.as_deref() != Some(cookies))
        .map(|(_, rest)| rest.unwrap_or_default());
    let bears_token = match credential.carrier {
        Carrier::Bearer => true,
        // A provider's own headers are removed with all others that it alone may say (carry.js).
        Carrier::Cookie | Carrier::Provider => false,
    };
    let url = [permit.instance().url.as_str(), incoming.uri().target()].concat();
    carry(
        &incoming.request,
        &url,
        introduction.as_array(),
        bears_token,
        cookies.as_deref(),
        credential.cookie,
        &incoming.id,
        length(incoming.uri().origin()),
        length(permit.instance().url.as_str()),
        credential.patience_millis,
        timing,
        &isolate.on_unreachable,
    )
}

/// The length of an address as JavaScript counts it; addresses are ASCII.
fn length(address: &str) -> u32 {
    u32::try_from(address.len()).unwrap_or(u32::MAX)
}

/// What carrying calls when the instance cannot be reached.
pub(crate) fn on_unreachable() -> Function {
    let answer =
        |request: Request, request_id: String, instance: String, kind: String, problem: JsValue| {
            let can_wait = matches!(request.method().as_str(), "GET" | "HEAD");
            let reason = match isolate::current() {
                _ if kind == "late" => Reason::InstanceTimedOut,
                Some(isolate) => isolate.waking.reason(&instance, can_wait, clock::now()),
                None => Reason::InstanceUnreachable,
            };
            events::alarm(
                reason.code(),
                &format!("{request_id}: {}", fetching::text(&problem)),
            );
            page::unreachable(&request, &request_id, &reason.into())
        };
    let closure: Closure<dyn Fn(Request, String, String, String, JsValue) -> JsValue> =
        Closure::new(answer);
    closure.into_js_value().unchecked_into()
}
