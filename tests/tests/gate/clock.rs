//! A clock that was wrong for a while leaves nothing behind that counts when it is right again.

use std::time::Duration;

use serde_json::json;
use stage::{Account, KeepAt};
use tests::gate::rig::{BUSY, Failure, Fault};
use tests::{Visitor, World};

use crate::cast::{
    IN, account, claims, clock_at, elsewhere, fault, forget_copies, rigged_world, seen,
    storage_key, unix_seconds, write_status,
};

const MINUTE: Duration = Duration::from_mins(1);
const CENTURY: Duration = Duration::from_hours(100 * 365 * 24);

/// A program whose token outlasts the century.
fn immortal(world: &World, account: &Account) -> Visitor {
    let mut claims = claims(world, account);
    claims["exp"] = json!(unix_seconds() + 4 * CENTURY.as_secs());
    claims["email"] = json!(account.email);
    claims["iat"] = json!(1);
    world.api().with_bearer(&world.stage.sign(&claims))
}

#[tokio::test]
async fn who_was_seen_by_a_clock_ahead_is_remembered_anew_when_it_is_right_again() {
    for ahead in [MINUTE, CENTURY] {
        let world = rigged_world().await;
        let guy = account(&world, "guy", KeepAt::Ready).await;
        let visitor = immortal(&world, &guy);
        world.gate.clock_ahead(ahead).await.unwrap();
        assert_eq!(seen(visitor.get("/").await).await, IN, "{ahead:?} ahead");
        clock_at(&world, 1).await;
        assert_eq!(seen(visitor.get("/").await).await, IN, "{ahead:?} back");

        // Nothing of the future stays: an outage finds a sighting that counts, in memory and in KV.
        fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
        clock_at(&world, 5).await;
        assert_eq!(
            seen(visitor.get("/").await).await,
            IN,
            "memory after {ahead:?}"
        );
        written_to_kv_before(&world, &guy, 5).await;
        assert_eq!(
            seen(elsewhere(&world, &guy).get("/").await).await,
            IN,
            "KV after {ahead:?}"
        );
    }
}

#[tokio::test]
async fn who_is_suspended_or_removed_while_the_clock_is_ahead_stays_out_when_it_is_right_again() {
    for ahead in [MINUTE, CENTURY] {
        let world = rigged_world().await;
        let [suspended, removed] = [
            account(&world, "suspended", KeepAt::Ready).await,
            account(&world, "removed", KeepAt::Ready).await,
        ];
        let (suspended_one, removed_one) =
            (immortal(&world, &suspended), immortal(&world, &removed));
        world.gate.clock_ahead(ahead).await.unwrap();
        for visitor in [&suspended_one, &removed_one] {
            assert_eq!(seen(visitor.get("/").await).await, IN);
        }
        // A copy of before would let in until it is too old, whatever the clock did since.
        forget_copies(&world).await;
        write_status(&world, &suspended, "suspended").await;
        remove(&world, &removed).await;
        // Right again, and then as late as it seemed to be before.
        for seconds in [1, 55, 60, 65] {
            clock_at(&world, seconds).await;
            assert_eq!(
                seen(suspended_one.get("/").await).await,
                "instance_suspended",
                "{seconds} s, {ahead:?}"
            );
            assert_eq!(
                seen(removed_one.get("/").await).await,
                "no_instance",
                "{seconds} s, {ahead:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_clock_that_falls_back_lets_nobody_in_for_longer() {
    for back in [MINUTE, CENTURY / 2] {
        let world = rigged_world().await;
        let guy = account(&world, "guy", KeepAt::Ready).await;
        let visitor = immortal(&world, &guy);
        assert_eq!(seen(visitor.get("/").await).await, IN);
        write_status(&world, &guy, "suspended").await;
        world.gate.clock_behind(back).await.unwrap();
        assert_eq!(
            seen(visitor.get("/").await).await,
            "instance_suspended",
            "{back:?} back"
        );
    }
}

/// Removes a person from the registry and from KV, as a gate at another location does.
async fn remove(world: &World, guy: &Account) {
    for statement in [
        "DELETE FROM instances WHERE user_id IN (SELECT user_id FROM identities WHERE subject = ?)",
        "DELETE FROM identities WHERE subject = ?",
    ] {
        let parameters = [json!(guy.subject)];
        world.gate.d1(statement, &parameters).await.unwrap();
    }
    let key = storage_key(world, guy);
    world.gate.kv_delete(&key).await.unwrap();
}

/// Waits until KV holds a sighting of the visitor of before then, in seconds after the start.
async fn written_to_kv_before(world: &World, guy: &Account, seconds: u64) {
    let key = storage_key(world, guy);
    let latest = (unix_seconds() + seconds) * 1000;
    let written = async || {
        loop {
            let record = world.gate.kv_get(&key).await.unwrap().unwrap();
            let record: serde_json::Value = serde_json::from_str(&record).unwrap();
            if record["seen_at"].as_u64().unwrap() <= latest {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), written())
        .await
        .unwrap();
}
