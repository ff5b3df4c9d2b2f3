//! A gate, an identity service and one app on one port, as the contract says; with switches to break them.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use policy::contract::directory::EventList;
use policy::contract::{
    InstanceRecord, Me, MeInstance, MeVisitor, REASON_HEADER, REQUEST_ID_HEADER, RESPONSE_HEADER,
    Readiness, VERSION_HEADER,
};
use policy::status::Status;
use serde_json::{Value, json};

pub(crate) const ADMIN_SECRET: &str = "canary-operator-secret";

/// What is wrong with the deployment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Switch {
    EventsLost,
    Healthy,
    KeepsNoEvents,
    Misconfigured,
    NoInstance,
    NoSession,
    RegisterFails,
    RemovalFails,
    RemovalHangs,
    /// Whoever waits is told that their app is active (incident I1).
    SaysActive,
    Silent,
    StuckAtActive,
    StuckAndAppDown,
    Suspended,
}

/// A running deployment; it ends with the test's runtime.
#[derive(Clone)]
pub(crate) struct Deployment(Arc<Inner>);

struct Inner {
    address: String,
    switch: Switch,
    users: Mutex<HashMap<String, User>>,
    requests: AtomicUsize,
    registered: AtomicUsize,
    /// The versions that answer as the gate, one after the other; the last one goes on.
    versions: Mutex<VecDeque<&'static str>>,
    /// What was asked for in the header for that.
    overrides: Mutex<Vec<String>>,
    asked_me: tokio::sync::Notify,
    asked_removal: tokio::sync::Notify,
}

#[derive(Clone)]
struct User {
    password: String,
    /// How often the gate was asked about this user: the clock of their instance, so that no run depends on a real one.
    asked: u32,
}

