//! What visitors see while the registry or KV fails: the table in `docs/outages.md`, and what must hold whatever the table says.
//!
//! A new fault is a new row of [`rows`].

mod document;

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use policy::freshness::FreshnessRules;
use rusqlite::Connection;
use serde_json::json;
use stage::{Account, KeepAt};
use tests::gate::rig::{BUSY, Failure, Fault, KV_INTERNAL_ERROR, KV_TOO_MANY_WRITES, NETWORK_LOST};
use tests::{Visitor, World};

use crate::cast::{
    IN, account, clock_at, elsewhere_person, fault, header, lasting_person, logged, print,
    rigged_world, seen, storage_key,
};

/// One fault, or several at once.
struct Row {
    name: &'static str,
    faults: Vec<Fault>,
    /// Whether the registry answers: then nothing that people see may change.
    registry_answers: bool,
}

fn rows() -> Vec<Row> {
    let row = |name, registry_answers, faults| Row {
        name,
        faults,
        registry_answers,
    };
    let busy = Fault::D1(Failure::Throws(BUSY));
    let kv_fails = Fault::KvGet(Failure::Throws(KV_INTERNAL_ERROR));
    vec![
        row("none", true, vec![]),
        row("D1: `SQLITE_BUSY`", false, vec![busy.clone()]),
        row(
            "D1: connection lost",
            false,
            vec![Fault::D1(Failure::Throws(NETWORK_LOST))],
        ),
        row("D1: no answer", false, vec![Fault::D1(Failure::Hangs)]),
        row(
            "D1: a record of another shape",
            false,
            vec![Fault::D1Answers(json!("{}"))],
        ),
        row(
            "D1: no text where the record should be",
            false,
            vec![Fault::D1Answers(json!(42))],
        ),
        row("KV: reads fail", true, vec![kv_fails.clone()]),
        row("KV: no answer", true, vec![Fault::KvGet(Failure::Hangs)]),
        row(
            "KV: reads give garbage",
            true,
            vec![Fault::KvGetAnswers("}{".to_owned())],
        ),
        row(
            "KV: reads give a megabyte",
            true,
            vec![Fault::KvGetAnswers("x".repeat(1_000_000))],
        ),
        row(
            "KV: reads give what was there before",
            true,
            vec![Fault::KvGetFromThePast],
        ),
        row(
            "KV: writes fail",
            true,
            vec![Fault::KvPut(Failure::Throws(KV_TOO_MANY_WRITES))],
        ),
        row(
            "D1 busy, KV reads fail",
            false,
            vec![busy.clone(), kv_fails],
        ),
        row(
            "D1 busy, KV gives garbage",
            false,
            vec![busy, Fault::KvGetAnswers("}{".to_owned())],
        ),
    ]
}

/// A moment of an outage: how long ago the visitors were seen last.
struct Age {
    name: &'static str,
    seconds: u64,
}

/// Shortly before each limit of the default, and after the last; the first one is fresh for everybody.
fn ages() -> [Age; 4] {
    let FreshnessRules {
        fresh_open: _,
        fresh_otherwise,
        stale,
        grace,
    } = FreshnessRules::default();
    let age = |name, seconds| Age { name, seconds };
    [
        age("FRESH", fresh_otherwise.as_secs() - 1),
        age("STALE", stale.as_secs() - 1),
        age("GRACE", grace.as_secs() - 1),
        age("beyond", grace.as_secs() + 1),
    ]
}

/// Somebody at the gate, and what they see while nothing fails.
struct Case {
    column: &'static str,
    visitor: Visitor,
    healthy: &'static str,
}

const COLUMNS: [&str; 6] = [
    "`ready`, known here",
    "`ready`, known elsewhere",
    "`ready`, new",
    "suspended",
    "needs an invitation",
    "stranger",
];

