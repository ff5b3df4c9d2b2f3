//! A change of standing takes effect within the published time, whichever memory a visitor is let in from.
//!
//! The clock stands where a test sets it, so that every age is exact; FRESH, STALE and GRACE are those of the default.

use std::time::{Duration, Instant};

use policy::freshness::FreshnessRules;
use reqwest::Method;
use serde_json::json;
use stage::{Account, KeepAt};
use tests::gate::rig::{BUSY, Failure, Fault};
use tests::{Visitor, World};

use crate::cast::{
    IN, account, change_status, clock_at, clock_at_millis, elsewhere, fault, lasting,
    lasting_person, operate, rigged_world, seen, storage_key, write_status,
};

const SUSPENDED: &str = "instance_suspended";

fn stale() -> u64 {
    FreshnessRules::default().stale.as_secs()
}

/// Knocks until the visitor sees it: what is done after an answer takes a moment of the real clock.
async fn comes_to_see(visitor: &Visitor, expected: &str) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let now = seen(visitor.get("/").await).await;
        if now == expected {
            return;
        }
        assert!(Instant::now() < deadline, "still {now}, not {expected}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_suspended_visitor_is_in_just_before_stale_at_most_and_out_at_stale_from_every_memory() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let (here, there) = (lasting(&world, &guy), elsewhere(&world, &guy));
    assert_eq!(seen(here.get("/").await).await, IN);
    write_status(&world, &guy, "suspended").await;

    clock_at_millis(&world, stale() * 1000 - 1).await;
    // A refresh would end it sooner.
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    assert_eq!(
        seen(here.get("/").await).await,
        IN,
        "from the isolate's memory"
    );
    assert_eq!(seen(there.get("/").await).await, IN, "from KV");
    world.gate.healthy().await.unwrap();

    clock_at(&world, stale()).await;
    assert_eq!(seen(here.get("/").await).await, SUSPENDED);
    assert_eq!(seen(there.get("/").await).await, SUSPENDED);
}

/// Somebody with two identities, who was let in as both and is remembered so.
async fn with_two_identities(world: &World, name: &str) -> (Account, [Visitor; 2]) {
    let guy = account(world, name, KeepAt::Ready).await;
    let as_second = Account {
        subject: format!("{name}-second"),
        ..guy.clone()
    };
    let statement =
        "INSERT INTO identities SELECT issuer, ?, user_id FROM identities WHERE subject = ?";
    let parameters = [json!(as_second.subject), json!(guy.subject)];
    world.gate.d1(statement, &parameters).await.unwrap();
    let both = [
        lasting_person(world, &guy),
        lasting_person(world, &as_second),
    ];
    for visitor in &both {
        assert_eq!(seen(visitor.get("/").await).await, IN);
    }
    (guy, both)
}

#[tokio::test]
async fn whoever_has_two_identities_is_out_as_both_at_the_next_request() {
    let world = rigged_world().await;
    // After whatever moment their tokens say they were issued at.
    clock_at(&world, 1_000).await;
    let issuer = &world.stage.addresses().identity;
    for (name, reason) in [
        ("suspended", SUSPENDED),
        ("denied", "invitation_required"),
        ("removed", "no_instance"),
        ("logged-out", "session_ended"),
    ] {
        let (guy, both) = with_two_identities(&world, name).await;
        let subject = &guy.subject;
        let standing =
            json!({ "issuer": issuer, "subject": subject, "membership": "needs_invitation" });
        let path = format!("standings?issuer={issuer}&subject={subject}");
        match name {
            "suspended" => change_status(&world, &guy, "suspended").await,
            "denied" => {
                let answer = operate(&world, Method::PUT, "standings", standing).await;
                assert_eq!(answer.status(), 200);
            }
            "removed" => {
                let answer = operate(&world, Method::DELETE, &path, json!(null)).await;
                assert_eq!(answer.status(), 204);
            }
            _ => {
                let request = both[0].request(Method::POST, "/.usher/logout");
                assert_eq!(both[0].send(request).await.status(), 303);
            }
        }
        for visitor in &both {
            assert_eq!(seen(visitor.get("/").await).await, reason);
        }
    }
}

