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
use crate::isolate::{self, Isolate};
use crate::outcome::Beside;
use crate::page;

#[wasm_bindgen(module = "/src/carry.js")]
extern "C" {
    fn carry(
        request: &Request,
        url: &str,
        said: &Array,
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
    beside: &Beside,
    isolate: &Isolate,
) -> Promise {
    let said = Array::new();
    let say = |name: &str, value: Option<&str>| {
        said.push(&JsValue::from_str(name));
        said.push(&value.map_or(JsValue::NULL, JsValue::from_str));
    };
    let visitor = permit.visitor();
    say(
        "usher-user",
        Some(&header_text(visitor.identity().subject.as_str())),
    );
    if let Some(email) = visitor.email() {
        say("usher-email", Some(&header_text(email.as_str())));
    }
    if let Some(org) = permit.org() {
        say("usher-org", Some(&header_text(org)));
    }
    say("usher-role", Some(permit.role().word()));
    say("usher-instance", Some(permit.instance().id.as_str()));
    say("usher-request-id", Some(&incoming.id));
    let (scheme, host) = (incoming.uri().origin().split_once("://")).unwrap_or_default();
    say("x-forwarded-proto", Some(scheme));
    say("x-forwarded-host", Some(host));
    say(policy::assertion::HEADER, beside.assertion.as_deref());
    match credential.carrier {
        Carrier::Bearer => say("authorization", None),
        // A provider's own headers are removed with all others that it alone may say (carry.js).
        Carrier::Cookie | Carrier::Provider => {}
    }
    // The cookie is removed also when it is not what let the visitor in: an app must never hold a log-in.
    let without = credential
        .headers
        .cookies
        .as_deref()
        .map(|cookies| (cookies, without_cookie(cookies, credential.cookie)));
    if let Some((cookies, rest)) = without
        && rest.as_deref() != Some(cookies)
    {
        say("cookie", rest.as_deref());
    }
    let url = [permit.instance().url.as_str(), incoming.uri().target()].concat();
    carry(
        &incoming.request,
        &url,
        &said,
        credential.cookie,
        &incoming.id,
        length(incoming.uri().origin()),
        length(permit.instance().url.as_str()),
        credential.patience_millis,
        beside.timing.as_deref(),
        &isolate.on_unreachable,
    )
}

/// The length of an address as JavaScript counts it; addresses are ASCII.
fn length(address: &str) -> u32 {
    u32::try_from(address.len()).unwrap_or(u32::MAX)
}

/// A claim as a header value: visible ASCII as it is, anything else percent-encoded in UTF-8, so that no name can break out of
/// its header or be read in two ways.
fn header_text(claim: &str) -> String {
    let mut text = String::with_capacity(claim.len());
    for byte in claim.bytes() {
        match byte {
            b'!'..=b'$' | b'&'..=b'~' => text.push(char::from(byte)),
            0..=b' ' | b'%' | 127..=255 => {
                text.push('%');
                for half in [byte >> 4, byte & 15] {
                    text.push(
                        char::from_digit(u32::from(half), 16)
                            .unwrap_or('0')
                            .to_ascii_uppercase(),
                    );
                }
            }
        }
    }
    text
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

#[cfg(test)]
mod tests {
    use super::header_text;

    #[test]
    fn no_claim_breaks_out_of_its_header() {
        assert_eq!(header_text("auth0|guy"), "auth0|guy");
        assert_eq!(header_text("a\r\nx: y"), "a%0D%0Ax:%20y");
        assert_eq!(header_text("Gü%y"), "G%C3%BC%25y");
    }
}
