//! The links that usher.toml describes: by HTTP, or in a database.

mod collection;

use serde_json::Value;

use crate::configuration::database::{Database, NOT_SQL, Place};
use crate::configuration::diagnosis::{LinkLook, OwnLink, Query};
use crate::configuration::name::Name;
use crate::configuration::request::{Call, Request};
use crate::deployment::Deployment;
use crate::deployment::prepared::prepared;
use crate::diagnose::chain::{Link, State};
use crate::memory::Memory;
use crate::sources::row::{postgres_row, sqlite_row};
use crate::steps::perform::{Performed, capture, judge, remember};

/// Looks at one link; what it finds, later ones know.
pub(super) async fn look(deployment: &Deployment<'_>, link: &OwnLink, memory: &Memory) -> Link {
    let (state, what, source) = match &link.look {
        LinkLook::Request { call, pending } => {
            by_request(deployment, call, pending.as_deref(), memory).await
        }
        LinkLook::Find {
            database,
            place,
            collection,
            filter,
            keep,
        } => {
            let asked = collection::Asked {
                place,
                collection,
                filter,
            };
            collection::look(&asked, database, keep, memory).await
        }
        LinkLook::Query {
            database,
            query,
            keep,
        } => by_query(database, query, keep, memory).await,
    };
    let seen = Link::seen(&link.name, state, what, source);
    let fix = link.fix.as_ref().filter(|_| state == State::Broken);
    match fix.map(|fix| fix.fill(&memory.values())) {
        Some(Ok(fix)) => seen.mended_by(fix, Vec::new()),
        Some(Err(unfilled)) => seen.mended_by(unfilled.to_string(), Vec::new()),
        None => seen,
    }
}

async fn by_request(
    deployment: &Deployment<'_>,
    call: &Call,
    pending: Option<&Request>,
    memory: &Memory,
) -> (State, String, String) {
    for request in &call.before {
        let (performed, source) = match send(deployment, request, memory).await {
            Ok(performed) => performed,
            Err(unseen) => return unseen,
        };
        let kept = judge(request, &performed, &memory.values())
            .and_then(|()| capture(deployment.secrets, request, &performed, memory));
        if let Err(found) = kept {
            return (State::Unseen, found.to_string(), source);
        }
    }
    let request = &call.request;
    let (performed, source) = match send(deployment, request, memory).await {
        Ok(performed) => performed,
        Err(unseen) => return unseen,
    };
    // Somebody else's refusal says nothing of the user.
    if matches!(performed.answer.status, 401 | 403 | 429 | 500..) {
        let what = format!("it answered {}", performed.answer.status);
        return (State::Unseen, what, source);
    }
    let values = memory.values();
    if let Some(pending) = pending
        && judge(pending, &performed, &values).is_ok()
    {
        return (
            State::Pending,
            "it is not so far yet, and need not be".to_owned(),
            source,
        );
    }
    let judged = judge(request, &performed, &values)
        .and_then(|()| capture(deployment.secrets, request, &performed, memory));
    match judged {
        Ok(()) => (
            State::Whole,
            format!("it answered {} as expected", performed.answer.status),
            source,
        ),
        Err(found) => (State::Broken, found.to_string(), source),
    }
}

async fn send(
    deployment: &Deployment<'_>,
    request: &Request,
    memory: &Memory,
) -> Result<(Performed, String), (State, String, String)> {
    let mut sent = prepared(request, &memory.values(), None)
        .map_err(|unfilled| (State::Unseen, unfilled.to_string(), String::new()))?;
    memory.add_cookies(&mut sent);
    let source = format!("{} {}", sent.method, sent.url);
    let exchange = deployment.send(sent).await;
    let url = exchange.request.url;
    match exchange.answer {
        Ok(answer) => {
            remember(deployment.secrets, &answer, &url);
            Ok((Performed { answer, url }, source))
        }
        Err(reason) => Err((State::Unseen, reason.to_string(), source)),
    }
}

async fn by_query(
    database: &Database,
    query: &Query,
    keep: &[(Name, String)],
    memory: &Memory,
) -> (State, String, String) {
    let source = format!(
        "the database `{}` ({}): {query}",
        database.name, database.place
    );
    let values = memory.values();
    let found = match &database.place {
        Place::Mongodb(_) => Err(NOT_SQL.to_owned()),
        Place::Postgres { url, .. } => match query.prepared('$', &values) {
            Ok((statement, parameters)) => {
                let found = postgres_row(url, &statement, &parameters).await;
                found.map_err(|error| error.to_string())
            }
            Err(unfilled) => Err(unfilled.to_string()),
        },
        Place::Sqlite(path) => match query.prepared('?', &values) {
            Ok((statement, parameters)) => {
                let found = sqlite_row(path.clone(), statement, parameters).await;
                found.map_err(|error| error.to_string())
            }
            Err(unfilled) => Err(unfilled.to_string()),
        },
    };
    let row = match found {
        Ok(Some(row)) => row,
        Ok(None) => return (State::Broken, "there is no such row".to_owned(), source),
        Err(why) => return (State::Unseen, why, source),
    };
    for (name, column) in keep {
        match row.get(column) {
            Some(Value::Null) => {
                return (
                    State::Broken,
                    format!("the row has no `{column}`: it is NULL"),
                    source,
                );
            }
            Some(value) => memory.learn(name.clone(), value.clone()),
            None => {
                let known: Vec<_> = row.keys().map(String::as_str).collect();
                let why = format!(
                    "the row has no column `{column}`; it has {}",
                    known.join(", ")
                );
                return (State::Unseen, why, source);
            }
        }
    }
    (State::Whole, "there is a row".to_owned(), source)
}
