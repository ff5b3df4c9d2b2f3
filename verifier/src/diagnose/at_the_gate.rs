//! The links from the gate on: what its registry has of the user, their app, and what the gate decides.

use policy::contract::MembershipWord;
use policy::contract::directory::{UserIdentity, UserRecord};
use policy::contract::explanation::Explanation;
use policy::status::{Availability, Status};

use crate::clock::now;
use crate::configuration::address::BaseUrl;
use crate::configuration::config_option;
use crate::configuration::secret::Admin;
use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::diagnose::chain::{Link, State, Told};
use crate::report::moment;
use crate::way_in::way_in;

/// Follows the chain up to the first link that is not whole, and asks what the user is told in any case.
pub(super) async fn follow(
    deployment: &Deployment<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    email: &str,
    links: &mut Vec<Link>,
) -> Option<Told> {
    let config = config_option(&deployment.configuration.path);
    let user = match known(gate, admin, email, &config).await {
        Ok((user, link)) => {
            links.push(link);
            user
        }
        Err(link) => {
            links.push(*link);
            return None;
        }
    };
    let identity = user.identities.first();
    let explained = match identity {
        Some(identity) => Some(explain(gate, admin, identity).await),
        None => None,
    };
    let mut is_whole = true;
    for link in [
        membership(&user, email, &config),
        instance(deployment, gate, admin, &user, &config).await,
    ] {
        if is_whole {
            is_whole = link.is_passed();
            links.push(link);
        }
    }
    if is_whole && let Some(health) = app(deployment, gate, admin, &user).await {
        is_whole = health.is_passed();
        links.push(health);
    }
    match explained {
        Some(Ok((explanation, source))) => {
            if is_whole {
                links.push(decision(&explanation, &source));
            }
            Some(Told {
                admitted: explanation.admitted,
                reason: explanation.reason,
                title: explanation.title,
                detail: explanation.detail,
                next: explanation.next,
            })
        }
        Some(Err(link)) if is_whole => {
            links.push(link);
            None
        }
        Some(Err(_)) | None => None,
    }
}

const RECORD: &str = "record at the gate";

/// The user's record, by their address.
async fn known(
    gate: &Gate<'_>,
    admin: &Admin,
    email: &str,
    config: &str,
) -> Result<(UserRecord, Link), Box<Link>> {
    let exchange = gate.users_with(admin, email).await;
    let source = format!("GET {}", exchange.request.url);
    let unseen = |why: String| Box::new(Link::seen(RECORD, State::Unseen, why, &source));
    let answer = exchange
        .answer
        .map_err(|reason| unseen(reason.to_string()))?;
    let Some(list) = answer.users() else {
        return Err(unseen(format!(
            "it answered {} without a list of users; only a gate with its own registry keeps one",
            answer.status
        )));
    };
    let count = list.users.len();
    let Some(user) = list.users.into_iter().next() else {
        let what = "the gate knows nobody with this address";
        let (state, fix) = if admin.first_sight {
            let fix = "They become known by their first visit; whoever has logged in and is not known came with a token that has no verified e-mail address.";
            (State::Pending, fix)
        } else {
            let fix = "Whatever handles a sign-up has to PUT a standing with this address to /.usher/admin/v1/standings: look at its log for this user, and compare all users with `usher audit`.";
            (State::Broken, fix)
        };
        let commands = vec![format!("usher user list --email {email} {config}")];
        let link = Link::seen(RECORD, state, what, &source).mended_by(fix, commands);
        return Err(Box::new(link));
    };
    let several = if count > 1 {
        format!("; {count} users have this address, and this is the first")
    } else {
        String::new()
    };
    let what = format!(
        "user `{}` since {}{several}",
        user.id,
        moment(user.created_at)
    );
    Ok((user, Link::seen(RECORD, State::Whole, what, source)))
}

const MEMBERSHIP: &str = "membership";

fn membership(user: &UserRecord, email: &str, config: &str) -> Link {
    let source = format!("the record of user `{}`", user.id);
    match user.membership {
        MembershipWord::Member => {
            let org = user.org.as_ref();
            let what = org.map_or_else(
                || "member, of no org".to_owned(),
                |org| format!("member, of `{org}`"),
            );
            Link::seen(MEMBERSHIP, State::Whole, what, source)
        }
        MembershipWord::NeedsInvitation => {
            let what = "known, and not invited: they are turned away until somebody invites them";
            let fix = "If they belong here, invite them, or make them a member:";
            let commands = vec![
                format!("usher invite {email} --org ORG {config}"),
                format!("usher user change {email} --membership member {config}"),
            ];
            Link::seen(MEMBERSHIP, State::Broken, what, source).mended_by(fix, commands)
        }
    }
}

const INSTANCE: &str = "instance";

