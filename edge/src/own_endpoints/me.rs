//! `/.usher/me`: who am I, where do I stand, and why. The waiting page and the verifier ask it.

use policy::contract::{Me, MeInstance, MeVisitor};
use policy::decision::{Decision, Judgement, Place, decide};
use policy::language::Language;
use policy::sighting::Sighting;
use policy::status::{Availability, Status};
use policy::time::{Moment, millis};
use policy::words::Words;
use wasm_bindgen::JsValue;

use crate::gate::Gate;
use crate::page::Answer;

/// The answer, or that of the gate to somebody without a good credential.
pub(super) async fn answer(gate: &Gate<'_>) -> Result<Answer, JsValue> {
    let headers = gate.incoming.credential_headers(gate.configuration);
    let visitor = match gate.admit(&headers).await {
        Ok(admitted) => admitted.visitor,
        Err(rejected) => return Err(gate.turn_away(&rejected, &headers)),
    };
    let finding = gate.find(&visitor).await;
    gate.keep(&finding);
    let now = finding.found_at;
    let judgement = decide(
        &visitor,
        finding.found(),
        Place::App,
        &gate.configuration.rules,
        now,
    );
    let language = gate.incoming.language();
    let (admitted, reason, words, retry_after) = said(&judgement, language);
    let me = Me {
        visitor: MeVisitor {
            issuer: visitor.identity().issuer.as_str().to_owned(),
            subject: visitor.identity().subject.as_str().to_owned(),
            email: visitor.email().map(|email| email.as_str().to_owned()),
            valid_until: visitor.valid_until().unix_seconds(),
        },
        admitted,
        reason: reason.to_owned(),
        rule: judgement.rule.name().to_owned(),
        instance: finding
            .sighting()
            .and_then(|sighting| instance(sighting, now)),
        admits: Status::ALL
            .into_iter()
            .filter(|status| status.availability() == Availability::Open)
            .collect(),
        title: words.title.to_owned(),
        detail: words.detail.to_owned(),
        next: words.next.to_owned(),
        retry_after,
    };
    Ok(Answer::json(200, &me, &gate.incoming.id).language(language))
}

fn said(judgement: &Judgement<'_>, language: Language) -> (bool, &'static str, Words, Option<u32>) {
    let reason = match &judgement.decision {
        Decision::LetIn(_) | Decision::ToAdmin => {
            return (true, "admitted", language.admitted(), None);
        }
        Decision::LogIn { reason, .. } => *reason,
        Decision::Tell(message) => message.reason,
    };
    let words = reason.words(language);
    (false, reason.code(), words, reason.retry_after())
}

fn instance(sighting: &Sighting, now: Moment) -> Option<MeInstance> {
    sighting
        .standing
        .instance
        .as_ref()
        .map(|instance| MeInstance {
            id: instance.id.as_str().to_owned(),
            status: instance.status,
            since: instance.since.unix_seconds(),
            age_millis: millis(now.since(sighting.seen_at)),
        })
}
