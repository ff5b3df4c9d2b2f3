//! The others who are locked out: how they are found, and how they are let in. Whoever is still being set up is none of them, so each
//! way begins with those who have waited for longer than they should.

use policy::status::Status;

use crate::configuration::Configuration;
use crate::configuration::config_option;
use crate::deployment::gate::Gate;
use crate::findings::{Fix, Scene};
use crate::way_in::way_in;

/// What the gate's own records are good for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// Somebody who knows an id finds an instance by it.
    ById,
    /// Instances are listed by their status.
    Listed,
    /// Nobody could ask, or the status is kept elsewhere.
    Nowhere,
}

/// What to do where an app is well, or nobody could ask it, and its status stays this one.
pub(super) fn fix(scene: &Scene<'_>, gate: &Gate<'_>, status: Status, known: Known) -> Fix {
    let configuration = scene.deployment.configuration;
    let budget = configuration.ready_within.as_secs();
    let list = format!(
        "usher instance list --status {status} --older-than {budget}s {}",
        config_option(&configuration.path)
    );
    let (how, commands) = match known {
        Known::Listed => (
            format!(
                "List who else has been `{status}` for longer than the {budget} s of the budget, and write the status for each of them \
                 whose app is well"
            ),
            std::iter::once(list).chain(by_usher(configuration, status)).collect(),
        ),
        Known::ById => (
            format!(
                "KV lists nobody: find in your own records who else has been `{status}` for longer than the {budget} s of the budget, and \
                 write the status for each of them whose app is well"
            ),
            by_usher(configuration, status).collect(),
        ),
        Known::Nowhere if configuration.has_contract => (
            "The command asks the app of every row of your table that has waited for too long, and takes those that are well to `ready` \
             step by step, if you say yes"
                .to_owned(),
            vec![format!(
                "usher check contract --fix {}",
                config_option(&configuration.path)
            )],
        ),
        Known::Nowhere => (
            format!(
                "List who else is locked out, the longest first: leave out whoever has been `{status}` for less than the {budget} s of the \
                 budget. Write the status for each of the others whose app is well"
            ),
            by_curl(gate, status),
        ),
    };
    Fix {
        sentence: format!(
            "The user of this run is removed at its end. {how}. Then find out why the provisioner never wrote it:"
        ),
        commands,
    }
}

/// One command for every legal step from here to the first status that admits: none may be skipped.
fn by_usher(configuration: &Configuration, status: Status) -> impl Iterator<Item = String> {
    let config = config_option(&configuration.path);
    let steps = way_in(status).into_iter();
    steps.map(move |status| format!("usher instance set ID {status} {config}"))
}

/// The same where nobody has said which secret `usher` would need.
fn by_curl(gate: &Gate<'_>, status: Status) -> Vec<String> {
    let list = gate.instances_url(status);
    let url = gate.instance_url("ID");
    let admin = gate.front.admin.as_ref();
    let usual = || "$USHER_ADMIN_SECRET".to_owned();
    let secret = admin.map_or_else(usual, |admin| admin.origin.in_a_shell());
    let step = |status: Status| {
        format!(
            "curl --fail -X PUT -H \"Authorization: Bearer {secret}\" -H 'Content-Type: application/json' \
             -d '{{\"status\":\"{status}\"}}' {url}/status"
        )
    };
    let look = format!("curl --fail -H \"Authorization: Bearer {secret}\" '{list}'");
    std::iter::once(look)
        .chain(way_in(status).into_iter().map(step))
        .collect()
}
