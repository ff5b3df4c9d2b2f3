//! A gate that traps answers plainly and goes on (edge/shim.mjs), on real workerd.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test builds on must hold"
)]

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use jsonwebtoken::{EncodingKey, Header};
use policy::contract::Problem;
use serde_json::{Value, json};
use tests::gate::{Gate, GateOptions};
use tests::{Visitor, places};

async fn trapping_gate() -> (Gate, Visitor) {
    let options = GateOptions {
        build: places::trap_build(),
        ..GateOptions::default()
    };
    let gate = Gate::start(options)
        .await
        .expect("the trap build, made by `cargo xtask build --features trap`");
    let visitor = Visitor::api(&gate.url);
    (gate, visitor)
}

async fn assert_internal_error(answer: reqwest::Response) {
    assert_eq!(answer.status(), 500);
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "application/problem+json");
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header(policy::contract::REASON_HEADER), "internal_error");
    assert_eq!(header(policy::contract::RESPONSE_HEADER), "gate");
    let problem: Problem = answer.json().await.unwrap();
    assert_eq!(
        (problem.status, problem.reason.as_str()),
        (500, "internal_error")
    );
    let words = policy::reason::Reason::InternalError.words(policy::language::Language::English);
    assert_eq!(
        [&*problem.title, &*problem.detail, &*problem.next],
        [words.title, words.detail, words.next]
    );
    assert!(!problem.request_id.is_empty());
}

#[tokio::test]
async fn a_trap_is_answered_and_the_next_request_is_served() {
    let (gate, visitor) = trapping_gate().await;
    for trap in [
        "/.usher/trap",
        "/.usher/trap?later",
        "/.usher/trap?abort",
        "/.usher/trap",
    ] {
        assert_internal_error(visitor.get(trap).await).await;
        let next = visitor.get("/.usher/trap?calm").await;
        assert_eq!(
            (next.status().as_u16(), next.text().await.unwrap().as_str()),
            (200, "no trap"),
            "after {trap}"
        );
    }
    gate.stop().await;
}

#[tokio::test]
async fn requests_in_flight_at_a_trap_are_answered_at_once() {
    let (gate, visitor) = trapping_gate().await;
    for trap in ["/.usher/trap", "/.usher/trap?later", "/.usher/trap?abort"] {
        let started = Instant::now();
        let trapping = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            visitor.get(trap).await
        };
        let (waiting, trapped) = tokio::join!(visitor.get("/.usher/trap?wait"), trapping);
        assert!(
            started.elapsed() < Duration::from_millis(1500),
            "{trap} was answered after {:?}",
            started.elapsed()
        );
        assert_internal_error(waiting).await;
        assert_internal_error(trapped).await;
    }
    gate.stop().await;
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// An app that takes its time at `/slow`.
async fn app() -> String {
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        "the app"
    };
    let router = Router::new()
        .route("/", get("the app"))
        .route("/slow", get(slow));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

/// A gate that can trap, and one visitor of it, whose app is at this address.
async fn trapping_gate_before(app: &str) -> (Gate, Visitor) {
    let issuer =
        json!({ "issuer": "own", "audience": "usher", "algorithm": "HS256", "secret": "LOG_IN" });
    let vars = json!({
        "USHER_ADMIN_SECRET": SECRET, "USHER_DEVELOPMENT": true, "USHER_INSTANCE_HOSTS": ["127.0.0.1"],
        "USHER_ISSUERS": [issuer], "LOG_IN": SECRET,
        "USHER_LOGIN_URL": "https://id.invalid/login", "USHER_SUPPORT": "mailto:support@usher.invalid",
    });
    let gate = Gate::start(GateOptions {
        build: places::trap_build(),
        vars: vars.as_object().unwrap().clone(),
        ..GateOptions::default()
    });
    let gate = gate.await.unwrap();
    let instance = format!(
        "INSERT INTO instances (id, user_id, url, status, since, version) VALUES ('i', 'u', '{app}', 'provisioning', 1, 1)"
    );
    for statement in [
        "INSERT INTO users (id, version, created_at) VALUES ('u', 1, 1)",
        "INSERT INTO identities (issuer, subject, user_id) VALUES ('own', 'guy', 'u')",
        &instance,
        "UPDATE instances SET status = 'active'",
        "UPDATE instances SET status = 'ready'",
    ] {
        gate.d1(statement, &[] as &[Value]).await.unwrap();
    }
    let claims = json!({ "iss": "own", "sub": "guy", "aud": "usher", "exp": 9_999_999_999_u64 });
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = jsonwebtoken::encode(&Header::default(), &claims, &key).unwrap();
    let visitor = Visitor::api(&gate.url).with_bearer(&token);
    (gate, visitor)
}

#[tokio::test]
async fn what_is_with_the_app_already_is_answered_by_the_app_although_another_request_traps() {
    let (gate, visitor) = trapping_gate_before(&app().await).await;
    // From now on memory knows the visitor, and nothing of the gate has to wait for the app.
    assert_eq!(visitor.get("/").await.text().await.unwrap(), "the app");
    let trapping = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        visitor.get("/.usher/trap").await
    };
    let (carried, trapped) = tokio::join!(visitor.get("/slow"), trapping);
    assert_internal_error(trapped).await;
    assert_eq!(carried.text().await.unwrap(), "the app");
    assert_eq!(visitor.get("/").await.text().await.unwrap(), "the app");
    gate.stop().await;
}

/// The line about a request that was answered with "something went wrong", which takes another way than the answer.
async fn line_about(gate: &Gate, answer: reqwest::Response) -> Value {
    let problem: Problem = answer.json().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let lines = gate.logs();
        let mut lines = lines
            .iter()
            .filter_map(|line| serde_json::from_str(line).ok());
        let about = |line: &Value| line["request_id"] == json!(problem.request_id);
        if let Some(line) = lines.find(about) {
            assert_eq!(line["event"], "internal_error", "{line}");
            return line;
        }
        assert!(Instant::now() < deadline, "{:?}", gate.logs());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_trap_is_logged_with_what_happened_under_the_request_id_of_the_answer() {
    let (gate, visitor) = trapping_gate().await;
    // What is said about whoever only waited; about a panic the one that trapped is told of as well.
    for (trap, said) in [
        ("/.usher/trap", "panicked while this request was in flight"),
        (
            "/.usher/trap?later",
            "panicked while this request was in flight",
        ),
        ("/.usher/trap?abort", "unreachable"),
    ] {
        let trapping = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            visitor.get(trap).await
        };
        let (waiting, trapped) = tokio::join!(visitor.get("/.usher/trap?wait"), trapping);
        let [waiting, trapped] = [
            line_about(&gate, waiting).await,
            line_about(&gate, trapped).await,
        ];
        let error = |line: &Value| line["error"].as_str().unwrap().to_owned();
        assert!(error(&waiting).contains(said), "{trap}: {waiting}");
        let of_trap = [said, "unreachable"];
        assert!(
            of_trap.iter().any(|said| error(&trapped).contains(said)),
            "{trap}: {trapped}"
        );
        assert_ne!(waiting["request_id"], trapped["request_id"]);
    }
    let panics = gate.logs().into_iter();
    let panics =
        panics.filter(|line| line.contains("edge/src/trap.rs") && line.contains("asked to trap"));
    assert_eq!(panics.count(), 2, "each panic with its words and its place");
    gate.stop().await;
}
