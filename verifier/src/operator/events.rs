//! `usher events`, also as they come.

use std::time::Duration;

use policy::contract::directory::EventRecord;
use policy::event::EventKind;
use serde_json::Value;

use crate::arguments::ReportFormat;
use crate::arguments::given::{RecordId, When};
use crate::arguments::operator::{Events, Limit};
use crate::clock::now;
use crate::operator::Said;
use crate::operator::about::{about, nameless};
use crate::operator::desk::{Desk, understood};
use crate::operator::failure::Failure;
use crate::operator::names::Names;
use crate::operator::page::List;
use crate::operator::table::{clock, second, table};
use crate::operator::users::{id_of, instance_of};
use crate::outlet::Outlet;
use crate::terminal::{harmless, json_line};

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
        words: rows(desk, found.understood()?).await + &found.foot("events"),
    })
}

pub(super) async fn rows(desk: &Desk<'_>, events: Vec<EventRecord>) -> String {
    let names = Names::of(desk, events.iter().map(nameless)).await;
    let row = |event: EventRecord| {
        [
            clock(event.at / 1000),
            event.event.clone(),
            about(&event, &names),
        ]
    };
    table(
        desk.width,
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
    let mut names = Names::default();
    loop {
        for json in news.iter().rev() {
            let event: EventRecord = understood(json)?;
            last = last.max(event.id);
            names.look_up(desk, [nameless(&event)]).await;
            if !outlet.report_on(&line(desk.connection.report, &event, json, &names)) {
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

fn line(format: ReportFormat, event: &EventRecord, json: &Value, names: &Names) -> String {
    match format {
        ReportFormat::Human => format!(
            "{}  {:20}  {}\n",
            second(event.at / 1000),
            harmless(&event.event),
            harmless(&about(event, names))
        ),
        ReportFormat::Json => json_line(json),
    }
}

/// As soon as a person needs it, and cheap for the registry.
const BETWEEN_QUESTIONS: Duration = Duration::from_secs(2);

/// More than this between two questions is no log-ins any more, but an attack; `--since` shows all of it.
const MOST_AT_ONCE: u32 = 10_000;
