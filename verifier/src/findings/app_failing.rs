//! The gate lets the visitor in, and the app behind it is not well: whoever is woken looks at the right one of the two.

use policy::contract::InstanceRecord;
use policy::reason::Reason;
use reqwest::Url;

use crate::deployment::gate::{Gate, Standpoint};
use crate::findings::code::Code;
use crate::findings::own_address::{self, AtOwnAddress};
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene, Unlooked};
use crate::outcome::Problem;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;

/// Looks when a visit ended at an error of the app, or at a gate that could not get an answer from it.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    let Some(symptom) = Symptom::of(scene, gate) else {
        return Opinion::default();
    };
    let mut opinion = Opinion::default();
    let mut noted = |looked: Result<AtOwnAddress, Unlooked>| {
        looked
            .map_err(|unlooked| opinion.unlooked.push(unlooked))
            .ok()
    };
    let record = record(scene, gate).await;
    let (page, health) = match &record {
        Ok(record) => (
            noted(own_address::page(scene, Some(record)).await),
            noted(own_address::health(scene, Some(record)).await),
        ),
        Err(_) => (None, None),
    };
    let seen = scene.step.and_then(|step| step.last.as_ref());
    let through = Evidence::new(
        symptom.seen(),
        seen.map_or("", |last| last.request.url.as_str()),
    );
    let around = page.iter().chain(&health).map(AtOwnAddress::evidence);
    let cause = Cause {
        code: Code::AppFailing,
        confidence: Confidence::Certain,
        sentence: symptom.sentence(page.as_ref(), health.as_ref()),
        evidence: std::iter::once(through).chain(around).collect(),
        fix: symptom.fix(page.as_ref()),
    };
    opinion.unlooked.extend(record.err());
    opinion.causes.push(cause);
    opinion
}

/// What the step saw through the gate.
#[derive(Clone, Copy)]
enum Symptom {
    /// An error of the app's own.
    Answers(u16),
    /// The gate's own word that no answer came.
    Silent,
}

impl Symptom {
    fn of(scene: &Scene<'_>, gate: &Gate<'_>) -> Option<Self> {
        // Before the log-in nobody is let in anywhere, although the identity service may be at the same address.
        scene.token?;
        let Problem::Failed(fault) = &scene.stopped.problem else {
            return None;
        };
        let last = scene.step?.last.as_ref()?;
        let answer = last.answer.as_ref().ok()?;
        let through_the_gate = Url::parse(&last.request.url)
            .is_ok_and(|url| url.origin() == gate.front.address.origin());
        let is_the_apps = through_the_gate && !answer.is_the_gates_own();
        if let Fault::Discrepancy(Discrepancy::Status { found, .. }) = fault
            && is_the_apps
            && *found >= 500
        {
            return Some(Self::Answers(*found));
        }
        let silent = [Reason::InstanceUnreachable, Reason::InstanceTimedOut];
        let is_silent = |reason: &String| silent.iter().any(|silent| silent.code() == reason);
        if let Fault::GateAnswered { reason, .. } = fault
            && reason.as_ref().is_some_and(is_silent)
        {
            return Some(Self::Silent);
        }
        None
    }

    fn sentence(self, page: Option<&AtOwnAddress>, health: Option<&AtOwnAddress>) -> String {
        let well = match health.map(|health| (&health.path, &health.said)) {
            Some((path, Ok(code @ 200..=299))) => {
                format!(", although its health check {path} answers {code}")
            }
            Some((_, Ok(_) | Err(_))) | None => String::new(),
        };
        match (self, page.map(|page| &page.said)) {
            (Self::Answers(code), _) => {
                format!("the gate lets the user in, and the app itself answers {code}{well}")
            }
            (Self::Silent, Some(Ok(code))) => format!(
                "the gate lets the user in and gets no answer from the app, which answers {code} when it is asked from here: something \
                 stands between the two"
            ),
            (Self::Silent, Some(Err(_))) => {
                "the gate lets the user in, and nothing answers at the app's own address: the app is not running, or its address in the \
                 registry is wrong"
                    .to_owned()
            }
            (Self::Silent, None) => {
                "the gate lets the user in, and gets no answer from the app".to_owned()
            }
        }
    }

    fn seen(self) -> String {
        match self {
            Self::Answers(code) => format!("the app answered {code}, carried by the gate"),
            Self::Silent => "the gate says that the app does not answer".to_owned(),
        }
    }

    fn fix(self, page: Option<&AtOwnAddress>) -> Fix {
        let sentence = match self {
            Self::Answers(_) => {
                "The gate is in order. Look at the log of the app for this request, and let its health check fail when its pages do. The \
                 app asked without the gate:"
            }
            Self::Silent => {
                "Look whether the app runs, and whether its address in the registry is where it listens. The app asked without the gate:"
            }
        };
        Fix {
            sentence: sentence.to_owned(),
            commands: page
                .map(|page| format!("curl -i {}", page.url))
                .into_iter()
                .collect(),
        }
    }
}

/// The record of the instance that the visitor was let into.
async fn record(scene: &Scene<'_>, gate: &Gate<'_>) -> Result<InstanceRecord, Unlooked> {
    let unlooked = |why: &str| Unlooked {
        at: "the app at its own address".to_owned(),
        why: why.to_owned(),
    };
    let token = scene
        .token
        .ok_or_else(|| unlooked("there is no token to ask the gate with"))?;
    let (_, standpoint) = gate.me(token).await;
    let Ok(Standpoint::Known(me)) = standpoint else {
        return Err(unlooked("the gate does not say whose app it is"));
    };
    let instance = me
        .instance
        .ok_or_else(|| unlooked("the gate knows of no instance of the user"))?;
    own_address::record(gate, &instance).await
}