impl Deployment {
    pub(crate) async fn start(switch: Switch) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let deployment = Self(Arc::new(Inner {
            address,
            switch,
            users: Mutex::default(),
            requests: AtomicUsize::new(0),
            registered: AtomicUsize::new(0),
            versions: Mutex::default(),
            overrides: Mutex::default(),
            asked_me: tokio::sync::Notify::new(),
            asked_removal: tokio::sync::Notify::new(),
        }));
        let router = Router::new()
            .route("/register", post(register))
            .route("/login", post(log_in))
            .route("/logout", post(async || StatusCode::NO_CONTENT))
            .route("/users/me", axum::routing::delete(remove))
            .route("/.usher/health", get(health_of_gate))
            .route("/.usher/me", get(me))
            .route("/.usher/ready", get(ready))
            .route("/.usher/session", post(open_session))
            .route("/.usher/admin/v1/events", get(events))
            .route("/.usher/admin/v1/instances/{id}", get(instance))
            .route("/health", get(health))
            .route("/", get(app))
            .layer(middleware::from_fn_with_state(deployment.clone(), count))
            .with_state(deployment.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        deployment
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    /// From now on these versions answer as the gate, one after the other; the last one goes on.
    pub(crate) fn answers_as(&self, versions: &[&'static str]) {
        *self.0.versions.lock().unwrap() = versions.iter().copied().collect();
    }

    /// The overrides that were asked for, one a request that had one.
    pub(crate) fn overrides(&self) -> Vec<String> {
        self.0.overrides.lock().unwrap().clone()
    }

    /// How often somebody was registered.
    pub(crate) fn registered(&self) -> usize {
        self.0.registered.load(Ordering::Relaxed)
    }

    fn version(&self) -> Option<&'static str> {
        let mut versions = self.0.versions.lock().unwrap();
        let version = versions.front().copied();
        if versions.len() > 1 {
            versions.pop_front();
        }
        version
    }

    /// How many requests there were.
    pub(crate) fn requests(&self) -> usize {
        self.0.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn users(&self) -> Vec<String> {
        self.0.users.lock().unwrap().keys().cloned().collect()
    }

    pub(crate) async fn until_asked_me(&self) {
        self.0.asked_me.notified().await;
    }

    pub(crate) async fn until_asked_to_remove(&self) {
        self.0.asked_removal.notified().await;
    }

    /// The e-mail address and how often the gate was asked about the user of this token.
    fn bearer(&self, headers: &HeaderMap) -> Option<(String, u32)> {
        let token = headers
            .get("authorization")?
            .to_str()
            .ok()?
            .strip_prefix("Bearer canary-token-of-")?;
        let users = self.0.users.lock().unwrap();
        users.get(token).map(|user| (token.to_owned(), user.asked))
    }

    fn status(&self, asked: u32) -> Status {
        match (self.0.switch, asked) {
            (Switch::Suspended, _) => Status::Suspended,
            (_, 0..=1) => Status::Provisioning,
            (Switch::StuckAtActive | Switch::StuckAndAppDown, _) | (_, 2) => Status::Active,
            (_, _) => Status::Ready,
        }
    }
}

async fn count(State(here): State<Deployment>, request: Request, next: Next) -> Response {
    here.0.requests.fetch_add(1, Ordering::Relaxed);
    if let Some(wanted) = request
        .headers()
        .get("cloudflare-workers-version-overrides")
    {
        let wanted = wanted.to_str().unwrap().to_owned();
        here.0.overrides.lock().unwrap().push(wanted);
    }
    let mut response = next.run(request).await;
    if response.headers().contains_key(RESPONSE_HEADER)
        && let Some(version) = here.version()
    {
        let version = HeaderValue::from_static(version);
        response.headers_mut().insert(VERSION_HEADER, version);
    }
    response
}

async fn health_of_gate() -> Response {
    ([(RESPONSE_HEADER, "gate")], "{}").into_response()
}

async fn register(State(here): State<Deployment>, Json(body): Json<Value>) -> Response {
    here.0.registered.fetch_add(1, Ordering::Relaxed);
    if here.0.switch == Switch::RegisterFails {
        // Some frameworks echo the input: the password must not get into a report that way.
        let body = json!({"detail": "no such table: users", "input": body});
        return (StatusCode::INTERNAL_SERVER_ERROR, Json(body)).into_response();
    }
    let (email, password) = (
        body["email"].as_str().unwrap().to_owned(),
        body["password"].as_str().unwrap().to_owned(),
    );
    here.0
        .users
        .lock()
        .unwrap()
        .insert(email.clone(), User { password, asked: 0 });
    (StatusCode::CREATED, Json(json!({"email": email}))).into_response()
}

async fn log_in(State(here): State<Deployment>, Json(body): Json<Value>) -> Response {
    let email = body["email"].as_str().unwrap();
    let users = here.0.users.lock().unwrap();
    match users
        .get(email)
        .filter(|user| user.password == body["password"].as_str().unwrap())
    {
        Some(_) => Json(json!({
            "access_token": format!("canary-token-of-{email}"),
            "refresh_token": "canary-refresh-token",
            "token_type": "bearer"
        }))
        .into_response(),
        None => (
            StatusCode::UNAUTHORIZED,
            Json(json!({"detail": "wrong e-mail or password"})),
        )
            .into_response(),
    }
}

async fn remove(State(here): State<Deployment>, headers: HeaderMap) -> StatusCode {
    here.0.asked_removal.notify_one();
    if here.0.switch == Switch::RemovalFails {
        return StatusCode::FORBIDDEN;
    }
    if here.0.switch == Switch::RemovalHangs {
        std::future::pending::<()>().await;
    }
    match here.bearer(&headers) {
        Some((email, _)) => {
            here.0.users.lock().unwrap().remove(&email);
            StatusCode::NO_CONTENT
        }
        None => StatusCode::UNAUTHORIZED,
    }
}

fn problem(status: StatusCode, reason: &str, mistakes: &[&str]) -> Response {
    let body = json!({
        "type": format!("https://usher.invalid/reasons/{reason}"), "title": "Not now", "status": status.as_u16(),
        "detail": "The gate cannot let you in.", "reason": reason, "request_id": "r-1", "next": "Ask the operator.",
        "mistakes": mistakes
    });
    let headers = [
        ("content-type", "application/problem+json"),
        (REASON_HEADER, reason),
        (RESPONSE_HEADER, "1"),
    ];
    (status, headers, body.to_string()).into_response()
}

async fn me(State(here): State<Deployment>, headers: HeaderMap) -> Response {
    here.0.asked_me.notify_one();
    if here.0.switch == Switch::Misconfigured {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "misconfigured", &[]);
    }
    if here.0.switch == Switch::Silent {
        std::future::pending::<()>().await;
    }
    let Some((email, asked)) = here.bearer(&headers) else {
        return problem(StatusCode::UNAUTHORIZED, "token_invalid", &[]);
    };
    here.0
        .users
        .lock()
        .unwrap()
        .entry(email.clone())
        .and_modify(|user| user.asked += 1);
    let status = here.status(asked + 1);
    let is_there = here.0.switch != Switch::NoInstance;
    let admitted = is_there && status == Status::Ready;
    let reason = match (is_there, status) {
        (false, _) => "no_instance".to_owned(),
        (true, Status::Ready) => "admitted".to_owned(),
        (true, other) => format!("instance_{other}"),
    };
    let me = Me {
        visitor: MeVisitor {
            issuer: here.0.address.clone(),
            subject: "subject-1".into(),
            email: Some(email),
            valid_until: 0,
        },
        admitted,
        reason: reason.clone(),
        rule: "sample".into(),
        instance: is_there.then(|| MeInstance {
            id: "i-1".into(),
            status,
            since: 1_700_000_000,
            age_millis: 0,
        }),
        admits: vec![Status::Ready],
        title: "Your app".into(),
        detail: if here.0.switch == Switch::SaysActive {
            "Your instance is currently active. Please wait.".into()
        } else {
            "Ask the operator.".into()
        },
        next: "Wait.".into(),
        retry_after: None,
    };
    (
        [(REASON_HEADER, reason), (RESPONSE_HEADER, "1".into())],
        Json(me),
    )
        .into_response()
}

async fn ready(State(here): State<Deployment>) -> Response {
    if here.0.switch == Switch::Misconfigured {
        return problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "misconfigured",
            &["the secret `ISSUER_KEY` is not set"],
        );
    }
    let loses = here.0.switch == Switch::EventsLost;
    Json(Readiness {
        status: "ready".into(),
        keeps_events: here.0.switch != Switch::KeepsNoEvents,
        lost_events: loses.into(),
        last_lost_because: loses.then(|| "no such table: events".into()),
        foreign_triggers: Vec::new(),
    })
    .into_response()
}

