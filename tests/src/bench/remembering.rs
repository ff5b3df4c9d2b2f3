//! What a gate takes of memory while more and more different visitors come, each of whom it lets in and remembers.
//!
//! workerd runs alone with the release build; control plane, KV and app are this process, which remembers nobody. A visitor who comes costs the
//! gate all it can cost: a signature, a read of KV that finds nothing, a question to the control plane, an assertion, the request to the app,
//! and after the answer a write to KV.

use std::fs;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Query;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;

use super::alone::{ASIDE, Alone, Parts};
use super::load::{self, Asked, Visitors};
use super::seed::Seed;
use super::{BenchError, inspector, processor, variant};
use crate::places;

/// After how many visitors memory is looked at, as far as so many come.
const STEPS: [usize; 8] = [
    1000, 10_000, FULL, 40_000, 100_000, 300_000, 600_000, 1_000_000,
];

/// After so many everything that is bounded in number is full, with room to spare (`edge/src/memory/`).
const FULL: usize = 20_000;

const ISSUER: &str = "https://id.bench.invalid/";
const AUDIENCE: &str = "https://api.bench.invalid";
const SECRET: &str = "a secret of the bench, of thirty-two letters and more";

/// As long as what follows an answer takes.
const SETTLED: Duration = Duration::from_millis(300);

/// As long as the gate lets a control plane rest that did not answer in time (`edge/src/circuit.rs`), and longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a Worker is asked something that is to answer its inspector.
const NUDGED: Duration = Duration::from_millis(20);

/// Lets so many visitors come; gives step by step the bytes that the gate's WebAssembly and its JavaScript hold, and those of workerd that are
/// in memory, garbage and all.
pub async fn measure(visitors: usize) -> Result<Value, BenchError> {
    processor::pin_self().map_err(BenchError::Processor)?;
    let others = others().await.map_err(BenchError::Upstream)?;
    let folder = tempfile::tempdir().map_err(BenchError::File)?;
    let build = folder.path().join("build");
    with_aside(&build).map_err(BenchError::File)?;
    let parts = Parts {
        build: &build,
        vars: &vars(others),
        store: others,
        is_inspected: true,
    };
    let alone = Alone::put(&parts, &folder.path().join("alone"))?;
    let mut child = alone.start().await?;
    let process = child.id().ok_or(BenchError::Gone)?;
    let asked = Asked {
        path: "/",
        visitors: Visitors::New(Arc::new(headers)),
        status: 200,
        length: Some(APP.len()),
        patience: PATIENCE,
    };
    let mut came = 0;
    let mut steps = Vec::new();
    for step in STEPS.into_iter().filter(|step| *step <= visitors) {
        let took = load::send(alone.address, &asked, came, step - came).await;
        let took = took.map_err(BenchError::Load)?;
        tokio::time::sleep(SETTLED).await;
        let resident = processor::resident(process).map_err(BenchError::Processor)?;
        let live = live(&alone).await?;
        steps.push(json!({
            "visitors": step,
            "resident": resident,
            "wasm": wasm(&alone).await?,
            "javascript": live,
            "seconds": took.as_secs_f64(),
        }));
        came = step;
    }
    // It has nothing to finish.
    let _ = child.kill().await;
    Ok(json!({ "full": FULL, "steps": steps }))
}

/// The gate's build with an entry point beside its own, which says how large its memory is.
fn with_aside(build: &std::path::Path) -> io::Result<()> {
    variant::copy(&places::gate_build(), build)?;
    for (name, more) in [
        (
            "index.js",
            "export const memoryBytes = () => wasm.memory.buffer.byteLength;".to_owned(),
        ),
        (
            "shim.mjs",
            format!(
                "import {{ memoryBytes }} from \"./index.js\";
                 export const {ASIDE} = {{ fetch: () => new Response(String(memoryBytes())) }};"
            ),
        ),
    ] {
        let path = build.join(name);
        let text = fs::read_to_string(&path)?;
        fs::write(path, format!("{text}\n{more}\n"))?;
    }
    Ok(())
}

