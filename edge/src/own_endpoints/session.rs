//! `/.usher/session`: the log-in page hands over a token, the browser gets the cookie.

use std::rc::Rc;

use policy::credential::Carrier;
use policy::decision::{Decision, Place, Rejected, decide};
use policy::reason::Reason;
use policy::strict_json::typed;
use serde::Deserialize;
use wasm_bindgen::JsValue;
use web_sys::{Url, UrlSearchParams};

use super::arrival;
use crate::gate::Gate;
use crate::incoming::CredentialHeaders;
use crate::outcome::Beside;
use crate::page::Answer;
use crate::{clock, cookie, cors, events};

/// A form with a token and an address.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// Takes `token` and `return_to` from the log-in page, as a form or as JSON. A form is answered with the way to `return_to`, JSON with its
/// address. Only that page and the gate's own may send it: else somebody could log a visitor in as somebody else (login CSRF).
pub(super) async fn start(gate: &Gate<'_>) -> Result<Answer, JsValue> {
    let incoming = gate.incoming;
    let origin = incoming.header("origin");
    if !may_hand_over(gate, origin.as_deref()) {
        return Err(gate.turn_away(
            &Rejected::CrossSite,
            &incoming.credential_headers(gate.configuration),
        ));
    }
    let HandedOver { token, return_to } = match handed_over(gate).await {
        Ok(handed_over) => handed_over,
        Err(mistake) => return Ok(bad_request(gate, mistake)),
    };
    if gate.configuration.cookie.len() + 1 + token.len() > cookie::MAX_COOKIE_BYTES {
        return Ok(bad_request(
            gate,
            format!(
                "the token has {} bytes, and browsers keep no cookie of that size",
                token.len()
            ),
        ));
    }
    let headers = CredentialHeaders {
        authorization: Some(format!("Bearer {token}")),
        ..CredentialHeaders::default()
    };
    let place = safe_return_to(return_to, incoming.uri().origin());
    let wanted = [incoming.uri().origin(), &place].concat();
    let gate = &Gate {
        wanted: Some(&wanted),
        door: gate.door.clone(),
        ..*gate
    };
    let visitor = match gate.admit(&headers).await {
        Ok(admitted) => admitted.visitor,
        Err(rejected) => {
            if let Rejected::Refused(refusal) = &rejected {
                gate.note_failed_log_in(refusal.clone());
            }
            return Err(gate.turn_away(&rejected, &headers));
        }
    };
    let finding = gate.find(&visitor).await;
    gate.keep(&finding);
    let judgement = decide(
        &visitor,
        finding.found(),
        Place::App,
        &gate.configuration.rules,
        finding.found_at,
    );
    // A log-in that is over already would only be shown the log-in page again by the next request.
    if let Decision::LogIn { .. } = &judgement.decision {
        return Err(gate.carry_out(&judgement, &headers, Carrier::Bearer, &Beside::default()));
    }
    gate.note_log_in(Rc::clone(&visitor), true);
    let lifetime = visitor.valid_until().since(clock::now());
    let answer = if is_json(gate) {
        let said = serde_json::json!({ "return_to": place });
        let answer = Answer::json(200, &said, &incoming.id);
        with_cookie_for(&origin.unwrap_or_default(), answer)
    } else {
        Answer::redirect(&arrival::address(&place), &incoming.id)
    };
    let set = cookie::set(gate.configuration, &token, lifetime);
    Ok(answer
        .header("set-cookie", set)
        .header("set-cookie", cookie::trips_cleared(gate.configuration)))
}

/// A script of the log-in page asks whether it may hand over a token as JSON (Fetch standard, "CORS-preflight fetch").
pub(super) fn preflight(gate: &Gate<'_>) -> Option<Answer> {
    let incoming = gate.incoming;
    let origin = incoming.header("origin")?;
    let method = incoming.header("access-control-request-method")?;
    (incoming.method() == "OPTIONS" && may_hand_over(gate, Some(&origin))).then(|| {
        let headers = Some("Content-Type".to_owned());
        with_cookie_for(&origin, cors::permission(gate, &origin, method, headers))
    })
}

/// Only with this a browser keeps the cookie of an answer to a script.
fn with_cookie_for(origin: &str, answer: Answer) -> Answer {
    let is_given = answer.has("access-control-allow-origin");
    let answer = answer.header("access-control-allow-credentials", "true".to_owned());
    if is_given {
        answer
    } else {
        answer.header("access-control-allow-origin", origin.to_owned())
    }
}

/// What the log-in page hands over.
#[derive(Deserialize)]
struct HandedOver {
    token: String,
    return_to: Option<String>,
}

/// Reads a form, or the same two members of a JSON object.
async fn handed_over(gate: &Gate<'_>) -> Result<HandedOver, String> {
    let body = gate.incoming.text(MAX_FORM_BYTES).await;
    let body = body.map_err(|problem| crate::fetching::text(&problem))?;
    if is_json(gate) {
        return typed::read(body.as_bytes()).map_err(|problem| format!("the body: {problem}"));
    }
    let form = UrlSearchParams::new_with_str(&body);
    let form = form.map_err(|problem| crate::fetching::text(&problem))?;
    Ok(HandedOver {
        token: form.get("token").ok_or("the form has no field `token`")?,
        return_to: form.get("return_to"),
    })
}

fn is_json(gate: &Gate<'_>) -> bool {
    let kind = gate.incoming.header("content-type").unwrap_or_default();
    kind.split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// Whether a page of this origin may log people in. What is refused here is mostly a log-in page that was moved, or that hides its
/// origin (`Referrer-Policy: no-referrer` makes it `null`), so the operator is told.
fn may_hand_over(gate: &Gate<'_>, origin: Option<&str>) -> bool {
    let configuration = gate.configuration;
    let login = origin_of(&configuration.login_url);
    let known = [gate.incoming.uri().origin()]
        .into_iter()
        .chain(login.as_deref())
        .chain(configuration.login_origins.iter().map(String::as_str));
    let known: Vec<&str> = known.collect();
    let allowed = origin.is_some_and(|origin| known.contains(&origin));
    if !allowed {
        events::alarm(
            "log_in_refused",
            &format!(
                "{}: a page of origin {:?} handed over a token, and only {} may; add it to USHER_LOGIN_ORIGINS if it is yours",
                gate.incoming.id,
                origin.unwrap_or("none"),
                known.join(", ")
            ),
        );
    }
    allowed
}

/// Where to go after logging in: a place of this origin as the WHATWG parser of the platform reads it, which is how a browser
/// will read it; anything else is the front door.
pub(crate) fn safe_return_to(return_to: Option<String>, origin: &str) -> String {
    let parsed = return_to.and_then(|address| Url::new_with_base(&address, origin).ok());
    let own = parsed.filter(|url| {
        // A pathname that begins with two slashes would, alone, be read as another host.
        url.origin() == origin
            && url.username().is_empty()
            && url.password().is_empty()
            && !url.pathname().starts_with("//")
    });
    own.map_or_else(
        || "/".to_owned(),
        |url| [url.pathname(), url.search(), url.hash()].concat(),
    )
}

fn origin_of(address: &str) -> Option<String> {
    Url::new(address).ok().map(|url| url.origin())
}

fn bad_request(gate: &Gate<'_>, mistake: String) -> Answer {
    Answer::mistaken(
        Reason::BadRequest,
        vec![mistake],
        gate.incoming,
        gate.configuration,
    )
}
