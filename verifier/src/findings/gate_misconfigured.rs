//! The gate itself is not well: its configuration is wrong, or what it stands on.

use policy::contract::Problem;
use policy::reason::Reason;

use crate::deployment::exchange::{Answer, Exchange};
use crate::deployment::gate::Gate;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene, Unlooked};

/// Asks the gate, which lists its mistakes at `/.usher/ready`, whichever step did not pass: a sign-up fails as well when the gate's
/// registry does not take the new user.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    listed(&gate.gate_readiness().await, said_so(scene))
}

/// What the gate lists at `/.usher/ready`, and whether somebody was told of it.
pub(crate) fn listed(readiness: &Exchange, said: Option<Evidence>) -> Opinion {
    let mut opinion = Opinion::default();
    let problem = readiness.answer.as_ref().ok().and_then(Answer::problem);
    let mistakes = problem
        .map(|problem: Problem| problem.mistakes)
        .unwrap_or_default();
    let unlooked = match &readiness.answer {
        Err(reason) => Some(reason.to_string()),
        Ok(answer) if said.is_some() && mistakes.is_empty() => Some(format!(
            "it answered {} without a list of mistakes",
            answer.status
        )),
        Ok(_) => None,
    };
    opinion.unlooked.extend(unlooked.map(|why| Unlooked {
        at: format!("the gate's mistakes at {}", readiness.request.url),
        why,
    }));
    if said.is_none() && mistakes.is_empty() {
        return opinion;
    }
    let sentence = match (&said, mistakes.len()) {
        (Some(_), 0) => "the gate lets nobody in, because its configuration is wrong".to_owned(),
        (Some(_), 1) => {
            "the gate lets nobody in, because its configuration has a mistake".to_owned()
        }
        (Some(_), more) => {
            format!("the gate lets nobody in, because its configuration has {more} mistakes")
        }
        (None, _) => format!("the gate is not well: {}", mistakes.join("; ")),
    };
    let listed = mistakes
        .into_iter()
        .map(|mistake| Evidence::new(mistake, &readiness.request.url));
    opinion.causes.push(Cause {
        code: Code::GateMisconfigured,
        confidence: Confidence::Certain,
        sentence,
        evidence: said.into_iter().chain(listed).collect(),
        fix: Fix {
            sentence: "Correct what is listed (wrangler.toml, a missing secret, the registry's migrations), deploy the gate again, \
                       and ask it whether it is content:"
                .to_owned(),
            commands: vec![format!("curl -i {}", readiness.request.url)],
        },
    });
    opinion
}

/// That the step itself was told `misconfigured`.
fn said_so(scene: &Scene<'_>) -> Option<Evidence> {
    let last = scene.step?.last.as_ref()?;
    let answer = last.answer.as_ref().ok()?;
    let reason = answer.reason()?;
    (reason == Reason::Misconfigured.code()).then(|| {
        Evidence::new(
            format!("status {}, reason `{reason}`", answer.status),
            &last.request.url,
        )
    })
}
