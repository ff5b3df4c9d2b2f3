//! `usher user`.

use policy::contract::MembershipWord;
use policy::contract::directory::{EventRecord, SessionRecord, UserChange, UserRecord};
use policy::status::Status;
use reqwest::Method;
use serde_json::{Value, json};

use crate::arguments::given::RecordId;
use crate::arguments::operator::{Limit, UserAct};
use crate::consent;
use crate::operator::Said;
use crate::operator::desk::{Desk, understood};
use crate::operator::events;
use crate::operator::failure::Failure;
use crate::operator::page::List;
use crate::operator::sessions;
use crate::operator::table::{or_dash, record, second, table};
use crate::outlet::Outlet;
use crate::terminal::harmless;

pub(super) const USERS: List<'static> = List {
    path: &["users"],
    name: "users",
};

pub(super) async fn act(
    desk: &Desk<'_>,
    act: &UserAct,
    outlet: &Outlet<'_>,
) -> Result<Said, Failure> {
    match act {
        UserAct::List {
            email,
            org,
            denied,
            without_instance,
            status,
            limit,
        } => {
            let filters = [
                ("email", email.as_deref()),
                ("org", org.as_deref()),
                (
                    "membership",
                    denied.then_some(MembershipWord::NeedsInvitation.word()),
                ),
                ("instance", without_instance.then_some("none")),
                ("status", status.map(Status::word)),
            ];
            list(desk, &filters, *limit).await
        }
        UserAct::Show { user } => show(desk, &id_of(desk, user).await?).await,
        UserAct::Change {
            user,
            platform_owner,
            org,
            no_org,
            membership,
        } => {
            let change = UserChange {
                platform_owner: *platform_owner,
                org: if *no_org {
                    Some(None)
                } else {
                    org.clone().map(Some)
                },
                membership: *membership,
            };
            let id = id_of(desk, user).await?;
            let body = serde_json::to_value(change).ok();
            let json = desk
                .change(Method::PATCH, &["users", id.as_str()], body)
                .await?;
            said(json)
        }
        UserAct::SignOut { user } => {
            let id = id_of(desk, user).await?;
            let path = ["users", id.as_str(), "sessions"];
            desk.change(Method::DELETE, &path, None).await?;
            Ok(Said::done(&format!("every session of {user} is over")))
        }
        UserAct::Remove { user, consent } => {
            let id = id_of(desk, user).await?;
            let found: UserRecord = understood(&desk.get(&["users", id.as_str()], &[]).await?)?;
            let question = format!(
                "This removes the user {} ({}) with identities, memberships, sessions and instance ({}).",
                found.id,
                or_dash(found.email.as_deref()),
                found.instance.as_deref().unwrap_or("none")
            );
            consent::ask(consent.yes, &question, outlet)?;
            desk.change(Method::DELETE, &["users", id.as_str()], None)
                .await?;
            Ok(Said::done(&format!("{user} is removed; events stay")))
        }
    }
}

/// The id of who is named by id or by address. An address that several have names nobody.
pub(super) async fn id_of(desk: &Desk<'_>, user: &RecordId) -> Result<RecordId, Failure> {
    if !is_address(user) {
        return Ok(user.clone());
    }
    record_id(&at(desk, user).await?.id)
}

/// The same for the instance that they own.
pub(super) async fn instance_of(desk: &Desk<'_>, instance: &RecordId) -> Result<RecordId, Failure> {
    if !is_address(instance) {
        return Ok(instance.clone());
    }
    let user = at(desk, instance).await?;
    let none = || {
        Failure::NotDone(format!(
            "{instance} has no instance; `usher user show {instance}` says what is known of them"
        ))
    };
    record_id(&user.instance.ok_or_else(none)?)
}

/// No id of the gate's has an `@`.
pub(super) fn is_address(name: &RecordId) -> bool {
    name.as_str().contains('@')
}

fn record_id(id: &str) -> Result<RecordId, Failure> {
    id.parse()
        .map_err(|_| Failure::not_understood(format!("the record {id}")))
}

