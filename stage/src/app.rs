//! What a user came for: a small app of their own, on a port of its own, that shows who the gate says is there.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{ACCEPT, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use policy::negotiation::prefers_html;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncWriteExt as _, DuplexStream};
use tokio_util::io::ReaderStream;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use crate::fault::Fault;
use crate::loopback::Loopback;

/// Starts an app; it listens when this returns, and stops at `end`.
pub(crate) async fn start(
    instance: &str,
    fault: Option<Fault>,
    end: CancellationToken,
) -> io::Result<String> {
    let loopback = Loopback::bind(0).await?;
    let url = loopback.origin.clone();
    let app = match fault {
        Some(Fault::AppDown) => broken(),
        Some(Fault::AppForgetsVisitor) => blank(),
        Some(
            Fault::EmailMissing
            | Fault::EmailUnverified
            | Fault::LogInFails
            | Fault::LogInWithoutToken
            | Fault::LogOutFails
            | Fault::NeverMigrated
            | Fault::RemovalFails
            | Fault::SignUpLost
            | Fault::StuckActive,
        )
        | None => router(Arc::from(instance)),
    };
    loopback.serve(app, end);
    Ok(url)
}

/// Nothing works, and the health check does not see it.
fn broken() -> Router {
    let failed = async || (StatusCode::INTERNAL_SERVER_ERROR, "no such table: pages");
    well().fallback(failed)
}

/// Everybody sees the same page.
fn blank() -> Router {
    well().fallback(async || Html("<h1>Welcome, stranger</h1>"))
}

fn well<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/health", get(async || Json(json!({ "status": "ok" }))))
}

fn router(instance: Arc<str>) -> Router {
    well()
        .route("/echo", any(echo))
        // What follows a wildcard's slash must not be empty, hence the line for the slash alone.
        .route("/echo/", any(echo))
        .route("/echo/{*rest}", any(echo))
        .route("/stream", get(stream))
        .route(
            "/redirect",
            get(async || (StatusCode::FOUND, [(LOCATION, "/landed")])),
        )
        .route("/cookies", get(cookies))
        .route("/status/{code}", any(status))
        .route("/upload", post(upload))
        .fallback(show)
        .with_state(instance)
}

#[derive(Template)]
#[template(path = "app.html")]
struct AppPage {
    said: Vec<(String, String)>,
    /// What the assertion says, where the gate signs.
    signed: Option<String>,
}

/// What the gate says, and whose app this is.
async fn show(State(instance): State<Arc<str>>, headers: HeaderMap) -> Response {
    let said = headers
        .iter()
        .filter(|(name, _)| name.as_str().starts_with("usher-"));
    let said = said.map(|(name, value)| (name.to_string(), text(value)));
    let said: Vec<_> = [("instance".to_owned(), instance.to_string())]
        .into_iter()
        .chain(said)
        .collect();
    if headers
        .get(ACCEPT)
        .is_some_and(|accept| prefers_html(&text(accept)))
    {
        let is_signed = |(name, _): &(String, String)| name == policy::assertion::HEADER;
        let (signed, said): (Vec<_>, Vec<_>) = said.into_iter().partition(is_signed);
        let signed = signed.first().map(|(_, assertion)| claims(assertion));
        return match (AppPage { said, signed }).render() {
            Ok(html) => Html(html).into_response(),
            Err(problem) => {
                (StatusCode::INTERNAL_SERVER_ERROR, problem.to_string()).into_response()
            }
        };
    }
    let said: Map<String, Value> = said
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    Json(said).into_response()
}

/// What an assertion says, for people to read. An app that relies on it checks the signature first (docs/apps.md).
fn claims(assertion: &str) -> String {
    let said = assertion.split('.').nth(1).unwrap_or_default();
    let said = URL_SAFE_NO_PAD.decode(said).unwrap_or_default();
    let said = serde_json::from_slice::<Value>(&said);
    said.map_or_else(|_| assertion.to_owned(), |said| format!("{said:#}"))
}

/// Exactly what reached the app.
async fn echo(request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = match axum::body::to_bytes(body, MAX_ECHO_BYTES).await {
        Ok(body) => body,
        Err(problem) => {
            return (StatusCode::PAYLOAD_TOO_LARGE, problem.to_string()).into_response();
        }
    };
    let headers: Vec<[String; 2]> = parts
        .headers
        .iter()
        .map(|(name, value)| [name.to_string(), text(value)])
        .collect();
    let beginning = body.get(..MAX_SHOWN_BYTES).unwrap_or(&body);
    Json(json!({
        "method": parts.method.as_str(),
        "target": parts.uri.path_and_query().map_or("/", |target| target.as_str()),
        "headers": headers,
        "body_bytes": body.len(),
        "body": String::from_utf8_lossy(beginning),
    }))
    .into_response()
}

/// Five chunks, so that somebody can see whether they come one by one.
async fn stream() -> Body {
    let (writer, reader) = tokio::io::duplex(64);
    tokio::spawn(write_chunks(writer));
    Body::from_stream(ReaderStream::new(reader))
}

async fn write_chunks(mut writer: DuplexStream) -> io::Result<()> {
    for number in 1..=5 {
        if number > 1 {
            tokio::time::sleep(CHUNK_PAUSE).await;
        }
        // Fails when the reader went away, and there is nobody left to tell.
        writer
            .write_all(format!("chunk {number}\n").as_bytes())
            .await?;
    }
    Ok(())
}

/// Two cookies, and whatever the query asks to be set.
async fn cookies(request: Request) -> Response {
    let asked = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let asked = asked
        .filter(|(name, _)| name == "set")
        .map(|(_, value)| value.into_owned());
    let cookies = ["a=1", "b=2"].map(str::to_owned).into_iter().chain(asked);
    // An app that tries to speak as the gate.
    let mut response = [("usher-response", "gate")].into_response();
    for cookie in cookies {
        let Ok(value) = HeaderValue::from_bytes(cookie.as_bytes()) else {
            let problem = format!("`{}` cannot stand in a header", cookie.escape_debug());
            return (StatusCode::BAD_REQUEST, problem).into_response();
        };
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}

async fn status(Path(code): Path<u16>) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST)
}

/// Counts what comes, piece by piece.
async fn upload(request: Request) -> Result<Json<Value>, StatusCode> {
    let mut body = request.into_body();
    let mut bytes = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        bytes += frame.data_ref().map_or(0, Bytes::len);
    }
    Ok(Json(json!({ "bytes": bytes })))
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

/// Larger than any test sends to `/echo`; what is larger goes to `/upload`, which holds nothing.
const MAX_ECHO_BYTES: usize = 16 * 1024 * 1024;

/// Enough to recognise a body, little enough for a failed test's message.
const MAX_SHOWN_BYTES: usize = 4096;

/// Longer than the noise of a busy machine, so that chunks that were gathered on the way are noticed.
const CHUNK_PAUSE: Duration = Duration::from_millis(100);
