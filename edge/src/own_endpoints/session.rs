//! `/.usher/session`: the log-in page hands over a token, the browser gets the cookie. `/.usher/logout`: it forgets it.

use std::rc::Rc;

use policy::credential::Carrier;
use policy::decision::{Decision, Place, Rejected, decide};
use policy::negotiation::prefers_html;
use policy::reason::Reason;
use wasm_bindgen::JsValue;
use web_sys::{Url, UrlSearchParams};

use super::another_account;
use crate::gate::Gate;
use crate::incoming::CredentialHeaders;
use crate::page::Answer;
use crate::{clock, cookie, events};

/// A form with a token and an address.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// Takes `token` and `return_to` as a form from the log-in page. Only that page and the gate's own may send it: else somebody
/// could log a visitor in as somebody else (login CSRF).
pub(super) async fn start(gate: &Gate<'_>) -> Result<Answer, JsValue> {
    let incoming = gate.incoming;
    let origin = incoming.header("origin");
    if !may_hand_over(gate, origin.as_deref()) {
        return Err(gate.turn_away(
            &Rejected::CrossSite,
            &incoming.credential_headers(gate.configuration),
        ));
    }
    let form = match incoming
        .text(MAX_FORM_BYTES)
        .await
        .and_then(|body| UrlSearchParams::new_with_str(&body))
    {
        Ok(form) => form,
        Err(problem) => return Ok(bad_request(gate, crate::fetching::text(&problem))),
    };
    let Some(token) = form.get("token") else {
        return Ok(bad_request(
            gate,
            "the form has no field `token`".to_owned(),
        ));
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
        return Err(gate.carry_out(&judgement, &headers, Carrier::Bearer, None));
    }
    gate.note_log_in(Rc::clone(&visitor), true);
    let lifetime = visitor.valid_until().since(clock::now());
    let place = safe_return_to(form.get("return_to"), incoming.origin());
    Ok(Answer::redirect(&place, &incoming.id).header(
        "set-cookie",
        cookie::set(gate.configuration, &token, lifetime),
    ))
}

/// Whether a page of this origin may log people in. What is refused here is mostly a log-in page that was moved, or that hides its
/// origin (`Referrer-Policy: no-referrer` makes it `null`), so the operator is told.
fn may_hand_over(gate: &Gate<'_>, origin: Option<&str>) -> bool {
    let configuration = gate.configuration;
    let login = origin_of(&configuration.login_url);
    let known = [gate.incoming.origin()]
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

/// Ends all of the visitor's sessions, and makes the browser forget the cookie.
pub(super) async fn end(gate: &Gate<'_>) -> Answer {
    let incoming = gate.incoming;
    if incoming.is_from_another_site() {
        return Answer::problem(Reason::CrossSiteRequest, &incoming.id, Vec::new());
    }
    let headers = incoming.credential_headers(gate.configuration);
    // Whoever is not logged in has nothing to end; their cookie goes all the same.
    if let Ok(admitted) = gate.admit(&headers).await {
        gate.log_out(&admitted.visitor).await;
    }
    // A person who pressed a button must see that something happened; a program needs no page.
    let person = prefers_html(&incoming.header("accept").unwrap_or_default());
    let answer = if !person {
        Answer::no_content(&incoming.id)
    } else if let Some(return_to) = another_account::asked_for(gate).await {
        another_account::onward(gate, &return_to)
    } else {
        Answer::redirect("/", &incoming.id)
    };
    answer.header("set-cookie", cookie::cleared(gate.configuration))
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
