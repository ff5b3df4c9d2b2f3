//! The gate let somebody log in and did not write it down (incident I4: the table of events was renamed, and for weeks the log said
//! only "failed to log").

use crate::deployment::gate::Gate;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene, Unlooked};
use crate::outcome::Problem;
use crate::steps::fault::Fault;

/// Looks when the event of the run's own log-in never came; the gate says at `/.usher/ready` what it could not write.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    let Problem::Failed(Fault::LogInNotWritten { waited, request_id }) = &scene.stopped.problem
    else {
        return Opinion::default();
    };
    let mut opinion = Opinion::default();
    let asked = scene.step.and_then(|step| step.last.as_ref());
    let mut evidence = vec![Evidence::new(
        format!("no event of the request `{request_id}`"),
        asked.map_or("", |last| last.request.url.as_str()),
    )];
    let at = gate.readiness_url().to_string();
    match gate.readiness().await {
        Some(ready) => {
            let because = ready.last_lost_because.unwrap_or_default();
            evidence.push(match ready.lost_events {
                // Other isolates of the gate count for themselves, and a write that the database swallows is counted by nobody.
                0 => Evidence::new("the gate that answers counts no lost event", at),
                lost => Evidence::new(
                    format!("lost events: {lost}; of the last one the database said: {because}"),
                    at,
                ),
            });
        }
        None => opinion.unlooked.push(Unlooked {
            at,
            why: "it did not answer that the gate is ready".to_owned(),
        }),
    }
    opinion.causes.push(Cause {
        code: Code::EventsLost,
        confidence: Confidence::Certain,
        sentence: format!(
            "log-ins are let in and not written down: {} s after it, the run's own log-in is not among the gate's events",
            waited.as_secs()
        ),
        evidence,
        fix: Fix {
            sentence: "Each lost event is a line `event_lost` in the gate's log, with what the database said. If it names a table, a \
                       column or a constraint, somebody changed the registry by hand: take that back, and apply its migrations."
                .to_owned(),
            commands: vec![
                "npx wrangler tail --search event_lost".to_owned(),
                "npx wrangler d1 migrations apply USHER_DB --remote".to_owned(),
            ],
        },
    });
    opinion
}
