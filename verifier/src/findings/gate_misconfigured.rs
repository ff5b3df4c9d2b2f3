//! The gate lets nobody in because its own configuration is wrong.

use policy::contract::Problem;
use policy::reason::Reason;

use crate::deployment::exchange::Answer;
use crate::findings::{Code, Evidence, Finding, Fix, Opinion, Scene, Unlooked};

/// Looks when the gate said `misconfigured`; the gate lists its mistakes at `/.usher/ready`.
pub(crate) async fn look(scene: &Scene<'_>) -> Opinion {
    let last = scene.step.and_then(|step| step.last.as_ref());
    let Some((said_at, answer)) =
        last.and_then(|last| Some((&last.request.url, last.answer.as_ref().ok()?)))
    else {
        return Opinion::default();
    };
    if answer.reason().as_deref() != Some(Reason::Misconfigured.code()) {
        return Opinion::default();
    }
    let mut opinion = Opinion::default();
    let mut evidence = vec![Evidence::new(
        format!("status {}, reason `misconfigured`", answer.status),
        said_at,
    )];
    let readiness = scene.deployment.gate_readiness().await;
    let problem = readiness.answer.as_ref().ok().and_then(Answer::problem);
    let mistakes = problem
        .map(|problem: Problem| problem.mistakes)
        .unwrap_or_default();
    if mistakes.is_empty() {
        let why = match &readiness.answer {
            Ok(answer) => format!("it answered {} without a list of mistakes", answer.status),
            Err(reason) => reason.to_string(),
        };
        opinion.unlooked.push(Unlooked {
            at: format!("the gate's mistakes at {}", readiness.request.url),
            why,
        });
    }
    let count = mistakes.len();
    evidence.extend(
        mistakes
            .into_iter()
            .map(|mistake| Evidence::new(mistake, &readiness.request.url)),
    );
    let sentence = match count {
        0 => "the gate lets nobody in, because its configuration is wrong".to_owned(),
        1 => "the gate lets nobody in, because its configuration has a mistake".to_owned(),
        more => format!("the gate lets nobody in, because its configuration has {more} mistakes"),
    };
    opinion.findings.push(Finding {
        code: Code::GateMisconfigured,
        sentence,
        evidence,
        fix: Fix {
            sentence: "Correct wrangler.toml or the missing secret, deploy the gate again, and ask it whether it is content:".to_owned(),
            commands: vec![format!("curl -i {}", readiness.request.url)],
        },
        explains: scene.stopped.step,
    });
    opinion
}
