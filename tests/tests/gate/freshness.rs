//! A change of standing takes effect within the published time, and an outage of the registry neither locks out nor lets in.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;
use stage::{Account, KeepAt};
use tests::World;

use crate::cast::{account, app, operate, program, told, world, world_with};

/// Writes a status into the registry behind the gate's back, as another location's gate would.
async fn write_status(world: &World, account: &Account, status: &str) {
    let suspended_from = (status == "suspended").then_some("ready");
    let instance = &account.instance.as_ref().unwrap().id;
    let statement =
        "UPDATE instances SET status = ?, suspended_from = ?, version = version + 1 WHERE id = ?";
    world
        .gate
        .d1(
            statement,
            &[json!(status), json!(suspended_from), json!(instance)],
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_suspended_visitor_is_out_within_stale() {
    let stale = Duration::from_secs(3);
    let world =
        world_with(json!({ "USHER_FRESH_SECONDS": 1, "USHER_STALE_SECONDS": stale.as_secs() }))
            .await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let visitor = program(&world, &account);
    app(visitor.get("/").await).await;

    let suspended = Instant::now();
    write_status(&world, &account, "suspended").await;
    let mut last_let_in = Duration::ZERO;
    while suspended.elapsed() < stale + Duration::from_secs(1) {
        if visitor.get("/").await.status().is_success() {
            last_let_in = suspended.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(
        last_let_in < stale,
        "let in {last_let_in:?} after the suspension"
    );
    assert_eq!(told(visitor.get("/").await).await.1, "instance_suspended");
}

#[tokio::test]
async fn a_suspended_visitor_who_stayed_away_is_out_at_once() {
    let world = world_with(json!({ "USHER_FRESH_SECONDS": 1, "USHER_STALE_SECONDS": 2, "USHER_FRESH_WAITING_SECONDS": 1 })).await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let visitor = program(&world, &account);
    app(visitor.get("/").await).await;
    write_status(&world, &account, "suspended").await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(told(visitor.get("/").await).await.1, "instance_suspended");
}

#[tokio::test]
async fn a_change_through_the_gate_is_seen_at_the_next_request() {
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let visitor = program(&world, &account);
    app(visitor.get("/").await).await;
    let path = format!("instances/{}/status", account.instance.as_ref().unwrap().id);
    assert_eq!(
        operate(&world, Method::PUT, &path, json!({ "status": "suspended" }))
            .await
            .status(),
        200
    );
    assert_eq!(told(visitor.get("/").await).await.1, "instance_suspended");
    assert_eq!(
        operate(&world, Method::PUT, &path, json!({ "status": "ready" }))
            .await
            .status(),
        200
    );
    app(visitor.get("/").await).await;
}

#[tokio::test]
async fn somebody_who_has_just_signed_up_is_in_although_they_knocked_before() {
    let world = world().await;
    let email = "early@visitors.example".to_owned();
    let mut known = account(&world, "early", KeepAt::NeedsInvitation).await;
    known.email = email;
    let visitor = program(&world, &known);
    assert_eq!(told(visitor.get("/").await).await.1, "invitation_required");
    // The platform gives them an instance elsewhere.
    let statement = "UPDATE users SET requires_invitation = 0, version = version + 1";
    world.gate.d1(statement, &[]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(2100)).await;
    assert_eq!(told(visitor.get("/").await).await.1, "no_instance");
}

#[tokio::test]
async fn a_known_ready_visitor_outlives_an_outage_of_the_registry_and_nobody_else_gains() {
    let vars = json!({ "USHER_FRESH_SECONDS": 1, "USHER_FRESH_WAITING_SECONDS": 1, "USHER_STALE_SECONDS": 1, "USHER_GRACE_SECONDS": 6 });
    let world = world_with(vars).await;
    let [ready, suspended, unseen] = [
        account(&world, "ready", KeepAt::Ready).await,
        account(&world, "suspended", KeepAt::Suspended).await,
        account(&world, "unseen", KeepAt::Ready).await,
    ];
    app(program(&world, &ready).get("/").await).await;
    told(program(&world, &suspended).get("/").await).await;
    // Somebody the gate has never seen: also the copies that the admin API left are gone.
    for key in world.gate.kv_list().await.unwrap() {
        world.gate.kv_delete(&key).await.unwrap();
    }
    let stranger = world.stage.sign(&json!({
        "iss": world.stage.addresses().identity, "aud": "usher", "sub": "stranger", "exp": crate::cast::unix_seconds() + 60,
    }));
    world
        .gate
        .d1("ALTER TABLE identities RENAME TO identities_gone", &[])
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(1100)).await;

    app(program(&world, &ready).get("/").await).await;
    let outage = |response| async { told(response).await.1 };
    assert_eq!(
        outage(program(&world, &suspended).get("/").await).await,
        "authority_unavailable"
    );
    assert_eq!(
        outage(world.api().with_bearer(&stranger).get("/").await).await,
        "authority_unavailable"
    );
    app(program(&world, &unseen).get("/").await).await;

    tokio::time::sleep(Duration::from_millis(6100)).await;
    assert_eq!(
        outage(program(&world, &ready).get("/").await).await,
        "authority_unavailable"
    );

    world
        .gate
        .d1("ALTER TABLE identities_gone RENAME TO identities", &[])
        .await
        .unwrap();
    // The gate lets the registry rest for some seconds after failures (edge/src/circuit.rs).
    let deadline = Instant::now() + Duration::from_secs(20);
    while !program(&world, &ready).get("/").await.status().is_success() {
        assert!(Instant::now() < deadline, "the registry is not asked again");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(
        outage(program(&world, &suspended).get("/").await).await,
        "instance_suspended"
    );
}
