//! A deployment without a gate, as people have them: a form with a CSRF token to sign up, an RPC with a one-time ticket and errors inside
//! of a 200 to log in, a session in a cookie, an app of everybody's own, and an API key to delete users with.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use axum::routing::{delete, get, post};
use axum::{Form, Json, Router};
use serde_json::{Value, json};

pub(crate) const API_KEY: &str = "canary-api-key";

/// What is wrong with the shop.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flaw {
    /// The log-in says no, with status 200.
    ErrorInside200,
    /// The app ends in a state that never becomes ready.
    Failed,
    /// Whoever comes back waits as if they were new.
    ForgetsUsers,
    /// A project that was created is not in the list.
    LostProject,
    /// Anybody sees the app.
    OpenToAll,
    /// Nothing.
    None,
    /// Whoever waits is told that they may not enter (incidents I1, I4).
    SaysDenied,
    /// Whoever is not logged in is sent round and round (incident I4).
    RedirectLoop,
    /// The app takes longer than a returning user should wait.
    Slow,
    /// The state stays a word that nobody knows (incident I1).
    UnknownWord,
}

#[derive(Clone)]
pub(crate) struct Shop(Arc<Inner>);

struct Inner {
    address: String,
    flaw: Flaw,
    state: Mutex<Books>,
}

#[derive(Default)]
struct Books {
    users: HashMap<u64, (String, String)>,
    projects: Vec<Value>,
    registered: u64,
    tickets: Vec<String>,
    /// How often each user asked for their app since they logged in: the clock of their app.
    asked: HashMap<u64, u32>,
    requests: Vec<String>,
}

impl Shop {
    pub(crate) async fn start(flaw: Flaw) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let shop = Self(Arc::new(Inner {
            address,
            flaw,
            state: Mutex::default(),
        }));
        let router = Router::new()
            .route("/signup", get(sign_up_page).post(sign_up))
            .route("/rpc", post(rpc))
            .route("/api/instance", get(instance))
            .route("/api/projects", get(projects).post(create_project))
            .route("/apps/{id}", get(app))
            .route("/denied", get(denied))
            .route("/admin/users/{id}", delete(remove))
            .with_state(shop.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        shop
    }

    pub(crate) fn address(&self) -> &str {
        &self.0.address
    }

    pub(crate) fn users(&self) -> usize {
        self.0.state.lock().unwrap().users.len()
    }

    /// Every request in its order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.0.state.lock().unwrap().requests.clone()
    }

    /// The configuration that describes it.
    pub(crate) fn configuration(&self) -> String {
        let address = &self.0.address;
        format!(
            r#"[target]
app = "{address}"

[secrets]
api_key = {{ env = "SHOP_API_KEY" }}

[[register.before]]
url = "{{app}}/signup"
capture = {{ csrf = {{ input = "csrf" }} }}

[register]
url = "{{app}}/signup"
form = {{ csrf = "{{csrf}}", email = "{{email}}", password = "{{password}}" }}
status = [302]
capture = {{ welcome = {{ header = "location" }} }}

[[log_in.before]]
method = "POST"
url = "{{app}}/rpc"
json = {{ method = "ticket" }}
fails_if = [{{ json = "/error" }}]
capture = {{ ticket = "/result/ticket" }}

[log_in]
url = "{{app}}/rpc"
json = {{ method = "login", params = {{ ticket = "{{ticket}}", email = "{{email}}", password = "{{password}}" }} }}
fails_if = [{{ json = "/error" }}]
expect = [{{ json = "/result/user/email", equals = "{{email}}" }}]
capture = {{ user_id = {{ json = "/result/user/id", secret = false }} }}
token = {{ cookie = "sid" }}

[ready]
url = "{{app}}/api/instance"
state = "/status"
ready = ["ready"]
failed = ["failed"]
waiting = ["provisioning"]
message = "/message"
capture = {{ home = {{ json = "/url", secret = false }} }}

[instance]
url = "{{home}}"
contains = "{{email}}"

[[steps]]
name = "create a project"
method = "POST"
url = "{{app}}/api/projects"
json = {{ name = "usher {{run}}", owner = "{{user_id}}" }}
status = [201]
capture = {{ project = {{ json = "/id", secret = false }} }}

[[steps]]
name = "see it in the list"
url = "{{app}}/api/projects"
expect = [
    {{ header = "content-type", contains = "json" }},
    {{ json = "", contains = "{{project}}" }},
    {{ body_contains = "usher {{run}}" }},
]

[remove_user]
url = "{{app}}/admin/users/{{user_id}}"
headers = {{ x-api-key = "{{api_key}}" }}
as_user = false

[budget]
ready_seconds = 5
request_seconds = 2
returning_millis = 1000
"#
        )
    }

    fn note(&self, request: &str) {
        let request = request.to_owned();
        self.0.state.lock().unwrap().requests.push(request);
    }

    /// The user of the session's cookie.
    fn user(&self, headers: &HeaderMap) -> Option<(u64, String)> {
        let id = cookie(headers, "sid")?
            .strip_prefix("canary-session-of-")?
            .parse()
            .ok()?;
        let state = self.0.state.lock().unwrap();
        state.users.get(&id).map(|(email, _)| (id, email.clone()))
    }
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let cookies = headers.get("cookie")?.to_str().ok()?;
    cookies
        .split("; ")
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .map(str::to_owned)
}

async fn sign_up_page(State(shop): State<Shop>) -> Response {
    shop.note("page");
    let page = r#"<form method="post"><input value="canary-csrf&amp;token" type="hidden" name="csrf"></form>"#;
    (
        [(
            "set-cookie",
            "form=canary-form-cookie; Path=/signup; HttpOnly",
        )],
        Html(page),
    )
        .into_response()
}

