//! A store that hangs or is slow keeps nobody waiting: every answer comes within the time a person waits.

use std::time::Duration;

use reqwest::Method;
use stage::KeepAt;
use tests::Visitor;
use tests::World;
use tests::gate::rig::{BUSY, Failure, Fault};
use tokio::time;

use crate::cast::{
    IN, account, clock_at, elsewhere, fault, header, lasting, lasting_person, rigged_world, seen,
    storage_key, told,
};

/// Longer than any limit the gate may set itself, also on a slow machine; shorter than what is slow here.
const PATIENCE: Duration = Duration::from_secs(20);

const SLOW: Failure = Failure::Late(Duration::from_mins(2));

/// What somebody sees who does not wait for ever.
async fn soon(visitor: &Visitor) -> String {
    time::timeout(PATIENCE, async { seen(visitor.get("/").await).await })
        .await
        .unwrap()
}

/// A world in which everybody was last seen five minutes ago, but who is new.
async fn five_minutes_later(failure: Fault) -> (World, [Visitor; 4]) {
    let world = rigged_world().await;
    let [known, remote, new, suspended] = [
        account(&world, "known", KeepAt::Ready).await,
        account(&world, "remote", KeepAt::Ready).await,
        account(&world, "new", KeepAt::Ready).await,
        account(&world, "suspended", KeepAt::Suspended).await,
    ];
    let visitors = [
        lasting(&world, &known),
        elsewhere(&world, &remote),
        elsewhere(&world, &new),
        lasting(&world, &suspended),
    ];
    assert_eq!(seen(visitors[0].get("/").await).await, IN);
    // That the other location knows the issuer's keys.
    assert_eq!(seen(elsewhere(&world, &known).get("/").await).await, IN);
    let key = storage_key(&world, &new);
    world.gate.kv_delete(&key).await.unwrap();
    fault(&world, failure).await;
    clock_at(&world, 300).await;
    (world, visitors)
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_an_outage() {
    for failure in [Failure::Hangs, SLOW] {
        let (_world, [known, remote, new, suspended]) =
            five_minutes_later(Fault::D1(failure)).await;
        assert_eq!(soon(&known).await, IN);
        assert_eq!(soon(&remote).await, IN);
        assert_eq!(soon(&new).await, "authority_unavailable");
        assert_eq!(soon(&suspended).await, "authority_unavailable");
    }
}

#[tokio::test]
async fn a_herd_does_not_wait_longer_than_one_for_a_registry_that_hangs() {
    let (_world, [known, _, _, _]) = five_minutes_later(Fault::D1(Failure::Hangs)).await;
    let herd = futures_util::future::join_all((0..100).map(|_| soon(&known))).await;
    assert!(herd.iter().all(|reason| reason == IN), "{herd:?}");
}

#[tokio::test]
async fn who_logs_out_while_the_registry_hangs_is_told_soon_that_it_ended_nothing_elsewhere() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let person = lasting_person(&world, &guy);
    assert_eq!(seen(person.get("/").await).await, IN);
    for failure in [Failure::Hangs, Failure::Throws(BUSY)] {
        fault(&world, Fault::D1(failure)).await;
        let request = person.request(Method::POST, "/.usher/logout");
        let answer = time::timeout(PATIENCE, person.send(request)).await.unwrap();
        let cookie = header(&answer, "set-cookie").to_owned();
        assert!(cookie.contains("Max-Age=0"), "{cookie}");
        let (status, reason, page) = told(answer).await;
        assert_eq!((status, reason.as_str()), (503, "sessions_not_ended"));
        assert!(page.contains("perhaps not elsewhere"), "{page}");
    }
}

#[tokio::test]
async fn a_read_of_kv_that_hangs_is_a_miss() {
    for failure in [Failure::Hangs, SLOW] {
        let (_world, [known, remote, new, suspended]) =
            five_minutes_later(Fault::KvGet(failure)).await;
        for visitor in [known, remote, new] {
            assert_eq!(soon(&visitor).await, IN);
        }
        assert_eq!(soon(&suspended).await, "instance_suspended");
    }
}

#[tokio::test]
async fn a_write_to_kv_that_hangs_keeps_nobody_waiting() {
    for failure in [Failure::Hangs, SLOW] {
        let (_world, [known, remote, new, suspended]) =
            five_minutes_later(Fault::KvPut(failure)).await;
        for visitor in [known, remote, new] {
            assert_eq!(soon(&visitor).await, IN);
        }
        assert_eq!(soon(&suspended).await, "instance_suspended");
    }
}

#[tokio::test]
async fn a_slow_registry_keeps_nobody_waiting_who_was_seen_within_stale() {
    for failure in [Failure::Hangs, SLOW] {
        let (world, [known, remote, _, suspended]) = five_minutes_later(Fault::D1(failure)).await;
        clock_at(&world, 59).await;
        for visitor in [known, remote] {
            assert_eq!(soon(&visitor).await, IN);
        }
        assert_eq!(soon(&suspended).await, "instance_suspended");
    }
}
