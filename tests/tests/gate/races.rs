//! What was under way while a standing changed never brings the old one back.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use stage::{Account, KeepAt};
use tests::World;
use tests::gate::rig::{BUSY, Failure, Fault};
use tokio::task::JoinHandle;

use crate::cast::{
    IN, account, change_status, clock_at, elsewhere, fault, lasting, operate, rigged_world, seen,
    storage_key,
};

/// A visit whose question to the registry was answered, by what was true then; the answer is still on its way.
async fn slow_visit(world: &World, guy: &Account) -> JoinHandle<String> {
    fault(world, Fault::D1(Failure::HeldBack)).await;
    let visitor = lasting(world, guy);
    let visit = tokio::spawn(async move { seen(visitor.get("/").await).await });
    world.gate.held_back().await.unwrap();
    visit
}

#[tokio::test]
async fn a_read_that_was_under_way_at_a_suspension_lets_nobody_in_after_it() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    clock_at(&world, 60).await;
    let late = slow_visit(&world, &guy).await;
    clock_at(&world, 61).await;
    change_status(&world, &guy, "suspended").await;
    assert_eq!(
        seen(lasting(&world, &guy).get("/").await).await,
        "instance_suspended"
    );

    world.gate.release().await.unwrap();
    assert_eq!(
        late.await.unwrap(),
        "instance_suspended",
        "the late request itself"
    );
    assert_eq!(
        seen(lasting(&world, &guy).get("/").await).await,
        "instance_suspended",
        "memory"
    );
    // Whatever the late one writes after its answer has been written.
    tokio::time::sleep(Duration::from_millis(200)).await;
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    assert_eq!(
        seen(elsewhere(&world, &guy).get("/").await).await,
        "instance_suspended",
        "KV"
    );
}

#[tokio::test]
async fn a_read_that_was_under_way_at_a_removal_lets_nobody_in_after_it() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    clock_at(&world, 60).await;
    let late = slow_visit(&world, &guy).await;
    clock_at(&world, 61).await;
    let issuer = &world.stage.addresses().identity;
    let path = format!("standings?issuer={issuer}&subject={}", guy.subject);
    assert_eq!(
        operate(&world, Method::DELETE, &path, Value::Null)
            .await
            .status(),
        204
    );

    world.gate.release().await.unwrap();
    assert_eq!(
        late.await.unwrap(),
        "no_instance",
        "the late request itself"
    );
    assert_eq!(
        seen(lasting(&world, &guy).get("/").await).await,
        "no_instance",
        "memory"
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(
        world.gate.kv_get(&storage_key(&world, &guy)).await.unwrap(),
        None,
        "KV"
    );
}

#[tokio::test]
async fn a_refresh_that_was_under_way_at_a_suspension_lets_nobody_in_after_it() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting(&world, &guy);
    assert_eq!(seen(visitor.get("/").await).await, IN);
    clock_at(&world, 30).await;
    let stale_visit = slow_visit(&world, &guy).await;
    assert_eq!(stale_visit.await.unwrap(), IN, "nobody waits for a refresh");
    clock_at(&world, 31).await;
    change_status(&world, &guy, "suspended").await;
    world.gate.release().await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(seen(visitor.get("/").await).await, "instance_suspended");
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    assert_eq!(
        seen(elsewhere(&world, &guy).get("/").await).await,
        "instance_suspended"
    );
}

#[tokio::test]
async fn of_two_writes_within_a_second_the_newest_stands_in_kv_soon() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    fault(&world, Fault::KvPutOnceASecond).await;
    clock_at(&world, 1).await;
    change_status(&world, &guy, "suspended").await;
    change_status(&world, &guy, "ready").await;
    let stored = async || {
        world
            .gate
            .kv_get(&storage_key(&world, &guy))
            .await
            .unwrap()
            .unwrap()
    };
    assert!(
        stored().await.contains("suspended"),
        "the second write was not refused: {}",
        stored().await
    );

    // The next refresh writes again: not only after half a minute.
    clock_at(&world, 12).await;
    assert_eq!(seen(lasting(&world, &guy).get("/").await).await, IN);
    let written = async || {
        while stored().await.contains("suspended") {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), written())
        .await
        .unwrap();
}

#[tokio::test]
async fn an_old_copy_in_kv_never_wins_over_what_memory_knows_in_an_outage() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let key = storage_key(&world, &guy);
    // Written by a machine whose clock is three seconds ahead, before the suspension.
    let ready = world.gate.kv_get(&key).await.unwrap().unwrap();
    let ahead = shifted(&ready, 4_000);
    clock_at(&world, 1).await;
    change_status(&world, &guy, "suspended").await;
    world.gate.kv_put(&key, &ahead).await.unwrap();
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    for seconds in [60, 62, 64, 300] {
        clock_at(&world, seconds).await;
        let reason = seen(lasting(&world, &guy).get("/").await).await;
        assert!(
            ["instance_suspended", "authority_unavailable"].contains(&&*reason),
            "{reason} after {seconds} s"
        );
    }
}

/// A record of KV as if it had been seen so many milliseconds later.
fn shifted(record: &str, by: u64) -> String {
    let mut record: Value = serde_json::from_str(record).unwrap();
    record["seen_at"] = (record["seen_at"].as_u64().unwrap() + by).into();
    record.to_string()
}
