//! `usher events`, also as they come.

use std::time::Duration;

use policy::contract::directory::EventRecord;
use policy::event::EventKind;
use serde_json::Value;

use crate::arguments::ReportFormat;
use crate::arguments::given::{RecordId, When};
use crate::arguments::operator::{Events, Limit};
use crate::operator::Said;
use crate::operator::desk::{Desk, now, understood};
use crate::operator::failure::Failure;
use crate::operator::page::List;
use crate::operator::table::{clock, second, table};
use crate::operator::users::{id_of, instance_of};
use crate::outlet::Outlet;
use crate::terminal::{harmless, json_line};
use crate::width::Width;

pub(super) const EVENTS: List<'static> = List {
    path: &["events"],
    name: "events",
};

pub(super) async fn read(
    desk: &Desk<'_>,
    wanted: &Events,
    outlet: &Outlet<'_>,
) -> Result<Said, Failure> {
    let user = match &wanted.user {
        Some(user) => Some(id_of(desk, user).await?),
        None => None,
    };
    let instance = match &wanted.instance {
        Some(instance) => Some(instance_of(desk, instance).await?),
        None => None,
    };
    let second = |when: Option<When>| when.map(|when| when.unix_seconds(now()).to_string());
    let (since, until) = (second(wanted.since), second(wanted.until));
    let filters = [
        ("event", wanted.event.map(EventKind::word)),
        ("user", user.as_ref().map(RecordId::as_str)),
        ("email", wanted.email.as_deref()),
        ("instance", instance.as_ref().map(RecordId::as_str)),
        ("request", wanted.request.as_deref()),
        ("since", since.as_deref()),
        ("until", until.as_deref()),
    ];
    let found = desk.rows(EVENTS, &filters, wanted.limit).await?;
    if wanted.follow {
        return follow(desk, &filters, found.found, outlet).await;
    }
    Ok(Said {
        json: found.json(),
        words: rows(desk.width, found.understood()?) + &found.foot("events"),
    })
}

pub(super) fn rows(room: Width, events: Vec<EventRecord>) -> String {
    let row = |event: EventRecord| [clock(event.at / 1000), event.event.clone(), about(&event)];
    table(
        room,
        ["AT (UTC)", "EVENT", "ABOUT"],
        events.into_iter().map(row).collect(),
    )
}

/// Passes on what there is, then what happens, the oldest first, for as long as somebody reads. A gate that does not answer for a
/// while is asked again: nothing is lost by that, because events are numbered.
async fn follow(
    desk: &Desk<'_>,
    filters: &[(&str, Option<&str>)],
    first: Vec<Value>,
    outlet: &Outlet<'_>,
) -> Result<Said, Failure> {
    let mut news = first;
    let mut last = 0;
    let mut is_told = false;
    loop {
        for json in news.iter().rev() {
            let event: EventRecord = understood(json)?;
            last = last.max(event.id);
            if !outlet.report_on(&line(desk.connection.report, &event, json)) {
                return Ok(Said {
                    json: Value::Null,
                    words: String::new(),
                });
            }
        }
        tokio::time::sleep(BETWEEN_QUESTIONS).await;
        news = match after(desk, filters, last).await {
            Ok(news) => {
                is_told = false;
                news
            }
            Err(failure) if failure.passes() => {
                if !is_told {
                    outlet.talk(&failure.words());
                }
                is_told = true;
                Vec::new()
            }
            Err(failure) => return Err(failure),
        };
    }
}

/// What happened after the event of this number, the newest first.
async fn after(
    desk: &Desk<'_>,
    filters: &[(&str, Option<&str>)],
    last: u64,
) -> Result<Vec<Value>, Failure> {
    let is_news = |event: &Value| {
        let id = event.get("id").and_then(Value::as_u64);
        id.is_some_and(|id| id > last)
    };
    // Ten at a time are enough mostly; where all are news, more are asked for.
    let mut limit = 10;
    loop {
        let found = desk.rows(EVENTS, filters, Limit { limit }).await?;
        let count = found.found.len();
        let news: Vec<_> = found.found.into_iter().filter(is_news).collect();
        if news.len() < count || count < usize::try_from(limit).unwrap_or(usize::MAX) {
            return Ok(news);
        }
        if limit >= MOST_AT_ONCE {
            return Ok(news);
        }
        limit *= 10;
    }
}

fn line(format: ReportFormat, event: &EventRecord, json: &Value) -> String {
    match format {
        ReportFormat::Human => format!(
            "{}  {:20}  {}\n",
            second(event.at / 1000),
            harmless(&event.event),
            harmless(&about(event))
        ),
        ReportFormat::Json => json_line(json),
    }
}

/// Whom and what it is about, as far as it is said.
fn about(event: &EventRecord) -> String {
    let labelled =
        |label: &str, text: &Option<String>| text.as_ref().map(|text| format!("{label} {text}"));
    let parts = [
        event.email.clone().or_else(|| event.user.clone()),
        labelled("org", &event.org),
        labelled("instance", &event.instance),
        event
            .details
            .as_ref()
            .and_then(|details| change(&event.event, details)),
        event.reason.clone(),
        labelled("by", &event.actor),
        event.why.as_ref().map(|why| format!("“{why}”")),
        labelled("from", &event.ip),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join(", ")
}

/// What became of it: a step as `active → ready`, everything else by its name.
fn change(event: &str, details: &Value) -> Option<String> {
    let Value::Object(members) = details else {
        return None;
    };
    let mut parts = Vec::new();
    let text = |name: &str| members.get(name).and_then(|value| plain(value, None));
    if let (Some(from), Some(to)) = (text("from"), text("to")) {
        parts.push(format!("{from} → {to}"));
    }
    // A change of a user says `null` where something is taken away; elsewhere it means that nothing is said.
    let null = (event == EventKind::UserChanged.word()).then_some("none");
    let others = members
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "from" | "to"));
    let named = others.filter_map(|(name, value)| {
        let value = plain(value, null)?;
        Some(format!("{} {value}", name.replace('_', " ")))
    });
    parts.extend(named);
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// A value as a person writes it; nothing where it says nothing.
fn plain(value: &Value, null: Option<&str>) -> Option<String> {
    match value {
        Value::Null => null.map(str::to_owned),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(all) if all.is_empty() => Some("none".to_owned()),
        Value::Array(all) => {
            let all: Vec<_> = all.iter().filter_map(|one| plain(one, null)).collect();
            Some(all.join(" "))
        }
        Value::Object(_) => Some(value.to_string()),
    }
}

/// As soon as a person needs it, and cheap for the registry.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(2);

/// More than this between two questions is no log-ins any more, but an attack; `--since` shows all of it.
const MOST_AT_ONCE: u32 = 10_000;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_change_says_what_became_of_what() {
        for (event, details, said) in [
            (
                "status_changed",
                json!({ "from": "active", "to": "ready" }),
                Some("active → ready"),
            ),
            (
                "instance_changed",
                json!({ "addresses": ["guy", "app.guy.example"], "org": null }),
                Some("addresses guy app.guy.example"),
            ),
            (
                "instance_changed",
                json!({ "addresses": [], "org": "acme" }),
                Some("addresses none, org acme"),
            ),
            (
                "user_changed",
                json!({ "platform_owner": true, "org": null }),
                Some("org none, platform owner true"),
            ),
            (
                "of_a_later_gate",
                json!({ "kind": { "a": 1 } }),
                Some("kind {\"a\":1}"),
            ),
            ("login_success", json!({}), None),
            ("login_success", Value::Null, None),
        ] {
            assert_eq!(change(event, &details).as_deref(), said, "{event}");
        }
    }
}
