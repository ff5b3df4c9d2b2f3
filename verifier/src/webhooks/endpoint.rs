//! Whether somebody is there to take a sign-up. Nothing is sent that could be taken for one.

use policy::contract::RESPONSE_HEADER;
use reqwest::Method;

use crate::deployment::exchange::{Answer, Exchange};
use crate::deployment::sent::Sent;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};
use crate::webhooks::{Scene, shown};

/// Asks by the methods that change nothing (RFC 9110 section 9.2.1). One answer that speaks of something there is enough: many handlers
/// know POST and nothing else.
pub(super) async fn look(scene: &Scene<'_>) -> Opinion {
    let mut evidence = Vec::new();
    let mut death = Death::NothingThere;
    for method in [Method::OPTIONS, Method::HEAD, Method::GET] {
        let sent = Sent::new(method.clone(), scene.endpoint.to_string());
        let exchange = scene.http.send(sent).await;
        match sign_of(&exchange) {
            Sign::Life => return Opinion::default(),
            Sign::None(said) => {
                let at = shown(scene.endpoint.as_str());
                evidence.push(Evidence::new(format!("{method}: {said}"), at));
            }
            Sign::Certain(dead, said) => {
                let at = shown(scene.endpoint.as_str());
                evidence = vec![Evidence::new(format!("{method}: {said}"), at)];
                death = dead;
                break;
            }
        }
    }
    Opinion {
        causes: vec![cause(scene, death, evidence)],
        unlooked: Vec::new(),
    }
}

/// What an answer says of whoever should be there.
enum Sign {
    /// Nobody is there, whatever else is asked.
    Certain(Death, String),
    Life,
    /// Not by this method.
    None(String),
}

/// How it is dead.
#[derive(Clone, Copy)]
enum Death {
    /// The gate answers in its place, and wants a visitor's token.
    BehindTheGate,
    NoAnswer,
    NothingThere,
}

fn sign_of(exchange: &Exchange) -> Sign {
    let answer = match &exchange.answer {
        Ok(answer) => answer,
        Err(reason) => return Sign::Certain(Death::NoAnswer, reason.to_string()),
    };
    if answer.is_the_gates_own() {
        return Sign::Certain(Death::BehindTheGate, said(answer));
    }
    match answer.status {
        // Not implemented is said of the method.
        501 => Sign::Life,
        404 | 410 | 500.. => Sign::None(said(answer)),
        _ => Sign::Life,
    }
}

fn said(answer: &Answer) -> String {
    match answer.header(RESPONSE_HEADER) {
        Some(_) => format!("the gate answered {} itself", answer.status),
        None => format!("it answered {}", answer.status),
    }
}

fn cause(scene: &Scene<'_>, death: Death, evidence: Vec<Evidence>) -> Cause {
    let at = shown(scene.endpoint.as_str());
    let (confidence, sentence, fix) = match death {
        Death::BehindTheGate => (
            Confidence::Certain,
            format!(
                "{at} is behind the gate, which turns away whoever sends sign-ups: they have no visitor's token"
            ),
            "Give the handler an address of its own that the gate's route does not cover, aim the webhook and `endpoint` in [[webhooks]] at \
             it, and let the handler check what the sender authenticates itself with.",
        ),
        Death::NoAnswer => (
            Confidence::Certain,
            format!("nobody answers at {at}, so a sign-up gets lost there"),
            "Bring the handler into service at this address, with a certificate that the sender trusts; or correct `endpoint` in \
             [[webhooks]], and where the webhook sends to.",
        ),
        Death::NothingThere => (
            Confidence::Likely,
            format!("there seems to be no handler at {at}"),
            "Deploy the handler at this path, or correct `endpoint` in [[webhooks]], and where the webhook sends to. A handler that knows \
             POST only and says 404 to everything else is no mistake: let it answer OPTIONS.",
        ),
    };
    let asking = Sent::new(Method::OPTIONS, scene.endpoint.to_string());
    Cause {
        code: Code::WebhookEndpointDead,
        confidence,
        sentence,
        evidence,
        fix: Fix {
            sentence: fix.to_owned(),
            commands: vec![asking.curl(scene.http.secrets)],
        },
    }
}
