//! Pages of other origins whose scripts may call the apps (Fetch standard, "CORS protocol"). A browser asks first, without a credential, so
//! the gate answers that from a declared list: passed on, the question would be a way to the app without a log-in.
//!
//! Such calls carry a token of their own; a cookie is never let in by them, so credentials are not allowed.

use wasm_bindgen::JsValue;

use crate::events;
use crate::gate::Gate;
use crate::page::Answer;

/// What scripts may read of our answers besides what they always may.
const READABLE: &str = "Retry-After, Usher-Reason, Usher-Request-Id, WWW-Authenticate";

/// How long a browser may remember the permission; Chromium remembers two hours at most.
const REMEMBERED_SECONDS: u32 = 600;

/// The permission, if this asks for one and the origin is listed.
pub(crate) fn preflight(gate: &Gate<'_>) -> Option<JsValue> {
    let origin = listed(gate)?;
    let incoming = gate.incoming;
    let method = incoming.header("access-control-request-method")?;
    if incoming.method() != "OPTIONS" {
        return None;
    }
    events::own_endpoint(incoming, "preflight", 204);
    let asked = incoming.header("access-control-request-headers");
    Some(permission(gate, &origin, method, asked).into_response())
}

/// The answer to a preflight.
pub(crate) fn permission(
    gate: &Gate<'_>,
    origin: &str,
    method: String,
    headers: Option<String>,
) -> Answer {
    let answer = Answer::no_content(&gate.incoming.id)
        .header("access-control-allow-origin", origin.to_owned())
        .header("access-control-allow-methods", method)
        .header("access-control-max-age", REMEMBERED_SECONDS.to_string())
        .header(
            "vary",
            "Origin, Access-Control-Request-Method, Access-Control-Request-Headers".to_owned(),
        );
    match headers {
        Some(headers) => answer.header("access-control-allow-headers", headers),
        None => answer,
    }
}

/// Lets the scripts of a listed origin read our answer: else a refusal would look like a broken connection to them.
pub(crate) fn readable(gate: &Gate<'_>, answer: Answer) -> Answer {
    match listed(gate) {
        Some(origin) => answer
            .header("access-control-allow-origin", origin)
            .header("access-control-expose-headers", READABLE.to_owned())
            .header("vary", "Origin".to_owned()),
        None => answer,
    }
}

fn listed(gate: &Gate<'_>) -> Option<String> {
    let listed = &gate.configuration.cors_origins;
    if listed.is_empty() {
        return None;
    }
    gate.incoming
        .header("origin")
        .filter(|origin| listed.contains(origin))
}
