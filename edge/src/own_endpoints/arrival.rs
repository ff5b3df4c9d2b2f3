//! `/.usher/arrived`: the first stop after a log-in, which finds out whether the browser kept the cookie. Without it a browser that keeps
//! none would be sent to log in again and again (incident I4).

use policy::decision::Rejected;
use policy::reason::Reason;
use wasm_bindgen::JsValue;
use web_sys::{Url, UrlSearchParams};

use super::session::safe_return_to;
use crate::gate::Gate;
use crate::incoming::Incoming;
use crate::page::{Answer, Setting};

/// Where a browser is sent with its new cookie, to be sent on from there.
pub(super) fn address(place: &str) -> String {
    format!("/.usher/arrived?to={}", js_sys::encode_uri_component(place))
}

/// Sends the browser on; or tells the person why they would go round.
pub(super) fn answer(gate: &Gate<'_>) -> Result<Answer, JsValue> {
    let incoming = gate.incoming;
    let headers = incoming.credential_headers(gate.configuration);
    let place = place(incoming);
    match gate.offered(&headers) {
        Err(Rejected::Absent) => {
            let wanted = [incoming.uri().origin(), &place].concat();
            let setting = Setting::of(incoming, Some(gate.configuration)).leading_to(&wanted);
            Ok(Answer::message(&Reason::CookieNotKept.into(), &setting))
        }
        Err(rejected @ (Rejected::Ambiguous | Rejected::CrossSite | Rejected::Refused(_))) => {
            Err(gate.turn_away(&rejected, &headers))
        }
        Ok(_) => Ok(Answer::redirect(&place, &incoming.id)),
    }
}

/// Where the browser wants to go on from here.
fn place(incoming: &Incoming) -> String {
    let query = Url::new(incoming.uri().as_str()).map(|url| url.search());
    let query = query.and_then(|query| UrlSearchParams::new_with_str(&query));
    let to = query.ok().and_then(|query| query.get("to"));
    safe_return_to(to, incoming.uri().origin())
}
