//! A deployment without a gate in which users make things that belong to other things: a board is of a project, a project is of a user, and
//! no project is removed while a board is in it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// What is wrong with the atelier.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flaw {
    /// A board is made, and the answer says that it failed.
    BoardAnswers500,
    /// A board is refused as the sender's mistake.
    BoardRefused,
    /// The list of boards is never answered.
    ListHangs,
    /// No project can be removed.
    ProjectsStay,
    None,
}

#[derive(Clone)]
pub(crate) struct Atelier(Arc<Inner>);

struct Inner {
    address: String,
    books: Mutex<Books>,
}

struct Books {
    flaw: Flaw,
    /// Their addresses.
    users: HashMap<String, String>,
    projects: Vec<String>,
    boards: Vec<String>,
    removed: Vec<&'static str>,
    is_listing: bool,
}

impl Atelier {
    pub(crate) async fn start(flaw: Flaw) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let books = Mutex::new(Books {
            flaw,
            users: HashMap::new(),
            projects: Vec::new(),
            boards: Vec::new(),
            removed: Vec::new(),
            is_listing: false,
        });
        let atelier = Self(Arc::new(Inner { address, books }));
        let router = Router::new()
            .route("/", get(home))
            .route("/users", post(sign_up))
            .route("/users/me", delete(remove_user))
            .route("/log-in", post(log_in))
            .route("/projects", post(make_project))
            .route("/projects/{project}", delete(remove_project))
            .route("/projects/{project}/boards", post(make_board).get(list))
            .route("/projects/{project}/boards/{board}", delete(remove_board))
            .with_state(atelier.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        atelier
    }

    /// From now on this is wrong.
    pub(crate) fn has(&self, flaw: Flaw) {
        self.books(|books| books.flaw = flaw);
    }

    /// How many users, projects and boards there are.
    pub(crate) fn holds(&self) -> [usize; 3] {
        self.books(|books| [books.users.len(), books.projects.len(), books.boards.len()])
    }

    /// What was removed, in its order.
    pub(crate) fn removed(&self) -> Vec<&'static str> {
        self.books(|books| books.removed.clone())
    }

    /// Returns when somebody waits for the list.
    pub(crate) async fn until_listing(&self) {
        while !self.books(|books| books.is_listing) {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    fn books<T>(&self, read: impl FnOnce(&mut Books) -> T) -> T {
        read(&mut self.0.books.lock().unwrap())
    }

    fn flaw(&self) -> Flaw {
        self.books(|books| books.flaw)
    }

    /// The configuration that describes it.
    pub(crate) fn configuration(&self) -> String {
        format!("[target]\napp = \"{}\"\n{CONFIGURATION}", self.0.address)
    }
}

const CONFIGURATION: &str = r#"
[register]
url = "{app}/users"
json = { email = "{email}" }

[log_in]
url = "{app}/log-in"
json = { email = "{email}" }
token = "/access_token"

[[steps]]
name = "create a project"
method = "POST"
url = "{app}/projects"
capture = { project = { json = "/id", secret = false } }
undo = { url = "{app}/projects/{project}" }

[[steps]]
name = "create a board"
method = "POST"
url = "{app}/projects/{project}/boards"
capture = { board = { json = "/id", secret = false } }

[steps.undo]
url = "{app}/projects/{project}/boards/{board}"
status = [204]

[[steps]]
name = "see the boards"
url = "{app}/projects/{project}/boards"

[remove_user]
url = "{app}/users/me"

[budget]
request_seconds = 20
"#;

/// The id of the user whose token is shown.
fn user(atelier: &Atelier, headers: &HeaderMap) -> Option<String> {
    let shown = headers.get("authorization")?.to_str().ok()?;
    let id = shown.strip_prefix("Bearer canary-token-of-")?.to_owned();
    atelier.books(|books| books.users.contains_key(&id).then_some(id))
}

async fn home(State(atelier): State<Atelier>, headers: HeaderMap) -> StatusCode {
    match user(&atelier, &headers) {
        Some(_) => StatusCode::OK,
        None => StatusCode::UNAUTHORIZED,
    }
}

async fn sign_up(State(atelier): State<Atelier>, Json(body): Json<Value>) -> StatusCode {
    let email = body["email"].as_str().unwrap().to_owned();
    let id = email.replace(['@', '.'], "-");
    atelier.books(|books| books.users.insert(id, email));
    StatusCode::CREATED
}

async fn log_in(State(atelier): State<Atelier>, Json(body): Json<Value>) -> Response {
    let of_them = |(_, email): &(&String, &String)| body["email"] == **email;
    let found = atelier.books(|books| books.users.iter().find(of_them).map(|(id, _)| id.clone()));
    match found {
        Some(id) => {
            Json(json!({ "access_token": format!("canary-token-of-{id}") })).into_response()
        }
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn make_project(State(atelier): State<Atelier>, headers: HeaderMap) -> Response {
    let Some(user) = user(&atelier, &headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let id = format!("p-of-{user}");
    atelier.books(|books| books.projects.push(id.clone()));
    (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
}

async fn make_board(State(atelier): State<Atelier>, Path(project): Path<String>) -> Response {
    let flaw = atelier.flaw();
    if flaw == Flaw::BoardRefused {
        return StatusCode::UNPROCESSABLE_ENTITY.into_response();
    }
    let id = format!("b-of-{project}");
    atelier.books(|books| books.boards.push(id.clone()));
    let status = match flaw {
        Flaw::BoardAnswers500 => StatusCode::INTERNAL_SERVER_ERROR,
        Flaw::BoardRefused | Flaw::ListHangs | Flaw::ProjectsStay | Flaw::None => {
            StatusCode::CREATED
        }
    };
    (status, Json(json!({ "id": id }))).into_response()
}

async fn list(State(atelier): State<Atelier>) -> Json<Vec<String>> {
    if atelier.flaw() == Flaw::ListHangs {
        atelier.books(|books| books.is_listing = true);
        std::future::pending::<()>().await;
    }
    Json(atelier.books(|books| books.boards.clone()))
}

fn take(list: &mut Vec<String>, id: &str) -> StatusCode {
    match list.iter().position(|found| found == id) {
        Some(position) => {
            list.remove(position);
            StatusCode::NO_CONTENT
        }
        None => StatusCode::NOT_FOUND,
    }
}

async fn remove_board(
    State(atelier): State<Atelier>,
    Path((_, board)): Path<(String, String)>,
    headers: HeaderMap,
) -> StatusCode {
    if user(&atelier, &headers).is_none() {
        return StatusCode::UNAUTHORIZED;
    }
    atelier.books(|books| {
        books.removed.push("board");
        take(&mut books.boards, &board)
    })
}

async fn remove_project(
    State(atelier): State<Atelier>,
    Path(project): Path<String>,
    headers: HeaderMap,
) -> StatusCode {
    if user(&atelier, &headers).is_none() {
        return StatusCode::UNAUTHORIZED;
    }
    atelier.books(|books| {
        if books.flaw == Flaw::ProjectsStay {
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        if !books.boards.is_empty() {
            return StatusCode::CONFLICT;
        }
        books.removed.push("project");
        take(&mut books.projects, &project)
    })
}

async fn remove_user(State(atelier): State<Atelier>, headers: HeaderMap) -> StatusCode {
    let Some(user) = user(&atelier, &headers) else {
        return StatusCode::UNAUTHORIZED;
    };
    atelier.books(|books| {
        books.removed.push("user");
        books.users.remove(&user);
        StatusCode::NO_CONTENT
    })
}
