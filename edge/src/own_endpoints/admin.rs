//! The operators' API, `/.usher/admin/v1/`: instances and their statuses, users, orgs, invitations, sessions, events. `openapi.json`
//! says all of it. Every change is written down with who made it and why.

mod call;
mod explanation;
mod given;
mod instances;
mod kv_standings;
mod operator;
mod people;
mod query;
mod sightings;
mod standings;
mod traces;

use policy::reason::Reason;
use policy::status::Status;

use super::method_not_allowed;
use crate::authority::registry::{ChangeRefused, Registry};
use crate::configuration::{AuthoritySetting, Bindings};
use crate::events;
use crate::gate::Gate;
use crate::page::Answer;
use call::Call;
use given::Mistake;

/// What the API is, for programs; the tests hold the API to it.
const OPENAPI: &str = include_str!("../../openapi.json");

pub(super) async fn answer(gate: &Gate<'_>, path: &str) -> Answer {
    if path == "sightings" {
        // The one call that a control plane may make as well, by its signature.
        return told(gate, sightings::answer(gate).await);
    }
    let operator = match operator::identify(gate).await {
        Ok(operator) => operator,
        Err(answer) => return answer,
    };
    match &gate.configuration.authority {
        AuthoritySetting::ControlPlane(_) => {
            return told(gate, Err(Mistake::Elsewhere(AT_THE_CONTROL_PLANE)));
        }
        AuthoritySetting::Kv => return told(gate, kv_standings::answer(gate, path).await),
        AuthoritySetting::Registry => {}
    }
    let registry = match Bindings(gate.env).registry() {
        Ok(database) => Registry {
            database,
            hosts: &gate.configuration.instance_hosts,
        },
        Err(problem) => return refused(gate, ChangeRefused::Failed(problem)),
    };
    let call = Call {
        gate,
        registry,
        operator,
    };
    let method = gate.incoming.method();
    let segments: Vec<&str> = path.split('/').collect();
    let result = match route(&call, &segments, method).await {
        Some(result) => result,
        None => match methods(&segments) {
            Some(methods) => Ok(method_not_allowed(methods, gate.incoming)),
            None => Err(Mistake::Refused(ChangeRefused::NotFound)),
        },
    };
    told(gate, result)
}

/// `/.usher/explain`: beside this API, and for the same people; whatever the authority is.
pub(super) async fn explain(gate: &Gate<'_>) -> Answer {
    match operator::identify(gate).await {
        Ok(_) => told(gate, explanation::answer(gate).await),
        Err(answer) => answer,
    }
}

/// The answer, or what is wrong with the call.
fn told(gate: &Gate<'_>, result: Result<Answer, Mistake>) -> Answer {
    result.unwrap_or_else(|mistake| match mistake {
        Mistake::Elsewhere(sentence) => {
            let mistakes = vec![sentence.to_owned()];
            Answer::problem(Reason::NotFound, &gate.incoming.id, mistakes)
        }
        Mistake::Request(sentence) => {
            Answer::problem(Reason::BadRequest, &gate.incoming.id, vec![sentence])
        }
        Mistake::Refused(refusal) => refused(gate, refusal),
    })
}

const AT_THE_CONTROL_PLANE: &str = "standings and statuses are kept by the control plane (USHER_AUTHORITY): change them there, and push what has changed with `PUT /.usher/admin/v1/sightings`";

async fn route(
    call: &Call<'_>,
    segments: &[&str],
    method: &str,
) -> Option<Result<Answer, Mistake>> {
    Some(match (segments, method) {
        (["openapi.json"], "GET") => Ok(call.text(OPENAPI.to_owned())),
        (["standings"], "GET") => call.standing().await,
        (["standings"], "PUT") => call.put_standing().await,
        (["standings"], "DELETE") => call.remove_standing().await,
        (["instances"], "GET") => call.instances().await,
        (["instances", id], "GET") => call.instance(id).await,
        (["instances", id], "PATCH") => call.change_instance(id).await,
        (["instances", id], "DELETE") => call.remove_instance(id).await,
        (["instances", id, "status"], "PUT") => call.change_status(id).await,
        (["instances", id, "history"], "GET") => call.history(id).await,
        (["users"], "GET") => call.users().await,
        (["users", id], "GET") => call.user(id).await,
        (["users", id], "PATCH") => call.change_user(id).await,
        (["users", id], "DELETE") => call.remove_user(id).await,
        (["users", id, "sessions"], "DELETE") => call.end_sessions(id).await,
        (["orgs"], "GET") => call.orgs().await,
        (["orgs", id], "GET") => call.org(id).await,
        (["orgs", id], "PUT") => call.put_org(id).await,
        (["orgs", id], "DELETE") => call.remove_org(id).await,
        (["orgs", id, "members"], "GET") => call.members(id).await,
        (["orgs", id, "members", user], "PUT") => call.put_member(id, user).await,
        (["orgs", id, "members", user], "DELETE") => call.remove_member(id, user).await,
        (["invitations"], "GET") => call.invitations().await,
        (["invitations"], "POST") => call.invite().await,
        (["invitations", id], "DELETE") => call.revoke(id).await,
        (["sessions"], "GET") => call.sessions().await,
        (["sessions", id], "DELETE") => call.end_session(id).await,
        (["events"], "GET") => call.events().await,
        (_, _) => return None,
    })
}

/// The methods that a place takes, as in the header `Allow`.
fn methods(segments: &[&str]) -> Option<&'static str> {
    match segments {
        ["standings"] | ["orgs", _] => Some("GET, PUT, DELETE"),
        ["openapi.json" | "instances" | "users" | "orgs" | "sessions" | "events"]
        | ["instances", _, "history"]
        | ["orgs", _, "members"] => Some("GET"),
        ["instances" | "users", _] => Some("GET, PATCH, DELETE"),
        ["instances", _, "status"] => Some("PUT"),
        ["users", _, "sessions"] | ["invitations" | "sessions", _] => Some("DELETE"),
        ["orgs", _, "members", _] => Some("PUT, DELETE"),
        ["invitations"] => Some("GET, POST"),
        _ => None,
    }
}

fn refused(gate: &Gate<'_>, refusal: ChangeRefused) -> Answer {
    let (reason, mistakes) = match refusal {
        ChangeRefused::Conflict(sentence) => (Reason::Conflict, vec![sentence]),
        ChangeRefused::Illegal(transition) => {
            (Reason::IllegalTransition, vec![transition.to_string()])
        }
        ChangeRefused::NotFound => (Reason::NotFound, Vec::new()),
        ChangeRefused::Failed(problem) => {
            events::alarm("registry_failed", &problem);
            (Reason::AuthorityUnavailable, vec![problem])
        }
        ChangeRefused::Unreadable(unreadable) => {
            events::alarm("standing_unreadable", &unreadable.to_string());
            let words = Status::ALL.map(Status::word).join(", ");
            (
                Reason::StandingUnreadable,
                vec![
                    unreadable.to_string(),
                    format!("the words of status are {words}"),
                ],
            )
        }
    };
    Answer::problem(reason, &gate.incoming.id, mistakes)
}