/// What its JavaScript holds. A Worker that nobody asks anything does not answer its inspector either.
async fn live(alone: &Alone) -> Result<f64, BenchError> {
    let awake = async {
        loop {
            tokio::time::sleep(NUDGED).await;
            if let Err(error) = wasm(alone).await {
                return error;
            }
        }
    };
    tokio::select! {
        live = inspector::live_bytes(alone.inspector) => live.map_err(BenchError::Inspector),
        error = awake => Err(error),
    }
}

async fn wasm(alone: &Alone) -> Result<u64, BenchError> {
    let client = reqwest::Client::builder().no_proxy().build();
    let client = client.map_err(BenchError::Client)?;
    let answer = client.get(format!("http://{}", alone.aside)).send().await;
    let answer = answer.map_err(BenchError::Client)?;
    let text = answer.text().await.map_err(BenchError::Client)?;
    text.parse().map_err(|_no_number| BenchError::Wrong {
        variant: "gate",
        answer: format!("its memory has `{text}` bytes"),
    })
}

/// As an operator with a platform of their own would configure it.
fn vars(others: u16) -> Map<String, Value> {
    let issuer = json!({
        "issuer": ISSUER, "audience": AUDIENCE, "algorithm": "HS256", "secret": "LOG_IN_SECRET",
    });
    let vars = json!({
        "LOG_IN_SECRET": SECRET,
        "USHER_ADMIN_SECRET": "an admin secret of the bench, which nobody uses",
        "USHER_ASSERTION_KEY": Seed::new().assertion_key().to_string(),
        "USHER_AUTHORITY": "control-plane",
        "USHER_CONTROL_PLANE_SECRET": "a-secret-of-the-control-plane-that-nobody-looks-at",
        "USHER_CONTROL_PLANE_URL": format!("http://127.0.0.1:{others}/control-plane"),
        "USHER_DEVELOPMENT": true,
        "USHER_INSTANCE_HOSTS": ["127.0.0.1"],
        "USHER_ISSUERS": [issuer],
        "USHER_LOGIN_URL": "https://id.bench.invalid/login",
        "USHER_SUPPORT": "mailto:support@bench.invalid",
    });
    vars.as_object().cloned().unwrap_or_default()
}

/// What one sends who was never here before: a token of an ordinary size, and little else.
#[expect(
    clippy::expect_used,
    reason = "visible ASCII, and a key of any length will do"
)]
fn headers(number: usize) -> HeaderMap {
    let name = format!("visitor-{number:07}");
    let header = r#"{"alg":"HS256","typ":"JWT"}"#;
    let filled = "permissions:".repeat(20);
    let claims = format!(
        r#"{{"iss":"{ISSUER}","aud":["{AUDIENCE}"],"sub":"auth0|{name}","iat":1,"exp":4000000000,"email":"{name}@bench.invalid","email_verified":true,"name":"{name}","scope":"{filled}"}}"#
    );
    let signed = [header, &claims]
        .map(|part| URL_SAFE_NO_PAD.encode(part))
        .join(".");
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key");
    mac.update(signed.as_bytes());
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    let token = format!("Bearer {signed}.{signature}");
    let mut headers = HeaderMap::new();
    headers.insert(HOST, HeaderValue::from_static("app.localhost"));
    let token = HeaderValue::from_str(&token).expect("a header");
    headers.insert(AUTHORIZATION, token);
    headers
}

const APP: &str = "the app";

/// Control plane, KV and app at one port: who is asked for is a member with an instance that is ready, KV has nothing, and the app answers.
async fn others() -> io::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let app = format!("http://127.0.0.1:{port}");
    let router = Router::new()
        .route(
            "/control-plane/standings",
            get(async move |Query(asking)| standing(&app, &asking)),
        )
        .route("/", get(async || APP))
        .fallback(get(async || StatusCode::NOT_FOUND).put(async || StatusCode::NO_CONTENT));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(port)
}

#[derive(Deserialize)]
struct Asking {
    iss: String,
    sub: String,
}

fn standing(app: &str, Asking { iss, sub }: &Asking) -> impl IntoResponse + use<> {
    let id = sub.replace('|', "-");
    let standing = json!({
        "issuer": iss, "subject": sub, "membership": "member", "org": "Acme", "role": "member",
        "instance": { "id": id, "url": app, "status": "ready", "since": 1 },
        "version": 1,
    });
    ([(CONTENT_TYPE, "application/json")], standing.to_string())
}
