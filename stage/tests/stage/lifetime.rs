//! A stage ends with its last word, and what it wrote down outlives it.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use stage::{Authority, Options, SignUp, Stage};
use tokio::net::TcpStream;

use crate::gate::Gate;
use crate::world::{EMAIL, PASSWORD, World, answer};

#[tokio::test]
async fn nothing_listens_after_drop() {
    let world = World::start().await;
    let app = world.app().await;
    let identity = world.stage.addresses().identity.clone();
    let health = [&identity, &app].map(|origin| format!("{origin}/health"));
    for url in &health {
        assert_eq!(answer(world.client.get(url)).await.0, 200);
    }
    drop(world.stage);
    for origin in [&identity, &app] {
        refuses_connections(origin).await;
    }
    // Nor is anything served on the connections that were open: the client still holds them.
    for url in &health {
        assert!(world.client.get(url).send().await.is_err(), "{url}");
    }
}

#[tokio::test]
async fn nothing_goes_on_after_drop() {
    let pause = Duration::from_millis(200);
    let slow = |options: &mut Options| options.provisioning = pause;
    let world = World::with(Gate::start().await, slow).await;
    assert_eq!(world.register(EMAIL).await.0, 201);
    let calls = world.gate.calls_when(1).await;
    drop(world.stage);
    tokio::time::sleep(2 * pause).await;
    assert_eq!(world.gate.calls(), calls);
}

/// Hashing a password takes longer than the head start, so the drop finds the registration on its way.
#[tokio::test]
async fn a_registration_on_its_way_at_the_drop_starts_no_app() {
    let world = World::start().await;
    let body = json!({ "email": EMAIL, "username": "guy", "password": PASSWORD });
    let register = world
        .call(Method::POST, "/api/v1/auth/register")
        .json(&body);
    let registration = tokio::spawn(register.send());
    tokio::time::sleep(Duration::from_millis(10)).await;
    drop(world.stage);
    let _ = registration.await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(world.gate.calls(), []);
}

/// Incident I5: re-creating the container would have lost every user.
#[tokio::test]
async fn users_survive_a_restart_over_the_same_file() {
    let mut world = World::start().await;
    world.register(EMAIL).await;
    world.stage = Stage::start(Options {
        authority: Authority::Gate,
        identity_port: 0,
        database: world.database(),
        fault: None,
        provisioning: Duration::ZERO,
        setup: Duration::ZERO,
        sign_up: SignUp::App,
    })
    .await
    .unwrap();
    assert_eq!(world.log_in(EMAIL, PASSWORD).await.0, 200);
    assert_eq!(world.rows("migrations"), 2);
}

/// A dropped task ends at its next breath, not at once.
async fn refuses_connections(origin: &str) {
    let authority = origin.strip_prefix("http://").unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect(authority).await.is_ok() {
        assert!(Instant::now() < deadline, "{origin} still listens");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
