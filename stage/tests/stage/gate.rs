//! A gate that answers its admin API as the contract says, and remembers what it was asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use policy::contract::{InstanceRecord, Problem, StatusChange};
use serde_json::Value;
use stage::GateLink;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// One call of the admin API, as it came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) authorization: String,
    pub(crate) body: Value,
}

/// A running gate; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Gate {
    pub(crate) url: String,
    state: Arc<Remembered>,
}

struct Remembered {
    calls: watch::Sender<Vec<Call>>,
    refusals_left: AtomicU32,
    refuses_with: StatusCode,
}

impl Gate {
    pub(crate) async fn start() -> Self {
        Self::refusing(0, StatusCode::OK).await
    }

    /// A gate that refuses its first calls.
    pub(crate) async fn refusing(times: u32, refuses_with: StatusCode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Remembered {
            calls: watch::Sender::default(),
            refusals_left: AtomicU32::new(times),
            refuses_with,
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, state }
    }

    pub(crate) fn link(&self) -> GateLink {
        GateLink {
            url: self.url.clone(),
            admin_secret: ADMIN_SECRET.to_owned(),
            app_domain: None,
        }
    }

    /// What it was asked until now.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.state.calls.borrow().clone()
    }

    /// What it was asked, as soon as that are so many calls.
    pub(crate) async fn calls_when(&self, count: usize) -> Vec<Call> {
        let mut seen = self.state.calls.subscribe();
        let enough = seen.wait_for(|calls| calls.len() >= count);
        if let Ok(calls) = tokio::time::timeout(PATIENCE, enough).await {
            return calls.unwrap().clone();
        }
        panic!("fewer than {count} calls came: {:?}", self.calls())
    }
}

async fn answer(
    State(state): State<Arc<Remembered>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let authorization = headers["authorization"].to_str().unwrap().to_owned();
    state.calls.send_modify(|calls| {
        calls.push(Call {
            method: method.to_string(),
            target: uri.to_string(),
            authorization,
            body: serde_json::from_str(&body).unwrap_or(Value::Null),
        });
    });
    let refused = state
        .refusals_left
        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        });
    if refused.is_ok() {
        return (state.refuses_with, Json(problem(state.refuses_with))).into_response();
    }
    if method == Method::DELETE {
        return StatusCode::NO_CONTENT.into_response();
    }
    match serde_json::from_str::<StatusChange>(&body) {
        Ok(change) => Json(instance(uri.path(), &change)).into_response(),
        // A standing is answered with itself.
        Err(_) => body.into_response(),
    }
}

fn instance(path: &str, change: &StatusChange) -> InstanceRecord {
    InstanceRecord {
        user: None,
        id: path.split('/').nth(5).unwrap_or_default().to_owned(),
        url: "http://127.0.0.1:4000".to_owned(),
        status: change.status,
        suspended_from: None,
        since: 0,
        version: 1,
        issuer: Some("http://127.0.0.1:3000".to_owned()),
        subject: Some("somebody".to_owned()),
        addresses: Vec::new(),
        org: None,
    }
}

fn problem(status: StatusCode) -> Problem {
    Problem {
        kind: "about:blank".to_owned(),
        title: "Refused".to_owned(),
        status: status.as_u16(),
        detail: "This gate refuses for a test.".to_owned(),
        reason: "refused_for_a_test".to_owned(),
        request_id: "r-1".to_owned(),
        next: "Ask again.".to_owned(),
        retry_after: None,
        mistakes: vec!["the registry is locked".to_owned()],
    }
}

pub(crate) const ADMIN_SECRET: &str = "canary-operator-secret";

/// A slow machine is no failure; a call that never comes is one.
const PATIENCE: Duration = Duration::from_secs(10);