/// Everybody is seen here now, but those who are new to this location or to all.
async fn cast(world: &World, row: usize) -> Vec<Case> {
    let own = async |name: &str, keep_at| account(world, &format!("{name}-{row}"), keep_at).await;
    let here = async |column, guy: Account, healthy| {
        let visitor = lasting_person(world, &guy);
        assert_eq!(seen(visitor.get("/").await).await, healthy, "{column}");
        Case {
            column,
            visitor,
            healthy,
        }
    };
    let [known, remote, new] = [
        own("known", KeepAt::Ready).await,
        own("remote", KeepAt::Ready).await,
        own("new", KeepAt::Ready).await,
    ];
    // The gate's admin API has seen them here. Nobody has at the other location, where only KV tells of them.
    let key = storage_key(world, &new);
    world.gate.kv_delete(&key).await.unwrap();
    let there = |column, guy: &Account, healthy| Case {
        column,
        visitor: elsewhere_person(world, guy),
        healthy,
    };
    let [is_known, is_remote, is_new, suspended, uninvited, stranger] = COLUMNS;
    let nobody = Account {
        subject: format!("nobody-{row}"),
        ..new.clone()
    };
    vec![
        here(is_known, known, IN).await,
        there(is_remote, &remote, IN),
        there(is_new, &new, IN),
        here(
            suspended,
            own("suspended", KeepAt::Suspended).await,
            "instance_suspended",
        )
        .await,
        here(
            uninvited,
            own("uninvited", KeepAt::NeedsInvitation).await,
            "invitation_required",
        )
        .await,
        here(stranger, nobody, "no_instance").await,
    ]
}

/// Longer than all the ages together, so that no row sees anything of the one before.
const ROW_SECONDS: u64 = 2_000;

#[tokio::test]
async fn an_outage_is_seen_as_the_table_says_and_nobody_gains_by_it() {
    let world = rigged_world().await;
    let mut table = document::head();
    for (number, row) in rows().iter().enumerate() {
        let start = number as u64 * ROW_SECONDS;
        clock_at(&world, start).await;
        let cases = cast(&world, number).await;
        for one in &row.faults {
            fault(&world, one.clone()).await;
        }
        let mut seen_by = vec![Vec::new(); cases.len()];
        for age in ages() {
            clock_at(&world, start + age.seconds).await;
            for (case, seen_by) in cases.iter().zip(&mut seen_by) {
                let now = visit(case).await;
                nobody_gains(row, case, &age, &now);
                seen_by.push(now);
            }
        }
        let cells: Vec<_> = seen_by.iter().map(|seen| document::cell(seen)).collect();
        writeln!(table, "| {} | {} |", row.name, cells.join(" | ")).unwrap();
        all_is_right_after(&world, row, &cases, start).await;
    }
    let document = format!("{}{table}", document::introduction());
    print(&table);
    document::compare(&document);
}

/// The reason somebody is given, having made sure that "unavailable" is said as it must be.
async fn visit(case: &Case) -> String {
    let response = case.visitor.get("/").await;
    let status = response.status().as_u16();
    let reason = header(&response, "usher-reason").to_owned();
    assert!(
        !response.status().is_redirection(),
        "{}: {response:?}",
        case.column
    );
    if UNAVAILABLE.contains(&&*reason) {
        let seconds = header(&response, "retry-after").parse::<u32>();
        assert!(
            status == 503 && seconds.is_ok_and(|seconds| seconds > 0),
            "{}: {response:?}",
            case.column
        );
    }
    seen(response).await
}

const UNAVAILABLE: [&str; 2] = ["authority_unavailable", "standing_unreadable"];

/// What holds whatever the table says.
fn nobody_gains(row: &Row, case: &Case, age: &Age, now: &str) {
    let place = format!("{}, {}, {}: {now}", row.name, case.column, age.name);
    if row.registry_answers {
        assert_eq!(now, case.healthy, "{place}");
    }
    assert!(now == case.healthy || UNAVAILABLE.contains(&now), "{place}");
    let nonsense = row
        .faults
        .iter()
        .any(|fault| matches!(fault, Fault::D1Answers(answer) if answer.is_string()));
    if case.column == COLUMNS[0] && !nonsense && age.name != "beyond" {
        assert_eq!(now, IN, "{place}");
    }
}

/// Once the fault has ended, everybody is seen as they are.
async fn all_is_right_after(world: &World, row: &Row, cases: &[Case], start: u64) {
    world.gate.healthy().await.unwrap();
    let [.., last] = ages();
    let fresh = FreshnessRules::default().fresh_open.as_secs();
    clock_at(world, start + last.seconds + fresh).await;
    for case in cases {
        assert_eq!(
            visit(case).await,
            case.healthy,
            "after {}: {}",
            row.name,
            case.column
        );
    }
}

