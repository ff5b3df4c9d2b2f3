//! One structured line a request, and alarms for operators. Never a token, an e-mail address or a subject: a visitor's lines
//! are found by a name made from the storage key.

use policy::admission::Visitor;
use policy::decision::{Decision, Judgement};
use policy::reason::{Actor, Reason};
use policy::refusal::Refusal;
use policy::time::{Moment, millis};
use serde::Serialize;
use wasm_bindgen::JsValue;

use crate::incoming::Incoming;
use crate::sightings::Source;

/// What is known about the visitor when the line is written.
#[derive(Clone, Copy, Default)]
pub(crate) struct Case<'a> {
    pub(crate) visitor: Option<&'a Visitor>,
    pub(crate) refusal: Option<&'a Refusal>,
    pub(crate) source: Option<Source>,
    pub(crate) seen_at: Option<Moment>,
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    request_id: &'a str,
    at: u64,
    method: &'a str,
    path: &'a str,
    decision: &'static str,
    rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_millis: Option<u64>,
}

/// Longest path in a line; the platform cuts a request's logs at 128 KB, and a long path is an attack.
const MAX_PATH_BYTES: usize = 256;

/// Writes the line of a decision. A line about which an operator must do something is an error line.
pub(crate) fn record(incoming: &Incoming, judgement: &Judgement<'_>, case: Case<'_>, now: Moment) {
    let (decision, reason) = match &judgement.decision {
        Decision::LetIn(_) => ("let_in", None),
        Decision::LogIn { reason, .. } => ("log_in", Some(*reason)),
        Decision::Tell(message) => ("tell", Some(message.reason)),
        Decision::ToAdmin => ("to_admin", None),
    };
    let path = incoming.uri().path();
    let line = Line {
        event: "decision",
        request_id: &incoming.id,
        at: now.unix_millis(),
        method: incoming.method(),
        path: path.get(..MAX_PATH_BYTES).unwrap_or(path),
        decision,
        rule: judgement.rule.name(),
        reason: reason.map(Reason::code),
        refusal: case.refusal.map(ToString::to_string),
        visitor: case.visitor.map(|visitor| visitor.storage_key().log_name()),
        issuer: case
            .visitor
            .map(|visitor| visitor.identity().issuer.as_str()),
        provider: case.visitor.map(|visitor| visitor.provider().word()),
        source: case.source.map(Source::name),
        age_millis: case.seen_at.map(|seen_at| millis(now.since(seen_at))),
    };
    let alarming = reason.is_some_and(|reason| match reason.actor() {
        Actor::Operator => true,
        Actor::Caller | Actor::Instance | Actor::Nobody | Actor::Visitor => false,
    });
    write(&line, alarming);
}

/// Writes the line of an answer of one of our own endpoints.
pub(crate) fn own_endpoint(incoming: &Incoming, endpoint: &str, status: u16) {
    let endpoint = endpoint.get(..MAX_PATH_BYTES).unwrap_or(endpoint);
    let line = serde_json::json!({
        "event": "own_endpoint",
        "request_id": incoming.id,
        "at": crate::clock::now().unix_millis(),
        "method": incoming.method(),
        "endpoint": endpoint,
        "status": status,
    });
    write(&line, false);
}

/// Tells the operator that something outside a decision went wrong.
pub(crate) fn alarm(event: &str, problem: &str) {
    write(
        &serde_json::json!({ "event": event, "problem": problem }),
        true,
    );
}

fn write(line: &impl Serialize, alarming: bool) {
    let Ok(text) = serde_json::to_string(line) else {
        return;
    };
    let text = JsValue::from_str(&text);
    if alarming {
        web_sys::console::error_1(&text);
    } else {
        web_sys::console::log_1(&text);
    }
}
