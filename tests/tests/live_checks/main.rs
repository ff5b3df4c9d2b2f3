//! `usher check security`, `usher check messages` and `usher check config` at a real gate, and at places that only look like one.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test builds on must hold"
)]

mod config;
mod refused_token;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use reqwest::redirect::Policy;
use serde_json::Value;
use stage::{KeepAt, NewAccount};
use tests::world::Verification;
use tests::{World, places};
use tokio::process::Command;

async fn world() -> World {
    World::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

fn findings(ended: &Verification) -> Vec<String> {
    let report: Value =
        serde_json::from_str(&ended.stdout).unwrap_or_else(|error| panic!("{error}: {ended:#?}"));
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let code = |finding: &Value| finding["code"].as_str().unwrap_or_default().to_owned();
    findings.iter().map(code).collect()
}

/// At an address that stands for the gate; the rest of the configuration is of no account.
async fn check_at(gate: &str) -> Verification {
    run_at(gate, "security").await
}

async fn run_at(gate: &str, check: &str) -> Verification {
    run_with(&format!("gate = \"{gate}\""), check).await
}

/// With these addresses.
async fn run_with(target: &str, check: &str) -> Verification {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let path = folder.path().join("usher.toml");
    let text = format!(
        "[target]\n{target}\n[register]\nurl = \"{{gate}}/r\"\n[log_in]\nurl = \"{{gate}}/l\"\ntoken = \"/t\"\n"
    );
    std::fs::write(&path, text).unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new(places::usher());
    command.args(["check", check, "--report", "json", "--config"]);
    let output = command.arg(path).output().await;
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    Verification {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[tokio::test]
async fn an_identity_service_whose_passwords_travel_in_the_open_is_named() {
    let gate = serve(Router::new()).await;
    let target = format!("gate = \"{gate}\"\nidentity = \"http://id.example.com\"");
    let ended = run_with(&target, "security").await;
    assert!(
        findings(&ended).contains(&"not_encrypted".to_owned()),
        "{ended:#?}"
    );
    let here = run_at(&gate, "security").await;
    assert!(
        !findings(&here).contains(&"not_encrypted".to_owned()),
        "{here:#?}"
    );
}

async fn serve(app: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.unwrap_or_else(|error| panic!("{error}"));
    let address = listener
        .local_addr()
        .unwrap_or_else(|error| panic!("{error}"));
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

#[tokio::test]
async fn no_forgery_gets_past_the_gate_and_an_app_that_anybody_may_ask_is_named() {
    let world = world().await;
    let account = NewAccount {
        email: "guy@visitors.example".to_owned(),
        password: "correct horse battery".to_owned(),
        keep_at: KeepAt::Ready,
    };
    let made = world.stage.account(account).await;
    made.unwrap_or_else(|error| panic!("failed to {error}"));
    let ended = world
        .run_usher(&["check", "security", "--report", "json"])
        .await;
    let ended = ended.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(findings(&ended), ["instance_open"], "{ended:#?}");
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    world.stop().await;
}

#[tokio::test]
async fn what_could_not_be_tried_is_never_in_order() {
    let world = world().await;
    let ended = world.run_usher(&["check", "security"]).await;
    let ended = ended.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    let why = "the registry has no instance that is `ready`";
    let words: Vec<_> = ended.stdout.split_whitespace().collect();
    assert!(words.join(" ").contains(why), "{ended:#?}");
    world.stop().await;
    // Nobody listens any more.
    let ended = check_at("http://127.0.0.1:9").await;
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert_eq!(findings(&ended), Vec::<String>::new(), "{ended:#?}");
}

#[tokio::test]
async fn a_place_that_lets_everybody_in_is_not_taken_for_a_gate() {
    let anybody = serve(Router::new().fallback(async || "welcome, admin")).await;
    let ended = check_at(&anybody).await;
    assert_eq!(findings(&ended), ["forgery_admitted"], "{ended:#?}");
    let tries = ended.stdout.matches("it answered 200").count();
    assert_eq!(tries, 20, "{ended:#?}");
}

/// A proxy before the gate, with a mind of its own about answers.
#[derive(Clone)]
struct Proxy {
    gate: String,
    client: reqwest::Client,
    change: fn(&mut HeaderMap),
    rewrite: fn(String) -> String,
}

async fn pass(State(proxy): State<Proxy>, request: Request) -> Response {
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let url = format!("{}{target}", proxy.gate);
    let mut headers = request.headers().clone();
    headers.remove("host");
    let sent = proxy
        .client
        .request(request.method().clone(), url)
        .headers(headers);
    let Ok(answer) = sent.send().await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let (status, mut headers) = (answer.status(), answer.headers().clone());
    headers.remove("transfer-encoding");
    (proxy.change)(&mut headers);
    headers.remove("content-length");
    let body = answer.text().await.unwrap_or_default();
    (status, headers, Body::from((proxy.rewrite)(body))).into_response()
}

async fn findings_behind(world: &World, change: fn(&mut HeaderMap)) -> Vec<String> {
    let address = proxy(world, change, |body| body).await;
    findings(&check_at(&address).await)
}

async fn messages_behind(world: &World, rewrite: fn(String) -> String) -> Vec<String> {
    let address = proxy(world, |_| {}, rewrite).await;
    findings(&run_at(&address, "messages").await)
}

async fn proxy(world: &World, change: fn(&mut HeaderMap), rewrite: fn(String) -> String) -> String {
    let client = reqwest::Client::builder().redirect(Policy::none()).build();
    let proxy = Proxy {
        gate: world.gate.url.clone(),
        client: client.unwrap_or_else(|error| panic!("{error}")),
        change,
        rewrite,
    };
    serve(Router::new().fallback(pass).with_state(proxy)).await
}

#[tokio::test]
async fn what_stands_before_the_gate_is_named_by_what_it_takes_away() {
    let world = world().await;
    let untouched = findings_behind(&world, |_| {}).await;
    assert_eq!(untouched, Vec::<String>::new());
    let without_policy = findings_behind(&world, |headers| {
        headers.remove("content-security-policy");
    });
    assert_eq!(without_policy.await, ["security_headers_missing"]);
    let framed = findings_behind(&world, |headers| {
        let all = HeaderValue::from_static("default-src *");
        headers.insert(HeaderName::from_static("content-security-policy"), all);
    });
    assert_eq!(framed.await, ["security_headers_missing"]);
    let of_last_year = findings_behind(&world, |headers| {
        let date = HeaderValue::from_static("Sat, 22 Nov 2025 02:00:00 GMT");
        headers.insert(HeaderName::from_static("date"), date);
    });
    assert_eq!(of_last_year.await, ["clock_skew"]);
    world.stop().await;
}

#[tokio::test]
async fn what_the_gate_says_is_in_order_and_what_rewrites_it_is_not() {
    let world = world().await;
    let ended = world.run_usher(&["check", "messages"]).await;
    let ended = ended.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert!(ended.stdout.contains("in 6 languages"), "{ended:#?}");
    // The sentence of incident I1.
    let as_then = messages_behind(&world, |body| {
        body.replace(
            "Your app is being set up",
            "Your instance is currently active",
        )
    });
    assert_eq!(as_then.await, ["message_contradicts_state"]);
    let to_nobody = messages_behind(&world, |body| {
        body.replace("mailto:support@usher.invalid", "http://127.0.0.1:9/support")
    });
    assert_eq!(to_nobody.await, ["link_dead"]);
    let no_log_in = proxy(
        &world,
        |headers| {
            if headers.contains_key("location") {
                let nowhere = HeaderValue::from_static("http://127.0.0.1:9/login");
                headers.insert("location", nowhere);
            }
        },
        |body| body,
    );
    let ended = run_at(&no_log_in.await, "messages").await;
    assert_eq!(findings(&ended), ["link_dead"], "{ended:#?}");
    let no_list = run_at(&world.stage.addresses().identity, "messages").await;
    assert_eq!(no_list.code, Some(3), "{no_list:#?}");
    world.stop().await;
}