#[tokio::test]
async fn a_registry_that_was_never_migrated_is_an_outage_as_well() {
    let world = rigged_world().await;
    let cases = cast(&world, 0).await;
    let rename = async |from: &str, to: &str| {
        let statement = format!("ALTER TABLE {from} RENAME TO {to}");
        world.gate.d1(&statement, &[]).await.unwrap();
    };
    rename("identities", "identities_gone").await;
    clock_at(&world, 300).await;
    for case in &cases {
        let known = case.column.contains("known");
        let expected = if known { IN } else { "authority_unavailable" };
        assert_eq!(visit(case).await, expected, "{}", case.column);
    }
    rename("identities_gone", "identities").await;
    for case in &cases {
        assert_eq!(visit(case).await, case.healthy, "{}", case.column);
    }
}

#[tokio::test]
async fn who_is_suspended_in_an_outage_is_out_within_grace_and_at_the_first_request_after_it() {
    let world = rigged_world().await;
    let grace = FreshnessRules::default().grace.as_secs();
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting_person(&world, &guy);
    assert_eq!(seen(visitor.get("/").await).await, IN);
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    crate::cast::write_status(&world, &guy, "suspended").await;
    clock_at(&world, grace - 1).await;
    assert_eq!(seen(visitor.get("/").await).await, IN);
    clock_at(&world, grace).await;
    assert_eq!(seen(visitor.get("/").await).await, "authority_unavailable");
    world.gate.healthy().await.unwrap();
    assert_eq!(seen(visitor.get("/").await).await, "instance_suspended");
}

#[tokio::test]
async fn who_was_found_to_be_gone_is_let_in_nowhere_by_a_later_outage() {
    let world = rigged_world().await;
    let [asked, refreshed] = [
        account(&world, "asked", KeepAt::Ready).await,
        account(&world, "refreshed", KeepAt::Ready).await,
    ];
    // That the other location knows the issuer's keys, and nobody it is asked about below.
    let other = account(&world, "other", KeepAt::Ready).await;
    assert_eq!(
        seen(elsewhere_person(&world, &other).get("/").await).await,
        IN
    );
    for (guy, seconds, first) in [(&refreshed, 30, IN), (&asked, 60, "no_instance")] {
        let statement =
            "DELETE FROM users WHERE id = (SELECT user_id FROM identities WHERE subject = ?)";
        world
            .gate
            .d1(statement, &[json!(guy.subject)])
            .await
            .unwrap();
        clock_at(&world, seconds).await;
        assert_eq!(
            seen(lasting_person(&world, guy).get("/").await).await,
            first
        );
    }
    let copies = async || {
        let keys = world.gate.kv_list().await.unwrap();
        let own = [storage_key(&world, &asked), storage_key(&world, &refreshed)];
        keys.iter().filter(|key| own.contains(key)).count()
    };
    let removed = async || {
        while copies().await > 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let soon = std::time::Duration::from_secs(5);
    let removed = tokio::time::timeout(soon, removed()).await;
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    clock_at(&world, 61).await;
    for guy in [&asked, &refreshed] {
        let reason = seen(elsewhere_person(&world, guy).get("/").await).await;
        assert_eq!(reason, "authority_unavailable");
    }
    removed.unwrap();
}

/// The file of the gate's D1, by its tables.
fn d1_file(world: &World) -> PathBuf {
    let mut folders = vec![world.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "sqlite")
            {
                let query = "SELECT count(*) FROM sqlite_master WHERE name = 'identities'";
                let connection = Connection::open(&path).unwrap();
                if connection.query_row(query, [], |row| row.get(0)) == Ok(1) {
                    return path;
                }
            }
        }
    }
    panic!("no D1 below {}", world.folder().display())
}

/// No rig in the way: another connection holds D1's file, and workerd's own SQLite says `SQLITE_BUSY`.
#[tokio::test]
async fn a_registry_that_another_process_really_holds_is_an_outage_until_it_lets_go() {
    let world = rigged_world().await;
    let cases = cast(&world, 0).await;
    let holder = Connection::open(d1_file(&world)).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    clock_at(&world, 300).await;
    for case in &cases {
        let known = case.column.contains("known");
        let expected = if known { IN } else { "authority_unavailable" };
        assert_eq!(visit(case).await, expected, "{}", case.column);
    }
    logged(&world, "SQLITE_BUSY").await;
    holder.execute_batch("COMMIT").unwrap();
    for case in &cases {
        assert_eq!(visit(case).await, case.healthy, "{}", case.column);
    }
}