/// Whoever has this address.
async fn at(desk: &Desk<'_>, user: &RecordId) -> Result<UserRecord, Failure> {
    let filters = [("email", Some(user.as_str()))];
    let found = desk.rows(USERS, &filters, Limit { limit: 10 }).await?;
    let mut users: Vec<UserRecord> = found.understood()?;
    let ids: Vec<_> = users.iter().map(|user| user.id.clone()).collect();
    match (users.pop(), ids.as_slice()) {
        (Some(user), [_]) => Ok(user),
        (_, []) => Err(Failure::NotDone(format!(
            "nobody here has the address {user}; `usher user list` shows who is known, `usher invite list --email {user}` who is invited"
        ))),
        (_, [_, ..]) => Err(Failure::NotDone(format!(
            "{} users have the address {user}; name one by id: {}",
            found.total,
            ids.join(", ")
        ))),
    }
}

async fn list(
    desk: &Desk<'_>,
    filters: &[(&str, Option<&str>)],
    limit: Limit,
) -> Result<Said, Failure> {
    let found = desk.rows(USERS, filters, limit).await?;
    let row = |user: UserRecord| {
        [
            user.id,
            or_dash(user.email.as_deref()),
            or_dash(user.org.as_deref()),
            standing(user.membership, user.role.word()),
            or_dash(user.status.map(Status::word)),
        ]
    };
    let rows = found.understood()?.into_iter().map(row).collect();
    Ok(Said {
        json: found.json(),
        words: table(
            desk.width,
            ["ID", "E-MAIL", "ORG", "ROLE", "INSTANCE"],
            rows,
        ) + &found.foot("users"),
    })
}

async fn show(desk: &Desk<'_>, id: &RecordId) -> Result<Said, Failure> {
    let json = desk.get(&["users", id.as_str()], &[]).await?;
    let user: UserRecord = understood(&json)?;
    let of_user = ("user", Some(id.as_str()));
    let open = [of_user, ("state", Some("open"))];
    let sessions = desk.rows(sessions::SESSIONS, &open, SOME).await?;
    let events = desk.rows(events::EVENTS, &[of_user], SOME).await?;
    let open: Vec<SessionRecord> = sessions.understood()?;
    let last: Vec<EventRecord> = events.understood()?;
    Ok(Said {
        json: json!({ "user": json, "sessions": sessions.json(), "events": events.json() }),
        words: format!(
            "{}\nOpen sessions: {}\n{}\nLast events, of {}\n{}",
            described(&user),
            sessions.total,
            sessions::rows(desk, open).await,
            events.total,
            events::rows(desk, last).await
        ),
    })
}

pub(super) fn said(json: Value) -> Result<Said, Failure> {
    let user: UserRecord = understood(&json)?;
    Ok(Said {
        json,
        words: described(&user),
    })
}

fn described(user: &UserRecord) -> String {
    let orgs = user.orgs.iter();
    let orgs: Vec<_> = orgs
        .map(|place| format!("{} ({})", place.org, place.role.word()))
        .collect();
    let instance = user.instance.as_ref().map(|id| {
        let status = user.status.map_or("?", Status::word);
        format!("{id} ({status})")
    });
    let mut words = format!("user {}\n", harmless(&user.id));
    words.push_str(&record([
        ("e-mail", user.email.clone()),
        ("role", Some(standing(user.membership, user.role.word()))),
        ("org now", Some(or_dash(user.org.as_deref()))),
        ("orgs", (!orgs.is_empty()).then(|| orgs.join(", "))),
        ("instance", Some(or_dash(instance.as_deref()))),
        ("known since", Some(second(user.created_at))),
    ]));
    for identity in &user.identities {
        let text = format!("{} of {}", identity.subject, identity.issuer);
        words.push_str(&record([("logs in as", Some(text))]));
    }
    words
}

fn standing(membership: MembershipWord, role: &str) -> String {
    match membership {
        MembershipWord::Member => role.to_owned(),
        MembershipWord::NeedsInvitation => "denied: needs_invitation".to_owned(),
    }
}

const SOME: Limit = Limit { limit: 5 };
