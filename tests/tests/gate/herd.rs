//! How much is asked of others: little for one request, and no more for a herd of them.

use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};
use stage::KeepAt;
use tests::Visitor;
use tests::gate::rig::{BUSY, Failure, Fault};

use crate::cast::{
    IN, account, clock_at, elsewhere, fault, lasting, lasting_at, rigged_world, seen, storage_key,
};

/// Slow enough for all of them to come while it is asked.
const SLOW_REGISTRY: Fault = Fault::D1(Failure::Late(Duration::from_millis(500)));

/// So many knock at about the same time.
const AT_ONCE: usize = 100;

async fn knock(visitor: &Visitor, times: usize, expected: &str) {
    let visits = stream::iter(0..times).map(|_| async { seen(visitor.get("/").await).await });
    let strays: Vec<String> = visits
        .buffer_unordered(AT_ONCE)
        .filter(|reason| std::future::ready(reason != expected))
        .collect()
        .await;
    assert_eq!(strays, [""; 0]);
}

#[tokio::test]
async fn two_thousand_requests_at_the_moment_of_expiry_ask_the_registry_once() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Suspended).await;
    // workerd's own door, which is quicker.
    let visitor = lasting_at(&world, &guy, &world.gate.direct);
    knock(&visitor, 1, "instance_suspended").await;
    clock_at(&world, 2).await;
    fault(&world, SLOW_REGISTRY).await;
    world.gate.calls().await.unwrap();
    knock(&visitor, 2_000, "instance_suspended").await;
    assert_eq!(world.gate.calls().await.unwrap().d1_statements, 1);
}

#[tokio::test]
async fn a_herd_whom_nobody_remembers_asks_the_registry_once() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting(&world, &guy);
    knock(&visitor, 1, IN).await;
    // Too old for memory and for KV.
    clock_at(&world, 60).await;
    fault(&world, SLOW_REGISTRY).await;
    world.gate.calls().await.unwrap();
    knock(&visitor, 500, IN).await;
    assert_eq!(world.gate.calls().await.unwrap().d1_statements, 1);
}

#[tokio::test]
async fn a_herd_is_told_of_an_outage_and_waits_for_one_question_at_most() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Suspended).await;
    clock_at(&world, 60).await;
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    knock(&lasting(&world, &guy), 200, "authority_unavailable").await;
}

#[tokio::test]
async fn a_request_costs_at_most_four_calls() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting(&world, &guy);
    let cost = async || {
        world.gate.calls().await.unwrap();
        assert_eq!(seen(visitor.get("/").await).await, IN);
        // What is done after the answer was begun with it.
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.gate.calls().await.unwrap()
    };
    cost().await;

    let remembered = cost().await;
    assert_eq!(
        (remembered.total(), remembered.fetches.len()),
        (1, 1),
        "memory: {remembered:?}"
    );

    clock_at(&world, 10).await;
    let stale = cost().await;
    assert_eq!(
        (stale.d1_statements, stale.total()),
        (1, 2),
        "memory, refreshed: {stale:?}"
    );

    // Everything is too old, and the copy in KV was written more than a third of GRACE ago.
    clock_at(&world, 400).await;
    let asked = cost().await;
    assert_eq!(
        (
            asked.kv_gets,
            asked.d1_statements,
            asked.kv_puts,
            asked.total()
        ),
        (1, 1, 1, 4),
        "the registry: {asked:?}"
    );
    assert!(
        world
            .gate
            .kv_get(&storage_key(&world, &guy))
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(seen(elsewhere(&world, &guy).get("/").await).await, IN);
}
