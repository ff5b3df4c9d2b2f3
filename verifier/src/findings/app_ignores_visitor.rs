//! The app answers, and does not know who is there, although the gate tells it.

use crate::deployment::gate::{Gate, Standpoint};
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene};
use crate::outcome::Problem;
use crate::steps::fault::Fault;

/// Looks when the page of the app lacked what the configuration says it shows of its user.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    let (Problem::Failed(Fault::Lacks { text, .. }), Some(token)) =
        (&scene.stopped.problem, scene.token)
    else {
        return Opinion::default();
    };
    let (asked, standpoint) = gate.me(token).await;
    let Ok(Standpoint::Known(me)) = standpoint else {
        return Opinion::default();
    };
    // What the gate does not know itself it tells nobody; that is another cause.
    let told = [
        me.visitor.email.as_deref(),
        Some(me.visitor.subject.as_str()),
    ];
    if !told.contains(&Some(text.as_str())) {
        return Opinion::default();
    }
    let page = scene.step.and_then(|step| step.last.as_ref());
    Opinion {
        causes: vec![Cause {
            code: Code::AppIgnoresVisitor,
            // The app may show something else than usher.toml says it does.
            confidence: Confidence::Likely,
            sentence: format!(
                "the gate tells the app who is there, and the app does not show it: `{text}` is not in its page"
            ),
            evidence: vec![
                Evidence::new(
                    format!("the gate knows the visitor, and `{text}` of them"),
                    asked.request.url,
                ),
                Evidence::new(
                    format!("an answer of the app without `{text}`"),
                    page.map_or("", |page| page.request.url.as_str()),
                ),
            ],
            fix: Fix {
                sentence: "Let the app read who is there from the header Usher-Assertion, whose signature it checks with the keys at \
                           /.usher/jwks.json (docs/apps.md), and not from a log-in of its own; or correct `contains` in [instance]."
                    .to_owned(),
                commands: Vec::new(),
            },
        }],
        unlooked: Vec::new(),
    }
}
