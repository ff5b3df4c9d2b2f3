//! What the gate hears of a new user.

use std::time::Duration;

use policy::contract::StandingRecord;
use reqwest::StatusCode;
use serde_json::{Value, json};
use stage::Fault;
use url::Url;

use crate::gate::{ADMIN_SECRET, Call, Gate};
use crate::world::{EMAIL, World, answer};

#[tokio::test]
async fn a_new_user_is_announced_then_active_then_ready() {
    let world = World::start().await;
    let (_, user) = world.register(EMAIL).await;
    let calls = world.gate.calls_when(3).await;

    let announced = standing(&calls[0]).instance.unwrap();
    let standing = json!({
        "issuer": world.stage.addresses().identity, "subject": user["id"], "email": EMAIL,
        "membership": "member", "role": "member", "instance": { "id": announced.id, "url": announced.url },
    });
    let status = format!("/.usher/admin/v1/instances/{}/status", announced.id);
    assert_eq!(
        calls,
        [
            put("/.usher/admin/v1/standings", standing),
            put(&status, json!({ "status": "active" })),
            put(&status, json!({ "status": "ready" })),
        ]
    );
    let health = answer(world.client.get(format!("{}/health", announced.url))).await;
    assert_eq!(health, (200, json!({ "status": "ok" })));
}

#[tokio::test]
async fn everybody_gets_an_app_of_their_own() {
    let world = World::start().await;
    for email in ["guy@visitors.example", "gal@visitors.example"] {
        assert_eq!(world.register(email).await.0, 201);
    }
    let calls = world.gate.calls_when(6).await;
    let announced = calls.iter().filter(|call| call.body["issuer"].is_string());
    let [guy, gal] = &announced.map(standing).collect::<Vec<_>>()[..] else {
        panic!("two standings: {calls:?}")
    };
    let [guy, gal] = [guy, gal].map(|standing| standing.instance.clone().unwrap());
    assert_ne!(guy.id, gal.id);
    assert_ne!(guy.url, gal.url);
}

/// Incident I1.
#[tokio::test]
async fn a_stuck_instance_is_never_ready_although_its_app_answers() {
    let world = World::broken(Fault::StuckActive).await;
    world.register(EMAIL).await;
    let calls = world.gate.calls_when(2).await;
    assert_eq!(calls[1].body, json!({ "status": "active" }));
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(world.gate.calls(), calls);
    let app = standing(&calls[0]).instance.unwrap().url;
    let health = answer(world.client.get(format!("{app}/health"))).await;
    assert_eq!(health.0, 200);
}

#[tokio::test]
async fn a_gate_that_refuses_once_is_asked_again() {
    let gate = Gate::refusing(1, StatusCode::SERVICE_UNAVAILABLE).await;
    let world = World::with(gate, |_options| {}).await;
    world.register(EMAIL).await;
    let calls = world.gate.calls_when(4).await;
    assert_eq!(calls[0], calls[1]);
    assert_eq!(calls[3].body, json!({ "status": "ready" }));
}

#[tokio::test]
async fn a_gate_that_refuses_for_good_is_asked_four_times_and_told_nothing_more() {
    let gate = Gate::refusing(u32::MAX, StatusCode::CONFLICT).await;
    let world = World::with(gate, |_options| {}).await;
    world.register(EMAIL).await;
    let calls = world.gate.calls_when(4).await;
    tokio::time::sleep(LONG_ENOUGH).await;
    assert_eq!(world.gate.calls(), calls);
    assert!(calls.iter().all(|call| *call == calls[0]), "{calls:?}");
}

#[tokio::test]
async fn a_removed_user_leaves_no_standing_and_no_app() {
    let world = World::start().await;
    let token = world.token_of_new_user(EMAIL).await;
    let announced = standing(&world.gate.calls_when(3).await[0]);
    assert_eq!(world.remove(&token).await.0, 204);

    let calls = world.gate.calls();
    let [.., removal] = &calls[..] else {
        panic!("a removal")
    };
    let target = Url::parse("http://gate")
        .unwrap()
        .join(&removal.target)
        .unwrap();
    let query: Vec<_> = target.query_pairs().into_owned().collect();
    assert_eq!(
        (removal.method.as_str(), target.path()),
        ("DELETE", "/.usher/admin/v1/standings")
    );
    let named = |name: &str, value: String| (name.to_owned(), value);
    assert_eq!(
        query,
        [
            named("issuer", announced.issuer),
            named("subject", announced.subject)
        ]
    );
    let app = announced.instance.unwrap().url;
    assert!(world.client.get(app).send().await.is_err());
}

#[tokio::test]
async fn a_user_removed_while_being_provisioned_is_not_heard_of_again() {
    let slow = |options: &mut stage::Options| options.provisioning = LONG_ENOUGH / 2;
    let world = World::with(Gate::start().await, slow).await;
    let token = world.token_of_new_user(EMAIL).await;
    assert_eq!(world.remove(&token).await.0, 204);
    tokio::time::sleep(LONG_ENOUGH).await;
    let methods: Vec<String> = world
        .gate
        .calls()
        .into_iter()
        .map(|call| call.method)
        .collect();
    assert_eq!(methods, ["PUT", "DELETE"]);
}

#[tokio::test]
async fn a_user_whom_the_gate_cannot_forget_stays_and_can_be_removed_again() {
    let world = World::start().await;
    let token = world.token_of_new_user(EMAIL).await;
    world.gate.calls_when(3).await;
    let refusing = Gate::refusing(u32::MAX, StatusCode::CONFLICT).await;
    world.stage.connect_gate(refusing.link());

    let (status, told) = world.remove(&token).await;
    let sentence = told["detail"].as_str().unwrap();
    assert_eq!(status, 500);
    for part in ["409", "refused_for_a_test", "the registry is locked"] {
        assert!(sentence.contains(part), "{sentence}");
    }
    assert_eq!(world.rows("users"), 1);
    world.stage.connect_gate(world.gate.link());
    assert_eq!(world.remove(&token).await, (204, Value::Null));
}

fn put(target: &str, body: Value) -> Call {
    Call {
        method: "PUT".to_owned(),
        target: target.to_owned(),
        authorization: format!("Bearer {ADMIN_SECRET}"),
        body,
    }
}

fn standing(call: &Call) -> StandingRecord {
    serde_json::from_value(call.body.clone()).unwrap()
}

/// In this time a call that must not come would have come.
const LONG_ENOUGH: Duration = Duration::from_millis(600);