async fn sign_up(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    shop.note("sign-up");
    let is_the_forms = form["csrf"] == "canary-csrf&token"
        && cookie(&headers, "form").as_deref() == Some("canary-form-cookie");
    if !is_the_forms {
        return (StatusCode::FORBIDDEN, "CSRF").into_response();
    }
    let mut state = shop.0.state.lock().unwrap();
    let id = 1000 + state.registered;
    state.registered += 1;
    let user = (form["email"].clone(), form["password"].clone());
    state.users.insert(id, user);
    (StatusCode::FOUND, [("location", "/welcome")]).into_response()
}

async fn rpc(State(shop): State<Shop>, Json(body): Json<Value>) -> Response {
    let error = |message: &str| {
        Json(json!({ "result": null, "error": { "code": -32000, "message": message } }))
            .into_response()
    };
    let mut state = shop.0.state.lock().unwrap();
    let method = body["method"].as_str().unwrap().to_owned();
    state.requests.push(method.clone());
    if method == "ticket" {
        let ticket = format!("canary-ticket-{}", state.tickets.len());
        state.tickets.push(ticket.clone());
        return Json(json!({ "result": { "ticket": ticket }, "error": null })).into_response();
    }
    let params = &body["params"];
    let Some(ticket) = state
        .tickets
        .iter()
        .position(|ticket| params["ticket"] == **ticket)
    else {
        return error("no such ticket");
    };
    // It is good once.
    state.tickets[ticket].clear();
    if shop.0.flaw == Flaw::ErrorInside200 {
        return error("the account is locked");
    }
    if shop.0.flaw == Flaw::ForgetsUsers {
        state.asked.clear();
    }
    let found = state.users.iter().find(|(_, (email, password))| {
        params["email"] == **email && params["password"] == **password
    });
    match found {
        None => error("wrong password"),
        Some((id, (email, _))) => {
            let session = format!("sid=canary-session-of-{id}; Path=/; HttpOnly; Secure");
            let user = json!({ "result": { "user": { "id": id, "email": email } }, "error": null });
            ([("set-cookie", session)], Json(user)).into_response()
        }
    }
}

async fn instance(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    let Some((id, _)) = shop.user(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let mut state = shop.0.state.lock().unwrap();
    let asked = state.asked.entry(id).or_default();
    *asked += 1;
    let status = match (shop.0.flaw, *asked) {
        (_, 1) => return StatusCode::NOT_FOUND.into_response(),
        (_, 2) => "provisioning",
        (Flaw::Failed, _) => "failed",
        (Flaw::UnknownWord, _) => "active",
        (_, _) => "ready",
    };
    let message = if shop.0.flaw == Flaw::SaysDenied {
        "Access denied. Contact sales."
    } else {
        "Your app is being made."
    };
    Json(json!({ "status": status, "message": message, "url": format!("{}/apps/{id}", shop.0.address) }))
        .into_response()
}

async fn app(State(shop): State<Shop>, Path(app): Path<u64>, headers: HeaderMap) -> Response {
    if shop.0.flaw == Flaw::Slow {
        tokio::time::sleep(TOO_LONG).await;
    }
    let email = |id: u64| {
        shop.0
            .state
            .lock()
            .unwrap()
            .users
            .get(&id)
            .map(|(email, _)| email.clone())
    };
    match shop.user(&headers) {
        None if shop.0.flaw == Flaw::OpenToAll => Html(email(app).unwrap()).into_response(),
        None if shop.0.flaw == Flaw::RedirectLoop => {
            let back = format!("/denied?back=/apps/{app}");
            (
                StatusCode::FOUND,
                [
                    ("location", back.as_str()),
                    ("set-cookie", "seen=1; Path=/"),
                ],
            )
                .into_response()
        }
        Some((id, email)) if id == app => Html(format!("<h1>Hello {email}</h1>")).into_response(),
        Some(_) | None => StatusCode::FORBIDDEN.into_response(),
    }
}

async fn denied(Query(query): Query<HashMap<String, String>>) -> Redirect {
    Redirect::to(&query["back"])
}

async fn create_project(
    State(shop): State<Shop>,
    headers: HeaderMap,
    Json(mut project): Json<Value>,
) -> Response {
    let Some((id, _)) = shop.user(&headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    // A number that was captured is a number again.
    if project["owner"] != json!(id) {
        return (StatusCode::BAD_REQUEST, "whose is it?").into_response();
    }
    project["id"] = json!("p-77");
    if shop.0.flaw != Flaw::LostProject {
        shop.0.state.lock().unwrap().projects.push(project.clone());
    }
    (StatusCode::CREATED, Json(project)).into_response()
}

async fn projects(State(shop): State<Shop>, headers: HeaderMap) -> Response {
    match shop.user(&headers) {
        Some(_) => Json(shop.0.state.lock().unwrap().projects.clone()).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn remove(State(shop): State<Shop>, Path(id): Path<u64>, headers: HeaderMap) -> StatusCode {
    shop.note("remove");
    let is_admin = headers.get("x-api-key").is_some_and(|key| key == API_KEY);
    let shows_a_token = headers.contains_key("authorization");
    if !is_admin || shows_a_token {
        return StatusCode::FORBIDDEN;
    }
    match shop.0.state.lock().unwrap().users.remove(&id) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}

/// Longer than the budget in the configuration.
const TOO_LONG: std::time::Duration = std::time::Duration::from_millis(1200);