async fn open_session(
    State(here): State<Deployment>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let from_itself = headers
        .get("origin")
        .is_some_and(|origin| origin == here.0.address.as_str());
    let email = form["token"].strip_prefix("canary-token-of-");
    let known = email.is_some_and(|email| here.0.users.lock().unwrap().contains_key(email));
    if here.0.switch == Switch::NoSession || !from_itself || !known {
        return problem(StatusCode::FORBIDDEN, "cross_site_request", &[]);
    }
    let headers = [
        (REQUEST_ID_HEADER, "r-session"),
        (RESPONSE_HEADER, "gate"),
        ("set-cookie", "__Host-usher=x"),
        ("location", "/"),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

async fn events(State(here): State<Deployment>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap();
    assert!(query.contains("event=login_success&request=r-session&since="));
    let event = json!({
        "id": 1, "at": 1_700_000_000_000_u64, "event": "login_success", "user": null, "email": null, "org": null, "issuer": null,
        "provider": null, "instance": null, "ip": null, "user_agent": null, "reason": null, "request_id": "r-session",
        "actor": null, "why": null, "details": null
    });
    let event = serde_json::from_value(event).unwrap();
    let events: Vec<_> = (here.0.switch != Switch::EventsLost)
        .then_some(event)
        .into_iter()
        .collect();
    let list = EventList {
        total: events.len() as u64,
        events,
        next: None,
    };
    ([(RESPONSE_HEADER, "gate")], Json(list)).into_response()
}

async fn instance(
    State(here): State<Deployment>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let expected = format!("Bearer {ADMIN_SECRET}");
    if headers
        .get("authorization")
        .is_none_or(|found| found != expected.as_str())
    {
        return problem(StatusCode::UNAUTHORIZED, "operator_required", &[]);
    }
    // As in reality: with the user their instance goes, so whoever looks must look before.
    if here.users().is_empty() {
        return problem(StatusCode::NOT_FOUND, "not_found", &[]);
    }
    Json(InstanceRecord {
        user: None,
        id,
        url: here.0.address.clone(),
        status: Status::Active,
        suspended_from: None,
        since: 1_700_000_000,
        version: 2,
        issuer: Some(here.0.address.clone()),
        subject: Some("subject-1".into()),
        addresses: Vec::new(),
        org: None,
    })
    .into_response()
}

async fn health(State(here): State<Deployment>) -> StatusCode {
    if here.0.switch == Switch::StuckAndAppDown {
        StatusCode::BAD_GATEWAY
    } else {
        StatusCode::OK
    }
}

async fn app(State(here): State<Deployment>, headers: HeaderMap) -> Response {
    match here.bearer(&headers) {
        Some((email, asked)) if here.status(asked) == Status::Ready => {
            format!("<p>Hello {email}").into_response()
        }
        Some(_) => problem(StatusCode::SERVICE_UNAVAILABLE, "instance_active", &[]),
        None => problem(StatusCode::UNAUTHORIZED, "login_required", &[]),
    }
}
