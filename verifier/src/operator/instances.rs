//! `usher instance`.

use policy::contract::directory::StatusStep;
use policy::contract::{InstanceChange, InstanceRecord, StatusChange};
use policy::status::Status;
use reqwest::Method;
use serde_json::{Value, json};

use crate::arguments::given::{RecordId, Span};
use crate::arguments::operator::{InstanceAct, Limit};
use crate::clock::now;
use crate::consent;
use crate::operator::Said;
use crate::operator::desk::{Desk, understood};
use crate::operator::failure::Failure;
use crate::operator::names::Names;
use crate::operator::page::List;
use crate::operator::table::{clock, minute, or_dash, record, second, table};
use crate::operator::users::instance_of;
use crate::outlet::Outlet;
use crate::terminal::harmless;

pub(super) async fn act(
    desk: &Desk<'_>,
    act: &InstanceAct,
    outlet: &Outlet<'_>,
) -> Result<Said, Failure> {
    match act {
        InstanceAct::List {
            status,
            older_than,
            limit,
        } => list(desk, *status, *older_than, *limit).await,
        InstanceAct::Show { instance } => show(desk, &instance_of(desk, instance).await?).await,
        InstanceAct::Set { instance, status } => {
            set(desk, &instance_of(desk, instance).await?, *status).await
        }
        InstanceAct::Place {
            instance,
            addresses,
            no_address,
            org,
            no_org,
        } => {
            let change = InstanceChange {
                addresses: (*no_address || !addresses.is_empty()).then(|| addresses.clone()),
                org: if *no_org {
                    Some(None)
                } else {
                    org.clone().map(Some)
                },
            };
            place(desk, &instance_of(desk, instance).await?, change).await
        }
        InstanceAct::Suspend { instance } => {
            set(desk, &instance_of(desk, instance).await?, Status::Suspended).await
        }
        InstanceAct::Resume { instance } => resume(desk, &instance_of(desk, instance).await?).await,
        InstanceAct::Remove { instance, consent } => {
            let id = instance_of(desk, instance).await?;
            let (_, instance) = get(desk, &id).await?;
            let question = format!(
                "This removes the instance {id} ({}, {}) from the registry.",
                instance.status, instance.url
            );
            consent::ask(consent.yes, &question, outlet)?;
            desk.change(Method::DELETE, &["instances", id.as_str()], None)
                .await?;
            Ok(Said::done(&format!("{id} is removed; its owner stays")))
        }
    }
}

async fn list(
    desk: &Desk<'_>,
    status: Option<Status>,
    older_than: Option<Span>,
    limit: Limit,
) -> Result<Said, Failure> {
    let list = List {
        path: &["instances"],
        name: "instances",
    };
    let filters = [("status", status.map(Status::word))];
    let mut found = desk.rows(list, &filters, limit).await?;
    if let Some(Span { seconds }) = older_than {
        let latest = now().unix_seconds().saturating_sub(seconds);
        let since = |instance: &Value| instance.get("since").and_then(Value::as_u64);
        // The list begins with those that have their status for the longest.
        found.keep_while(|instance| since(instance).is_some_and(|since| since < latest));
    }
    let instances: Vec<InstanceRecord> = found.understood()?;
    let owners = instances.iter().map(|instance| instance.user.as_deref());
    let names = Names::of(desk, owners).await;
    let row = |instance: InstanceRecord| {
        let owner = instance.user.map(|user| names.shown(&user));
        [
            instance.id,
            instance.status.word().to_owned(),
            minute(instance.since),
            or_dash(owner.as_deref()),
            instance.url,
        ]
    };
    let rows = instances.into_iter().map(row).collect();
    Ok(Said {
        json: found.json(),
        words: table(
            desk.width,
            ["ID", "STATUS", "SINCE (UTC)", "USER", "URL"],
            rows,
        ) + &found.foot("instances"),
    })
}

