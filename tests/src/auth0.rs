//! An API of Auth0's shape: users by the Management API v2, a page at a time and a thousand at most, within a rate limit
//! (auth0.com/docs: "Search users", "Rate limit policy"); and what sends sign-ups somewhere.

mod streams;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::auth0::streams::Streams;

/// A running tenant.
#[derive(Clone, Debug)]
pub struct Auth0 {
    /// Where it is, without a slash at the end.
    pub url: String,
    tenant: Arc<Tenant>,
}

#[derive(Debug)]
struct Tenant {
    /// The oldest first; each with the time of its creation and the row as it is written.
    users: Mutex<Vec<(String, String)>>,
    /// Every so many requests one is refused, and nothing else is answered for a second.
    refused_every: u64,
    delay: Duration,
    asked: AtomicU64,
    refused: AtomicU64,
    /// What the application may not do.
    denied: Mutex<Vec<String>>,
    streams: Mutex<Streams>,
}

impl Auth0 {
    /// The application that may read users, and its secret.
    pub const CLIENT: (&'static str, &'static str) = ("machine", "machine-secret-of-the-tenant");

    /// What the Management API is opened with.
    pub const TOKEN: &'static str = "token-of-the-management-api-0123456789";

    /// With these users, the oldest first; every `refused_every`th request is refused, none if it is 0.
    pub async fn start(users: Vec<Value>, refused_every: u64, delay: Duration) -> io::Result<Self> {
        let created = |user: &Value| {
            user.get("created_at")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let users = users.iter().map(|user| (created(user), user.to_string()));
        let tenant = Arc::new(Tenant {
            users: Mutex::new(users.collect()),
            refused_every,
            delay,
            asked: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            denied: Mutex::default(),
            streams: Mutex::default(),
        });
        let app = Router::new()
            .route("/oauth/token", post(token))
            .route("/api/v2/users", get(list))
            .merge(streams::routes())
            .with_state(Arc::clone(&tenant));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, tenant })
    }

    /// From now on the application may not do this.
    pub fn deny(&self, scope: &str) {
        lock(&self.tenant.denied).push(scope.to_owned());
    }

    /// How often it was asked, and how often it refused because of its limit.
    pub fn asked(&self) -> (u64, u64) {
        let count = |of: &AtomicU64| of.load(Ordering::Relaxed);
        (count(&self.tenant.asked), count(&self.tenant.refused))
    }
}

async fn token(State(tenant): State<Arc<Tenant>>, Json(grant): Json<Value>) -> Response {
    let said = |name: &str| grant.get(name).and_then(Value::as_str).unwrap_or_default();
    let _ = tenant;
    if said("grant_type") == "client_credentials"
        && (said("client_id"), said("client_secret")) == Auth0::CLIENT
        && said("audience").ends_with("/api/v2/")
    {
        return Json(
            json!({ "access_token": Auth0::TOKEN, "token_type": "Bearer", "expires_in": 86400 }),
        )
        .into_response();
    }
    (
        StatusCode::UNAUTHORIZED,
        Json(json!({ "error": "access_denied" })),
    )
        .into_response()
}

/// Whether this is answered: only with the token, only what the application may, and only within the limit.
fn admitted(tenant: &Tenant, headers: &HeaderMap, scope: &str) -> Result<(), Box<Response>> {
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let refused =
        |status: StatusCode, body: Value| Err(Box::new((status, Json(body)).into_response()));
    if bearer != Some(&format!("Bearer {}", Auth0::TOKEN)) {
        return refused(
            StatusCode::UNAUTHORIZED,
            json!({ "statusCode": 401, "error": "Unauthorized", "message": "Invalid token" }),
        );
    }
    let asked = tenant.asked.fetch_add(1, Ordering::Relaxed) + 1;
    if tenant.refused_every > 0 && asked.is_multiple_of(tenant.refused_every) {
        tenant.refused.fetch_add(1, Ordering::Relaxed);
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let reset = (since.as_secs() + 1).to_string();
        let headers = [
            ("x-ratelimit-limit", "50".to_owned()),
            ("x-ratelimit-remaining", "0".to_owned()),
            ("x-ratelimit-reset", reset),
        ];
        let body = json!({ "statusCode": 429, "error": "Too Many Requests", "errorCode": "too_many_requests" });
        let refused = (StatusCode::TOO_MANY_REQUESTS, headers, Json(body));
        return Err(Box::new(refused.into_response()));
    }
    if lock(&tenant.denied).iter().any(|denied| denied == scope) {
        let said = format!("Insufficient scope, expected any of: {scope}");
        return refused(
            StatusCode::FORBIDDEN,
            json!({ "statusCode": 403, "error": "Forbidden", "message": said, "errorCode": "insufficient_scope" }),
        );
    }
    Ok(())
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn list(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    Query(query): Query<BTreeMap<String, String>>,
) -> Response {
    if let Err(refused) = admitted(&tenant, &headers, "read:users") {
        return *refused;
    }
    if !tenant.delay.is_zero() {
        tokio::time::sleep(tenant.delay).await;
    }
    match page(&tenant, &query) {
        Ok(body) => ([("content-type", "application/json")], body).into_response(),
        Err(said) => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "statusCode": 400, "message": said })),
        )
            .into_response(),
    }
}

fn page(tenant: &Tenant, query: &BTreeMap<String, String>) -> Result<String, String> {
    let number = |name: &str, usual: usize| {
        let given = query
            .get(name)
            .map(|text| text.parse().map_err(|_| format!("bad {name}")));
        given.unwrap_or(Ok(usual))
    };
    let (page, per_page) = (number("page", 0)?, number("per_page", 50)?);
    if per_page > 100 {
        return Err("Query validation error: per_page must be at most 100".to_owned());
    }
    if (page + 1) * per_page > 1000 {
        return Err("You can only page through the first 1000 records.".to_owned());
    }
    if query.get("sort").is_none_or(|sort| sort != "created_at:1") {
        return Err("expected sort=created_at:1".to_owned());
    }
    let from = match query.get("q") {
        None => String::new(),
        Some(q) => q
            .strip_prefix("created_at:[")
            .and_then(|rest| rest.strip_suffix(" TO *]"))
            .ok_or("bad q")?
            .to_owned(),
    };
    let users = lock(&tenant.users);
    let begin = users.partition_point(|(created, _)| *created < from) + page * per_page;
    let rows: Vec<&str> = users
        .iter()
        .skip(begin)
        .take(per_page)
        .map(|(_, row)| row.as_str())
        .collect();
    Ok(format!("[{}]", rows.join(",")))
}
