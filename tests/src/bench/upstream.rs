//! The app behind every variant: answers at once, from memory.

use std::io;

use axum::Router;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse as _;
use axum::routing::get;
use serde_json::{Map, Value};
use tokio::net::TcpListener;

use super::seed::Seed;

/// A small answer, as an API gives it: 1 KB.
pub(super) const SMALL: &str = "/api/items?page=1";
pub(super) const SMALL_BYTES: usize = 1024;

/// A file: 1 MB.
pub(super) const LARGE: &str = "/files/report.bin";
pub(super) const LARGE_BYTES: usize = 1 << 20;

/// The headers that arrived, as JSON.
pub(super) const ECHO: &str = "/echo";

/// Where the issuer's keys are.
const KEYS: &str = "/.well-known/jwks.json";

#[derive(Debug)]
pub(super) struct Upstream {
    /// The origin.
    pub(super) url: String,
}

impl Upstream {
    pub(super) async fn start(seed: &Seed) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let keys = seed.key_set().to_string();
        let small = Bytes::from(vec![b'a'; SMALL_BYTES]);
        let large = Bytes::from(vec![b'a'; LARGE_BYTES]);
        let typed = |kind: &'static str, body: Bytes| {
            move || async move { ([(CONTENT_TYPE, kind)], body).into_response() }
        };
        let (small_path, _) = SMALL.split_once('?').unwrap_or((SMALL, ""));
        let router = Router::new()
            .route(small_path, get(typed("application/json", small)))
            .route(LARGE, get(typed("application/octet-stream", large)))
            .route(KEYS, get(typed("application/json", Bytes::from(keys))))
            .route(ECHO, get(echo));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { url })
    }

    /// Where the issuer's keys are.
    pub(super) fn keys(&self) -> String {
        format!("{}{KEYS}", self.url)
    }
}

async fn echo(headers: HeaderMap) -> String {
    let headers = headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.to_string(), Value::String(value))
    });
    Value::Object(headers.collect::<Map<_, _>>()).to_string()
}
