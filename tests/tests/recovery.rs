//! A gate that traps answers plainly and goes on (edge/shim.mjs), on real workerd.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "what a test builds on must hold"
)]

use std::time::{Duration, Instant};

use policy::contract::Problem;
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

#[tokio::test]
async fn a_trap_is_logged_with_the_request_id_of_the_answer() {
    let (gate, visitor) = trapping_gate().await;
    let problem: Problem = visitor.get("/.usher/trap").await.json().await.unwrap();
    let logged = || {
        gate.logs()
            .iter()
            .any(|line| line.contains("internal_error") && line.contains(&problem.request_id))
    };
    let deadline = Instant::now() + Duration::from_secs(5);
    while !logged() && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(logged(), "{:?}", gate.logs());
    gate.stop().await;
}
