//! A registry of an earlier release is brought forward without loss, and however often its migrations are applied.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test program: what is wrong here fails a test"
)]

use std::fs;

use rusqlite::Connection;
use rusqlite::types::Value;
use tests::places;

/// Every migration, the oldest first.
fn migrations() -> Vec<String> {
    let folder = fs::read_dir(places::workspace().join("edge/migrations")).unwrap();
    let mut files: Vec<_> = folder.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect()
}

/// A registry as the first release left it, with people in it.
fn first_release() -> Connection {
    let registry = Connection::open_in_memory().unwrap();
    registry.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    registry.execute_batch(&migrations()[0]).unwrap();
    registry
        .execute_batch(
            "INSERT INTO users (id, email, org, role, requires_invitation, version, created_at) VALUES
                 ('u-1', 'guy@acme.example', 'Acme GmbH', 'member', 0, 11, 1),
                 ('u-2', 'boss@acme.example', 'Acme GmbH', 'org_owner', 0, 12, 2),
                 ('u-3', 'owner@platform.example', NULL, 'platform_owner', 0, 13, 3),
                 ('u-4', NULL, NULL, 'member', 1, 14, 4),
                 ('u-5', 'alone@x.example', NULL, 'org_owner', 0, 15, 5);
             INSERT INTO identities (issuer, subject, user_id) VALUES
                 ('https://id.example', 'guy', 'u-1'), ('https://other.example', 'guy', 'u-1'),
                 ('https://id.example', 'boss', 'u-2');
             INSERT INTO instances (id, user_id, url, status, suspended_from, since, version) VALUES
                 ('i-1', 'u-1', 'https://guy.fly.dev', 'ready', NULL, 5, 21),
                 ('i-2', 'u-2', 'https://boss.fly.dev', 'suspended', 'active', 6, 22);",
        )
        .unwrap();
    registry
}

fn rows(registry: &Connection, query: &str) -> Vec<Vec<Value>> {
    let mut statement = registry.prepare(query).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map((), |row| {
        (0..columns).map(|column| row.get(column)).collect()
    });
    rows.unwrap().map(Result::unwrap).collect()
}

const OLD_TABLES: [&str; 3] = [
    "SELECT id, email, org, role, requires_invitation, version, created_at FROM users ORDER BY id",
    "SELECT issuer, subject, user_id FROM identities ORDER BY issuer, subject",
    "SELECT id, user_id, url, status, suspended_from, since, version FROM instances ORDER BY id",
];

#[test]
fn nothing_of_an_earlier_registry_is_lost_or_changed() {
    let registry = first_release();
    let before = OLD_TABLES.map(|query| rows(&registry, query));
    for migration in &migrations()[1..] {
        registry.execute_batch(migration).unwrap();
    }
    assert_eq!(OLD_TABLES.map(|query| rows(&registry, query)), before);
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(
        rows(
            &registry,
            "SELECT org_id, user_id, role FROM members ORDER BY user_id"
        ),
        [
            [text("Acme GmbH"), text("u-1"), text("member")],
            [text("Acme GmbH"), text("u-2"), text("org_owner")]
        ]
    );
    assert_eq!(
        rows(&registry, "SELECT id, name FROM orgs"),
        [[text("Acme GmbH"), text("Acme GmbH")]]
    );
    assert_eq!(
        rows(
            &registry,
            "SELECT instance_id, to_status FROM status_history ORDER BY instance_id"
        ),
        [
            [text("i-1"), text("ready")],
            [text("i-2"), text("suspended")]
        ]
    );
    assert_eq!(
        rows(&registry, "SELECT count(*) FROM ownership"),
        [[Value::Integer(1)]],
        "`u-3` owns the platform"
    );
}

#[test]
fn who_was_denied_by_nobody_but_first_sight_is_told_from_who_was_by_an_operator() {
    let registry = first_release();
    let migrations = migrations();
    registry.execute_batch(&migrations[1]).unwrap();
    registry
        .execute_batch(
            "INSERT INTO users (id, requires_invitation, version, created_at) VALUES ('u-6', 1, 1, 1), ('u-7', 1, 1, 1);
             INSERT INTO events (at, event, user_id) VALUES
                 (1, 'provisioning_denied', 'u-6'), (1, 'provisioning_denied', 'u-7'), (2, 'user_changed', 'u-7');",
        )
        .unwrap();
    for migration in &migrations[2..] {
        registry.execute_batch(migration).unwrap();
    }
    let denied = "SELECT user_id FROM denied_at_first_sight";
    assert_eq!(rows(&registry, denied), [[Value::Text("u-6".to_owned())]]);
    let welcomed = "UPDATE users SET requires_invitation = 0";
    registry.execute_batch(welcomed).unwrap();
    assert!(rows(&registry, denied).is_empty());
}

#[test]
fn migrations_may_be_applied_again() {
    let registry = first_release();
    for _ in 0..2 {
        for migration in migrations() {
            registry.execute_batch(&migration).unwrap();
        }
    }
    let everything = "SELECT (SELECT count(*) FROM members), (SELECT count(*) FROM orgs), (SELECT count(*) FROM status_history)";
    assert_eq!(
        rows(&registry, everything),
        [[Value::Integer(2), Value::Integer(1), Value::Integer(2)]]
    );
}

#[test]
fn a_status_that_somebody_changes_by_hand_is_legal_dated_and_in_the_history() {
    let registry = first_release();
    for migration in &migrations()[1..] {
        registry.execute_batch(migration).unwrap();
    }
    let illegal = registry.execute_batch("UPDATE instances SET status = 'active' WHERE id = 'i-1'");
    let said = illegal.unwrap_err().to_string();
    assert!(
        said.contains("cannot go from `ready` to `active`; legal next: `suspended`"),
        "{said}"
    );
    registry
        .execute_batch(
            "UPDATE instances SET status = 'suspended', suspended_from = 'ready' WHERE id = 'i-1'",
        )
        .unwrap();
    let changed = rows(
        &registry,
        "SELECT version > 21, since > 5, (SELECT actor FROM status_history WHERE instance_id = 'i-1' AND to_status = 'suspended')
         FROM instances WHERE id = 'i-1'",
    );
    let by_hand = Value::Text("somebody in the database".to_owned());
    assert_eq!(changed, [[Value::Integer(1), Value::Integer(1), by_hand]]);
}