async fn show(desk: &Desk<'_>, id: &RecordId) -> Result<Said, Failure> {
    let (json, instance) = get(desk, id).await?;
    let owner = Names::of(desk, [instance.user.as_deref()]).await;
    let described = described(&instance, &owner);
    let list = List {
        path: &["instances", id.as_str(), "history"],
        name: "history",
    };
    let history = match desk.rows(list, &[], Limit { limit: 100 }).await {
        // What is known of the instance is no less true for it.
        Err(Failure::NotKept { .. }) => {
            return Ok(Said {
                json: json!({ "instance": json, "history": null }),
                words: format!(
                    "{described}\nno history: only the registry keeps one, and this gate has another authority\n"
                ),
            });
        }
        history => history?,
    };
    let row = |step: StatusStep| {
        [
            clock(step.at),
            or_dash(step.from.map(Status::word)),
            step.to.word().to_owned(),
            or_dash(step.actor.as_deref()),
            or_dash(step.why.as_deref()),
        ]
    };
    let rows = history.understood()?.into_iter().map(row).collect();
    let history_words = table(desk.width, ["AT (UTC)", "FROM", "TO", "WHO", "WHY"], rows);
    Ok(Said {
        json: json!({ "instance": json, "history": history.found }),
        words: format!("{described}\n{history_words}{}", history.foot("changes")),
    })
}

/// To say again what is so already is no mistake, and no change either: whoever gave a reason hears that it was not written down.
async fn set(desk: &Desk<'_>, id: &RecordId, status: Status) -> Result<Said, Failure> {
    let (_, before) = get(desk, id).await?;
    let body = serde_json::to_value(StatusChange { status }).ok();
    let path = ["instances", id.as_str(), "status"];
    let json = desk.change(Method::PUT, &path, body).await?;
    let instance: InstanceRecord = understood(&json)?;
    let is_same = before.status == status && before.version == instance.version;
    let sentence = is_same.then(|| format!("{id} is `{status}` already"));
    Ok(shown(desk, json, &instance, sentence).await)
}

/// The instance; before it why nothing was written, where that is so.
async fn shown(
    desk: &Desk<'_>,
    json: Value,
    instance: &InstanceRecord,
    sentence: Option<String>,
) -> Said {
    let owner = Names::of(desk, [instance.user.as_deref()]).await;
    let sentence = sentence.map(|sentence| {
        let sentence = format!("{sentence}; nothing was written, nor why");
        harmless(&sentence) + "\n"
    });
    Said {
        json,
        words: sentence.unwrap_or_default() + &described(instance, &owner),
    }
}

async fn place(desk: &Desk<'_>, id: &RecordId, change: InstanceChange) -> Result<Said, Failure> {
    let body = serde_json::to_value(change).ok();
    let json = desk
        .change(Method::PATCH, &["instances", id.as_str()], body)
        .await?;
    let instance: InstanceRecord = understood(&json)?;
    Ok(shown(desk, json, &instance, None).await)
}

async fn resume(desk: &Desk<'_>, id: &RecordId) -> Result<Said, Failure> {
    let (json, instance) = get(desk, id).await?;
    match (instance.status, instance.suspended_from) {
        (Status::Suspended, Some(before)) => set(desk, id, before).await,
        (Status::Suspended, None) => Err(Failure::NotDone(format!(
            "{id} does not say what it was before it was suspended; say it with `usher instance set {id} STATUS`"
        ))),
        (status @ (Status::Provisioning | Status::Active | Status::Ready), _) => {
            let sentence = format!("{id} is `{status}`, so there is nothing to resume");
            Ok(shown(desk, json, &instance, Some(sentence)).await)
        }
    }
}

async fn get(desk: &Desk<'_>, id: &RecordId) -> Result<(Value, InstanceRecord), Failure> {
    let json = desk.get(&["instances", id.as_str()], &[]).await?;
    let instance = understood(&json)?;
    Ok((json, instance))
}

fn described(instance: &InstanceRecord, owner: &Names) -> String {
    let next = instance.status.successors(instance.suspended_from);
    let next: Vec<_> = next.into_iter().map(Status::word).collect();
    let user = instance.user.as_ref().map(|user| match owner.known(user) {
        Some(email) => format!("{email} ({user})"),
        None => user.clone(),
    });
    let fields = [
        ("status", Some(instance.status.word().to_owned())),
        ("meaning", Some(instance.status.meaning().to_owned())),
        ("since", Some(second(instance.since))),
        (
            "suspended from",
            instance.suspended_from.map(|from| from.word().to_owned()),
        ),
        ("may become", Some(next.join(", "))),
        ("url", Some(instance.url.clone())),
        (
            "addresses",
            (!instance.addresses.is_empty()).then(|| instance.addresses.join(", ")),
        ),
        ("org", instance.org.clone()),
        ("user", user),
        ("version", Some(instance.version.to_string())),
    ];
    format!("instance {}\n{}", harmless(&instance.id), record(fields))
}