#[tokio::test]
async fn the_time_until_a_suspension_is_seen_is_measured() {
    let world = rigged_world().await;
    let steady = account(&world, "steady", KeepAt::Ready).await;
    let mut back_after = Vec::new();
    for seconds in [1, 9, 10, 30, 59, 60, 61, 300] {
        let guy = account(&world, &format!("back-after-{seconds}"), KeepAt::Ready).await;
        assert_eq!(seen(lasting(&world, &guy).get("/").await).await, IN);
        write_status(&world, &guy, "suspended").await;
        back_after.push((seconds, guy));
    }
    let visitor = lasting(&world, &steady);
    assert_eq!(seen(visitor.get("/").await).await, IN);
    write_status(&world, &steady, "suspended").await;

    let (mut steady_out, mut latest_in) = (None, 0);
    for second in 1..=300 {
        clock_at(&world, second).await;
        if steady_out.is_none() && seen(visitor.get("/").await).await == SUSPENDED {
            steady_out = Some(second);
        }
        for (_, guy) in back_after.iter().filter(|(after, _)| *after == second) {
            if seen(lasting(&world, guy).get("/").await).await == IN {
                latest_in = second;
            }
        }
        // What was begun after the answer is seen at the next request, as soon as it is done.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let steady_out = steady_out.unwrap();
    crate::cast::print(&format!(
        "a suspension is seen by who knocks every second after {steady_out} s; who comes back once is let in after {latest_in} s \
         and never later (STALE = {} s)",
        stale()
    ));
    assert!(
        steady_out <= stale() && latest_in < stale(),
        "{steady_out} {latest_in}"
    );
}

#[tokio::test]
async fn a_change_through_the_gate_is_seen_at_the_next_request_here_and_within_stale_elsewhere() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let (here, there) = (lasting(&world, &guy), elsewhere(&world, &guy));
    for visitor in [&here, &there] {
        assert_eq!(seen(visitor.get("/").await).await, IN);
    }
    clock_at(&world, 1).await;
    change_status(&world, &guy, "suspended").await;
    assert_eq!(seen(here.get("/").await).await, SUSPENDED);
    clock_at(&world, stale()).await;
    assert_eq!(seen(there.get("/").await).await, SUSPENDED);
    change_status(&world, &guy, "ready").await;
    assert_eq!(seen(here.get("/").await).await, IN);
}

#[tokio::test]
async fn a_suspension_is_seen_at_once_where_only_kv_remembers() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    change_status(&world, &guy, "suspended").await;
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    assert_eq!(
        seen(elsewhere(&world, &guy).get("/").await).await,
        SUSPENDED
    );
}

#[tokio::test]
async fn who_is_reactivated_is_locked_out_by_an_old_copy_in_kv_within_stale_at_most() {
    let world = rigged_world().await;
    let [quick, late] = [
        account(&world, "quick", KeepAt::Suspended).await,
        account(&world, "late", KeepAt::Suspended).await,
    ];
    // The other location's KV hears of nothing from now on.
    fault(&world, Fault::KvGetFromThePast).await;
    clock_at(&world, 1).await;
    for guy in [&quick, &late] {
        change_status(&world, guy, "ready").await;
        assert_eq!(seen(lasting(&world, guy).get("/").await).await, IN);
    }
    let (quick, late) = (elsewhere(&world, &quick), elsewhere(&world, &late));
    assert_eq!(seen(quick.get("/").await).await, SUSPENDED);
    // Who is waiting for a change has it looked up soon.
    clock_at(&world, FreshnessRules::default().fresh_otherwise.as_secs()).await;
    comes_to_see(&quick, IN).await;
    // Who does not knock in between is in at the first request.
    clock_at(&world, stale()).await;
    assert_eq!(seen(late.get("/").await).await, IN);
}

#[tokio::test]
async fn a_miss_that_kv_remembers_keeps_nobody_out() {
    let world = rigged_world().await;
    fault(&world, Fault::KvGetFromThePast).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    assert!(
        world
            .gate
            .kv_list()
            .await
            .unwrap()
            .contains(&storage_key(&world, &guy))
    );
    assert_eq!(seen(elsewhere(&world, &guy).get("/").await).await, IN);
}

#[tokio::test]
async fn somebody_who_has_just_signed_up_is_in_although_they_knocked_before() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let knows_them = async |known: bool| {
        let subject = if known { &guy.subject } else { "not yet" };
        let statement = "UPDATE identities SET subject = ?";
        world.gate.d1(statement, &[json!(subject)]).await.unwrap();
    };
    world
        .gate
        .kv_delete(&storage_key(&world, &guy))
        .await
        .unwrap();
    knows_them(false).await;
    let there = elsewhere(&world, &guy);
    assert_eq!(seen(there.get("/").await).await, "no_instance");
    let key = storage_key(&world, &guy);
    assert_eq!(world.gate.kv_get(&key).await.unwrap(), None);

    knows_them(true).await;
    let fresh = FreshnessRules::default().fresh_otherwise;
    clock_at_millis(&world, fresh.as_secs() * 1000 - 1).await;
    assert_eq!(seen(there.get("/").await).await, "no_instance");
    clock_at(&world, fresh.as_secs()).await;
    assert_eq!(seen(there.get("/").await).await, IN);
}

#[tokio::test]
async fn somebody_who_was_just_invited_is_told_so_although_they_knocked_before() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::NeedsInvitation).await;
    let visitor = lasting(&world, &guy);
    assert_eq!(seen(visitor.get("/").await).await, "invitation_required");
    invite_everybody(&world).await;
    clock_at(&world, FreshnessRules::default().fresh_otherwise.as_secs()).await;
    assert_eq!(seen(visitor.get("/").await).await, "no_instance");
}

async fn invite_everybody(world: &World) {
    let statement = "UPDATE users SET requires_invitation = 0, version = version + 1";
    world.gate.d1(statement, &[]).await.unwrap();
}