async fn instance(
    deployment: &Deployment<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    user: &UserRecord,
    config: &str,
) -> Link {
    let Some(id) = &user.instance else {
        let what = "nobody made an instance for them";
        let fix = "Look at the log of the provisioner for this user: an error there was swallowed, or it never heard of them (incident I2).";
        let commands = vec![format!("usher events --user {} {config}", user.id)];
        let source = format!("the record of user `{}`", user.id);
        return Link::seen(INSTANCE, State::Broken, what, source).mended_by(fix, commands);
    };
    let source = format!("GET {}", gate.instance_url(id));
    let record = match gate.instance_record(admin, id).await {
        Ok(record) => record,
        Err(unseen) => return Link::seen(INSTANCE, State::Unseen, unseen.to_string(), source),
    };
    let (status, since) = (record.status, record.since);
    let what = format!(
        "instance `{id}` is `{status}` since {}: {}",
        moment(since),
        status.meaning()
    );
    if status == Status::Suspended {
        let fix = "If it should not be, let it go back to what it was:";
        let commands = vec![
            format!("usher events --instance {id} {config}"),
            format!("usher instance resume {id} {config}"),
        ];
        return Link::seen(INSTANCE, State::Broken, what, source).mended_by(fix, commands);
    }
    if status.availability() == Availability::Open {
        return Link::seen(INSTANCE, State::Whole, what, source);
    }
    let waited = now().unix_seconds().saturating_sub(since);
    let budget = deployment.configuration.ready_within.as_secs();
    if waited <= budget {
        let what = format!("{what}; {waited} s of the {budget} s of the budget are over");
        return Link::seen(INSTANCE, State::Pending, what, source);
    }
    let fix = format!(
        "It has been so for {waited} s, and the budget is {budget} s: the provisioner never wrote `ready` (incident I1). If the app is well, take it there by legal steps, and mend the provisioner:"
    );
    let commands = way_in(status)
        .into_iter()
        .map(|next| format!("usher instance set {id} {next} {config}"));
    Link::seen(INSTANCE, State::Broken, what, source).mended_by(fix, commands.collect())
}

const APP: &str = "app";

/// The app at its own address, where the file says what of it is asked.
async fn app(
    deployment: &Deployment<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    user: &UserRecord,
) -> Option<Link> {
    let path = deployment.configuration.instance.health.as_ref()?;
    let record = gate
        .instance_record(admin, user.instance.as_ref()?)
        .await
        .ok()?;
    let base = match BaseUrl::parse(&record.url) {
        Ok(base) => base,
        Err(error) => {
            return Some(Link::seen(
                APP,
                State::Broken,
                error.to_string(),
                record.url,
            ));
        }
    };
    let url = base.join(path);
    let source = format!("GET {url}");
    let fix = "Look at the log of the app, and at what starts it.";
    Some(match deployment.look_at(&url).await.answer {
        Ok(answer) if (200..300).contains(&answer.status) => Link::seen(
            APP,
            State::Whole,
            format!("it answers {}", answer.status),
            source,
        ),
        Ok(answer) => {
            let what = format!("it answers {}: it is not well", answer.status);
            Link::seen(APP, State::Broken, what, source).mended_by(fix, Vec::new())
        }
        Err(reason) => {
            let what = format!("it does not answer: {reason}");
            Link::seen(APP, State::Broken, what, source).mended_by(fix, Vec::new())
        }
    })
}

const DECISION: &str = "the gate's decision";

async fn explain(
    gate: &Gate<'_>,
    admin: &Admin,
    identity: &UserIdentity,
) -> Result<(Explanation, String), Link> {
    let exchange = gate
        .explanation(admin, &identity.issuer, &identity.subject)
        .await;
    let source = format!("GET {}", exchange.request.url);
    let unseen = |why: String| Link::seen(DECISION, State::Unseen, why, &source);
    let answer = exchange
        .answer
        .map_err(|reason| unseen(reason.to_string()))?;
    match answer.json() {
        Some(explanation) if answer.status == 200 => Ok((explanation, source)),
        Some(_) | None => Err(unseen(format!("it answered {}", answer.status))),
    }
}

fn decision(explanation: &Explanation, source: &str) -> Link {
    let Explanation {
        reason,
        rule,
        decided_by,
        looks,
        ..
    } = explanation;
    let age = looks.iter().find(|look| look.store == *decided_by);
    let age = age.and_then(|look| look.age_millis);
    let age = age.map_or_else(String::new, |age| format!(", {} s old", age / 1000));
    let what = format!("`{reason}` by the rule `{rule}`; the word of {decided_by}{age} decides");
    if explanation.admitted {
        return Link::seen(DECISION, State::Whole, what, source);
    }
    let fix = "The records above would let them in, and this store says otherwise: it is followed within the time of STALE. If it stays so, look at the gate's log.";
    Link::seen(DECISION, State::Broken, what, source).mended_by(fix, Vec::new())
}
