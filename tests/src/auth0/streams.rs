//! What sends sign-ups somewhere: log streams, event streams with their failed deliveries, and Actions (Management API v2).
#![expect(
    clippy::indexing_slicing,
    reason = "a member that JSON has not got is null"
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, patch, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::{Auth0, Tenant, admitted, lock};

/// As the dashboard has them.
#[derive(Debug, Default)]
pub(super) struct Streams {
    log: Vec<Value>,
    event: Vec<Value>,
    /// Failed deliveries, the oldest first.
    failed: Vec<Value>,
    /// Actions of the trigger `post-user-registration`.
    bindings: Vec<Value>,
}

impl Auth0 {
    /// A log stream, with an id of its own.
    pub fn add_log_stream(&self, stream: Value) {
        let mut streams = lock(&self.tenant.streams);
        let id = format!("lst_{:016}", streams.log.len());
        streams.log.push(with_id(stream, &id));
    }

    /// An event stream to a webhook.
    pub fn add_event_stream(&self, name: &str, status: &str, endpoint: &str, events: &[&str]) {
        let subscription = |event: &&str| json!({ "event_type": event });
        let mut streams = lock(&self.tenant.streams);
        let id = format!("est_{:022}", streams.event.len());
        streams.event.push(json!({
            "id": id,
            "name": name,
            "status": status,
            "subscriptions": events.iter().map(subscription).collect::<Vec<_>>(),
            "destination": {
                "type": "webhook",
                "configuration": { "webhook_endpoint": endpoint, "webhook_authorization": { "method": "bearer" } },
            },
            "created_at": "2026-01-01T00:00:00.000Z",
            "updated_at": "2026-02-01T00:00:00.000Z",
        }));
    }

    /// Deliveries of the newest event stream that failed at this time.
    pub fn fail_deliveries(&self, count: usize, event: &str, at: &str, error: &str) {
        let mut streams = lock(&self.tenant.streams);
        let stream = streams.event.last().map(|stream| stream["id"].clone());
        for _ in 0..count {
            let id = format!("evt_{:022}", streams.failed.len());
            streams.failed.push(json!({
                "id": id,
                "event_stream_id": stream,
                "status": "failed",
                "event_type": event,
                "attempts": [{ "status": "failed", "timestamp": at, "error_message": error }],
                "event": { "id": id, "type": event, "time": at, "data": {} },
            }));
        }
    }

    /// An Action of the trigger `post-user-registration`.
    pub fn bind_action(&self, name: &str, is_deployed: bool) {
        let deployed = is_deployed.then(|| json!({ "id": "v1", "number": 1 }));
        let action = json!({ "id": name, "name": name, "deployed_version": deployed });
        let binding = json!({ "id": name, "trigger_id": "post-user-registration", "display_name": name, "action": action });
        lock(&self.tenant.streams).bindings.push(binding);
    }
}

pub(super) fn routes() -> Router<Arc<Tenant>> {
    Router::new()
        .route(
            "/api/v2/log-streams",
            get(log_streams).post(make_log_stream),
        )
        .route("/api/v2/log-streams/{id}", patch(change_log_stream))
        .route("/api/v2/event-streams", get(event_streams))
        .route("/api/v2/event-streams/{id}", patch(change_event_stream))
        .route("/api/v2/event-streams/{id}/deliveries", get(deliveries))
        .route("/api/v2/event-streams/{id}/redeliver", post(redeliver))
        .route("/api/v2/actions/triggers/{id}/bindings", get(bindings))
}

type Parameters = Query<BTreeMap<String, String>>;

async fn log_streams(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    answered(&tenant, &headers, "read:log_streams", |streams| {
        Ok(json!(streams.log))
    })
}

async fn make_log_stream(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Json(mut stream): Json<Value>,
) -> Response {
    stream["status"] = json!("active");
    answered(&tenant, &headers, "create:log_streams", |streams| {
        let is_http = stream["type"] == "http" && stream["sink"]["httpEndpoint"].is_string();
        if !is_http {
            return Err("Payload validation error".to_owned());
        }
        let stream = with_id(stream, &format!("lst_{:016}", streams.log.len()));
        streams.log.push(stream.clone());
        Ok(stream)
    })
}

async fn change_log_stream(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(change): Json<Value>,
) -> Response {
    let takes = |name: &str, value: &Value| match name {
        "status" => *value == "active" || *value == "paused",
        "name" => value.is_string(),
        "filters" => value.is_array(),
        // What is not there is gone: a sink is replaced.
        "sink" => value["httpEndpoint"].is_string(),
        _ => false,
    };
    answered(&tenant, &headers, "update:log_streams", |streams| {
        changed(&mut streams.log, &id, &change, takes)
    })
}

async fn event_streams(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Query(query): Parameters,
) -> Response {
    answered(&tenant, &headers, "read:event_streams", |streams| {
        let take: usize = number(&query, "take", 50)?;
        let from = query.get("from").map_or(Ok(0), |from| from.parse());
        let from: usize = from.map_err(|_| "bad from".to_owned())?;
        let page: Vec<_> = streams.event.iter().skip(from).take(take).collect();
        let next = (from + take < streams.event.len()).then(|| (from + take).to_string());
        Ok(json!({ "eventStreams": page, "next": next }))
    })
}

