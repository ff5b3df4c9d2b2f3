//! A small service with a SQLite file: people sign up, log in, and are removed. What it has not got a table for fails with 500.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

pub(crate) const TABLES: [&str; 1] =
    ["CREATE TABLE users (email TEXT PRIMARY KEY, password TEXT NOT NULL)"];

/// Where the service keeps people, which a test may change while it runs.
type File = Arc<Mutex<PathBuf>>;

/// Starts it and gives its address.
pub(crate) async fn serve(file: PathBuf) -> String {
    serve_shared(Arc::new(Mutex::new(file))).await
}

pub(crate) async fn serve_shared(file: File) -> String {
    let app = Router::new()
        .route("/register", post(register))
        .route("/login", post(log_in))
        .route("/me", delete(remove))
        .route("/", get(async || "welcome"))
        .with_state(file);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.unwrap_or_else(|error| panic!("{error}"));
    let address = listener
        .local_addr()
        .unwrap_or_else(|error| panic!("{error}"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

/// All of usher.toml but the databases.
pub(crate) fn configuration(app: &str) -> String {
    format!(
        "[target]\napp = \"{app}\"\n\
         [register]\nurl = \"{{app}}/register\"\njson = {{ email = \"{{email}}\", password = \"{{password}}\" }}\nstatus = [201]\n\
         [log_in]\nurl = \"{{app}}/login\"\njson = {{ email = \"{{email}}\", password = \"{{password}}\" }}\ntoken = \"/token\"\n\
         [remove_user]\nurl = \"{{app}}/me\"\n\
         [instance]\npath = \"/\"\ncontains = \"welcome\"\n"
    )
}

fn database(file: &File) -> Result<Connection, StatusCode> {
    let path = file.lock().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let opened = Connection::open_with_flags(&*path, OpenFlags::SQLITE_OPEN_READ_WRITE);
    opened.map_err(failed)
}

fn failed(_error: rusqlite::Error) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn register(
    State(file): State<File>,
    Json(user): Json<Value>,
) -> Result<StatusCode, StatusCode> {
    let [email, password] = ["email", "password"].map(|key| user[key].as_str());
    let sql = "INSERT INTO users (email, password) VALUES (?, ?)";
    database(&file)?
        .execute(sql, (email, password))
        .map_err(failed)?;
    Ok(StatusCode::CREATED)
}

async fn log_in(
    State(file): State<File>,
    Json(user): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    let [email, password] = ["email", "password"].map(|key| user[key].as_str());
    let sql = "SELECT count(*) FROM users WHERE email = ? AND password = ?";
    let found = database(&file)?.query_row(sql, (email, password), |row| row.get::<_, i64>(0));
    match found.map_err(failed)? {
        0 => Err(StatusCode::UNAUTHORIZED),
        _ => Ok(Json(
            json!({ "token": format!("token-of-{}", email.unwrap_or_default()) }),
        )),
    }
}

async fn remove(State(file): State<File>, headers: HeaderMap) -> Result<StatusCode, StatusCode> {
    let token = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let email = token.and_then(|token| token.strip_prefix("Bearer token-of-"));
    let removed = database(&file)?.execute("DELETE FROM users WHERE email = ?", [email]);
    match removed.map_err(failed)? {
        0 => Err(StatusCode::UNAUTHORIZED),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
