//! `usher instance`.

use policy::contract::directory::StatusStep;
use policy::contract::{InstanceChange, InstanceRecord, StatusChange};
use policy::status::Status;
use reqwest::Method;
use serde_json::{Value, json};

use crate::arguments::given::RecordId;
use crate::arguments::operator::{InstanceAct, Limit};
use crate::consent;
use crate::operator::Said;
use crate::operator::desk::{Desk, understood};
use crate::operator::failure::Failure;
use crate::operator::page::List;
use crate::operator::table::{minute, or_dash, record, second, table};
use crate::outlet::Outlet;
use crate::terminal::harmless;

pub(super) async fn act(
    desk: &Desk<'_>,
    act: &InstanceAct,
    outlet: &Outlet<'_>,
) -> Result<Said, Failure> {
    match act {
        InstanceAct::List { status, limit } => list(desk, *status, *limit).await,
        InstanceAct::Show { id } => show(desk, id).await,
        InstanceAct::Set { id, status } => set(desk, id, *status).await,
        InstanceAct::Place {
            id,
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
            place(desk, id, change).await
        }
        InstanceAct::Suspend { id } => set(desk, id, Status::Suspended).await,
        InstanceAct::Resume { id } => resume(desk, id).await,
        InstanceAct::Remove { id, consent } => {
            let (_, instance) = get(desk, id).await?;
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

async fn list(desk: &Desk<'_>, status: Option<Status>, limit: Limit) -> Result<Said, Failure> {
    let list = List {
        path: &["instances"],
        name: "instances",
    };
    let filters = [("status", status.map(Status::word))];
    let found = desk.rows(list, &filters, limit).await?;
    let row = |instance: InstanceRecord| {
        [
            instance.id,
            instance.status.word().to_owned(),
            minute(instance.since),
            or_dash(instance.user.as_deref()),
            instance.url,
        ]
    };
    let rows = found.understood()?.into_iter().map(row).collect();
    Ok(Said {
        json: found.json(),
        words: table(["ID", "STATUS", "SINCE (UTC)", "USER", "URL"], rows)
            + &found.foot("instances"),
    })
}

async fn show(desk: &Desk<'_>, id: &RecordId) -> Result<Said, Failure> {
    let (json, instance) = get(desk, id).await?;
    let list = List {
        path: &["instances", id.as_str(), "history"],
        name: "history",
    };
    let history = desk.rows(list, &[], Limit { limit: 100 }).await?;
    let row = |step: StatusStep| {
        [
            minute(step.at),
            or_dash(step.from.map(Status::word)),
            step.to.word().to_owned(),
            or_dash(step.actor.as_deref()),
            or_dash(step.why.as_deref()),
        ]
    };
    let rows = history.understood()?.into_iter().map(row).collect();
    let history_words = table(["AT (UTC)", "FROM", "TO", "WHO", "WHY"], rows);
    Ok(Said {
        json: json!({ "instance": json, "history": history.found }),
        words: format!(
            "{}\n{history_words}{}",
            described(&instance),
            history.foot("changes")
        ),
    })
}

async fn set(desk: &Desk<'_>, id: &RecordId, status: Status) -> Result<Said, Failure> {
    let body = serde_json::to_value(StatusChange { status }).ok();
    let path = ["instances", id.as_str(), "status"];
    let json = desk.change(Method::PUT, &path, body).await?;
    let instance: InstanceRecord = understood(&json)?;
    Ok(Said {
        json,
        words: described(&instance),
    })
}

async fn place(desk: &Desk<'_>, id: &RecordId, change: InstanceChange) -> Result<Said, Failure> {
    let body = serde_json::to_value(change).ok();
    let json = desk
        .change(Method::PATCH, &["instances", id.as_str()], body)
        .await?;
    let instance: InstanceRecord = understood(&json)?;
    Ok(Said {
        json,
        words: described(&instance),
    })
}

async fn resume(desk: &Desk<'_>, id: &RecordId) -> Result<Said, Failure> {
    let (_, instance) = get(desk, id).await?;
    match (instance.status, instance.suspended_from) {
        (Status::Suspended, Some(before)) => set(desk, id, before).await,
        (Status::Suspended, None) => Err(Failure::NotDone(format!(
            "{id} does not say what it was before it was suspended; say it with `usher instance set {id} STATUS`"
        ))),
        (status @ (Status::Provisioning | Status::Active | Status::Ready), _) => Err(
            Failure::NotDone(format!("{id} is `{status}`, so there is nothing to resume")),
        ),
    }
}

async fn get(desk: &Desk<'_>, id: &RecordId) -> Result<(Value, InstanceRecord), Failure> {
    let json = desk.get(&["instances", id.as_str()], &[]).await?;
    let instance = understood(&json)?;
    Ok((json, instance))
}

fn described(instance: &InstanceRecord) -> String {
    let next = instance.status.successors(instance.suspended_from);
    let next: Vec<_> = next.into_iter().map(Status::word).collect();
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
        ("user", instance.user.clone()),
        ("version", Some(instance.version.to_string())),
    ];
    format!("instance {}\n{}", harmless(&instance.id), record(fields))
}
