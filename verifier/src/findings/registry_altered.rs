//! Somebody added something to the gate's registry by hand, and it changes what the gate writes (incident I4).

use crate::deployment::gate::Gate;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Scene};
use crate::outcome::Problem;

/// Looks whenever a step failed: a trigger can be behind anything that the registry should have kept.
pub(crate) async fn look(scene: &Scene<'_>, gate: &Gate<'_>) -> Opinion {
    if !matches!(scene.stopped.problem, Problem::Failed(_)) {
        return Opinion::default();
    }
    // A gate that is not ready has said why already.
    let Some(ready) = gate.readiness().await else {
        return Opinion::default();
    };
    let triggers = ready.foreign_triggers;
    if triggers.is_empty() {
        return Opinion::default();
    }
    let names: Vec<_> = triggers.iter().map(|name| format!("`{name}`")).collect();
    let (noun, verb, them) = match names.len() {
        1 => ("trigger", "changes", "it"),
        _ => ("triggers", "change", "them"),
    };
    let names = names.join(", ");
    Opinion {
        causes: vec![Cause {
            code: Code::RegistryAltered,
            // It may only copy rows elsewhere.
            confidence: Confidence::Likely,
            sentence: format!(
                "the gate's registry has the {noun} {names}, which no migration of the gate made and which {verb} what it writes"
            ),
            evidence: vec![Evidence::new(
                format!("the {noun} {names}"),
                gate.readiness_url(),
            )],
            fix: Fix {
                sentence: format!(
                    "Find out who made {them} and what for, and drop {them}; what was written meanwhile may be wrong or missing."
                ),
                commands: triggers.iter().map(|name| dropping(name)).collect(),
            },
        }],
        unlooked: Vec::new(),
    }
}

fn dropping(trigger: &str) -> String {
    let name = trigger.replace('"', "\"\"").replace('\'', "'\\''");
    format!("npx wrangler d1 execute USHER_DB --remote --command 'DROP TRIGGER \"{name}\"'")
}
