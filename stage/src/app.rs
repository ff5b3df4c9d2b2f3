//! What a user came for: a small app of their own, on a port of its own, that shows who the gate says is there.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Json;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::header::{ACCEPT, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use url::form_urlencoded;

/// Starts an app; it listens when this returns, and stops when the handle is aborted.
pub(crate) async fn start(instance: &str) -> io::Result<(String, AbortHandle)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let router = router(Arc::from(instance));
    let task = tokio::spawn(async move {
        // Serving ends only with the task.
        let _ = axum::serve(listener, router).await;
    });
    Ok((url, task.abort_handle()))
}

fn router(instance: Arc<str>) -> Router {
    Router::new()
        .route("/health", get(async || Json(json!({ "status": "ok" }))))
        .route("/echo", any(echo))
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
        .is_some_and(|accept| text(accept).contains("text/html"))
    {
        return match (AppPage { said }).render() {
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
async fn stream() -> Response {
    let (mut writer, reader) = tokio::io::duplex(64);
    tokio::spawn(async move {
        for number in 1..=5 {
            if number > 1 {
                tokio::time::sleep(CHUNK_PAUSE).await;
            }
            let chunk = format!("chunk {number}\n");
            if tokio::io::AsyncWriteExt::write_all(&mut writer, chunk.as_bytes())
                .await
                .is_err()
            {
                return;
            }
        }
    });
    Body::from_stream(chunks(reader)).into_response()
}

fn chunks(reader: tokio::io::DuplexStream) -> impl futures_core::Stream<Item = io::Result<Bytes>> {
    tokio_util::io::ReaderStream::new(reader)
}

/// Two cookies, and whatever the query asks to be set.
async fn cookies(request: Request) -> Response {
    let asked = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let asked = asked
        .filter(|(name, _)| name == "set")
        .map(|(_, value)| value.into_owned());
    let mut response = StatusCode::OK.into_response();
    for cookie in ["a=1".to_owned(), "b=2".to_owned()]
        .into_iter()
        .chain(asked)
    {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    // An app that tries to speak as the gate.
    response.headers_mut().insert(
        HeaderName::from_static("usher-response"),
        HeaderValue::from_static("gate"),
    );
    response
}

async fn status(Path(code): Path<u16>) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_REQUEST)
}

async fn upload(request: Request) -> Result<Json<Value>, StatusCode> {
    let mut body = request.into_body();
    let mut bytes = 0_usize;
    while let Some(frame) = http_body_util::BodyExt::frame(&mut body).await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        bytes += frame.data_ref().map_or(0, Bytes::len);
    }
    Ok(Json(json!({ "bytes": bytes })))
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

const MAX_ECHO_BYTES: usize = 16 * 1024 * 1024;
const MAX_SHOWN_BYTES: usize = 4096;
const CHUNK_PAUSE: Duration = Duration::from_millis(100);