async fn change_event_stream(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(change): Json<Value>,
) -> Response {
    let takes = |name: &str, value: &Value| match name {
        "status" => *value == "enabled" || *value == "disabled",
        "subscriptions" => value.is_array(),
        _ => false,
    };
    answered(&tenant, &headers, "update:event_streams", |streams| {
        changed(&mut streams.event, &id, &change, takes)
    })
}

async fn deliveries(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(query): Parameters,
) -> Response {
    answered(&tenant, &headers, "read:event_deliveries", |streams| {
        let take = number(&query, "take", 50)?;
        if take > 100 {
            return Err("Query validation error: take must be at most 100".to_owned());
        }
        let text = |name: &str| query.get(name).map_or("", String::as_str);
        if text("statuses") != "failed" || text("date_from").contains('.') {
            return Err("Query validation error".to_owned());
        }
        let from = text("from");
        let wanted = streams
            .failed
            .iter()
            .filter(|delivery| is_wanted(delivery, &id, text("event_types"), text("date_from")));
        // From that one on, which comes again.
        let page = wanted.skip_while(|delivery| !from.is_empty() && delivery["id"] != from);
        Ok(json!(page.take(take).collect::<Vec<_>>()))
    })
}

/// Sends them again, as they were.
async fn redeliver(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    Json(wanted): Json<Value>,
) -> Response {
    if let Err(refused) = admitted(&tenant, &headers, "update:event_deliveries") {
        return *refused;
    }
    let types = wanted["event_types"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let types: Vec<_> = types.iter().filter_map(Value::as_str).collect();
    let from = wanted["date_from"].as_str().unwrap_or_default();
    let (endpoint, again) = {
        let streams = lock(&tenant.streams);
        let stream = streams.event.iter().find(|stream| stream["id"] == *id);
        let at = "/destination/configuration/webhook_endpoint";
        let endpoint = stream.and_then(|stream| Some(stream.pointer(at)?.as_str()?.to_owned()));
        let failed = streams.failed.iter();
        let again = failed.filter(|delivery| is_wanted(delivery, &id, &types.join(","), from));
        (endpoint, again.cloned().collect::<Vec<_>>())
    };
    let Some(endpoint) = endpoint else {
        return (StatusCode::NOT_FOUND, Json(json!({ "statusCode": 404 }))).into_response();
    };
    let client = reqwest::Client::new();
    for delivery in again {
        let sent = client.post(&endpoint).json(&delivery["event"]).send().await;
        if sent.is_ok_and(|answer| answer.status().is_success()) {
            lock(&tenant.streams)
                .failed
                .retain(|failed| failed["id"] != delivery["id"]);
        }
    }
    (StatusCode::ACCEPTED, Json(json!({}))).into_response()
}

async fn bindings(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Path(trigger): Path<String>,
    Query(query): Parameters,
) -> Response {
    answered(&tenant, &headers, "read:actions", |streams| {
        let (page, per_page) = (number(&query, "page", 0)?, number(&query, "per_page", 20)?);
        let bound = streams.bindings.iter();
        let bound: Vec<_> = bound
            .filter(|bound| bound["trigger_id"] == *trigger)
            .collect();
        let rows: Vec<_> = bound.iter().skip(page * per_page).take(per_page).collect();
        Ok(json!({ "total": bound.len(), "page": page, "per_page": per_page, "bindings": rows }))
    })
}

fn answered(
    tenant: &Tenant,
    headers: &HeaderMap,
    scope: &str,
    answer: impl FnOnce(&mut Streams) -> Result<Value, String>,
) -> Response {
    if let Err(refused) = admitted(tenant, headers, scope) {
        return *refused;
    }
    match answer(&mut lock(&tenant.streams)) {
        Ok(body) => Json(body).into_response(),
        Err(said) => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "statusCode": 400, "message": said })),
        )
            .into_response(),
    }
}

fn is_wanted(delivery: &Value, stream: &str, types: &str, from: &str) -> bool {
    let at = delivery["attempts"][0]["timestamp"].as_str();
    let event = delivery["event_type"].as_str().unwrap_or_default();
    delivery["event_stream_id"] == *stream
        && types.split(',').any(|wanted| wanted == event)
        && at.is_some_and(|at| at >= from)
}

fn changed(
    streams: &mut [Value],
    id: &str,
    change: &Value,
    takes: impl Fn(&str, &Value) -> bool,
) -> Result<Value, String> {
    let change = change.as_object().ok_or("Payload validation error")?;
    if let Some((name, _)) = change.iter().find(|(name, value)| !takes(name, value)) {
        return Err(format!("Payload validation error: '{name}'"));
    }
    let stream = streams.iter_mut().find(|stream| stream["id"] == *id);
    let stream = stream.ok_or("The stream does not exist")?;
    for (name, value) in change {
        stream[name] = value.clone();
    }
    Ok(stream.clone())
}

fn with_id(mut stream: Value, id: &str) -> Value {
    stream["id"] = json!(id);
    stream
}

fn number(query: &BTreeMap<String, String>, name: &str, usual: usize) -> Result<usize, String> {
    let given = query.get(name).map(|text| text.parse());
    given
        .unwrap_or(Ok(usual))
        .map_err(|_| format!("bad {name}"))
}
