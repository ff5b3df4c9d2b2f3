//! Services of a platform: a PDS of the reference's shape, and an API that makes records.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

pub(crate) async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// The endpoints of the reference PDS that an audit asks, with its answers (packages/pds/src/api/com/atproto), and the one that creates
/// an account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pds {
    /// By DID: handle and address.
    pub(crate) accounts: Arc<Mutex<BTreeMap<String, (String, String)>>>,
}

impl Pds {
    pub(crate) async fn start(&self) -> String {
        let app = Router::new()
            .route("/xrpc/com.atproto.sync.listRepos", get(repos))
            .route("/xrpc/com.atproto.admin.getAccountInfos", get(infos))
            .route("/xrpc/com.atproto.server.createAccount", post(create))
            .with_state(self.clone());
        serve(app).await
    }

    pub(crate) fn add(&self, did: &str, handle: &str, email: &str) {
        let account = (handle.to_owned(), email.to_owned());
        self.accounts
            .lock()
            .unwrap()
            .insert(did.to_owned(), account);
    }
}

fn pairs(query: Option<String>) -> Vec<(String, String)> {
    let query = query.unwrap_or_default();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Two at a time: the audit asks for a hundred, and a service may give less.
async fn repos(State(pds): State<Pds>, RawQuery(query): RawQuery) -> Response {
    let after = pairs(query).into_iter().find(|(name, _)| name == "cursor");
    let after = after.map(|(_, cursor)| cursor).unwrap_or_default();
    let accounts = pds.accounts.lock().unwrap();
    let page: Vec<&String> = accounts
        .keys()
        .filter(|did| **did > after)
        .take(2)
        .collect();
    let rows: Vec<Value> = page
        .iter()
        .map(|did| json!({ "did": did, "head": "bafy", "rev": "3k", "active": true }))
        .collect();
    let mut body = json!({ "repos": rows });
    if let Some(last) = page.last().filter(|_| page.len() == 2) {
        body["cursor"] = json!(last);
    }
    Json(body).into_response()
}

async fn infos(State(pds): State<Pds>, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let basic = BASE64_STANDARD.encode("admin:pds-admin-password");
    if headers
        .get("authorization")
        .is_none_or(|value| value != &format!("Basic {basic}"))
    {
        let body = json!({ "error": "AuthMissing", "message": "Authentication Required" });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    }
    let accounts = pds.accounts.lock().unwrap();
    let dids = pairs(query).into_iter().filter(|(name, _)| name == "dids");
    let infos = dids.filter_map(|(_, did)| {
        let (handle, email) = accounts.get(&did)?;
        Some(json!({ "did": did, "handle": handle, "email": email, "indexedAt": "2026-11-01T00:00:00.000Z" }))
    });
    let infos: Vec<Value> = infos.collect();
    Json(json!({ "infos": infos })).into_response()
}

async fn create(State(pds): State<Pds>, Json(account): Json<Value>) -> Response {
    let text = |name: &str| account[name].as_str().unwrap_or_default().to_owned();
    let did = format!("did:plc:{}", text("handle").replace('.', ""));
    if pds.accounts.lock().unwrap().contains_key(&did) {
        let body = json!({ "error": "HandleNotAvailable" });
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
    pds.add(&did, &text("handle"), &text("email"));
    Json(json!({ "did": did, "handle": text("handle") })).into_response()
}

/// Records that are listed, and made by a request that takes its time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    pub(crate) rows: Arc<Mutex<Vec<Value>>>,
    /// What was asked to be made, with the `idempotency-key`.
    pub(crate) made: Arc<Mutex<Vec<(String, String)>>>,
    pub(crate) slow: Duration,
}

impl Records {
    pub(crate) async fn start(&self) -> String {
        let app = Router::new()
            .route("/records", get(records).post(make))
            .with_state(self.clone());
        serve(app).await
    }
}

async fn records(State(records): State<Records>) -> Json<Value> {
    Json(json!({ "rows": *records.rows.lock().unwrap() }))
}

async fn make(
    State(records): State<Records>,
    headers: HeaderMap,
    Json(row): Json<Value>,
) -> StatusCode {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok());
    let id = row["id"].as_str().unwrap_or_default().to_owned();
    records
        .made
        .lock()
        .unwrap()
        .push((id, key.unwrap_or_default().to_owned()));
    // It is made before anybody is told.
    records.rows.lock().unwrap().push(row);
    tokio::time::sleep(records.slow).await;
    StatusCode::CREATED
}
