//! `usher verify` on a whole platform: a right deploy passes, and what is wrong with another one is told well.
#![expect(clippy::panic, reason = "what a test builds on must hold")]

use std::time::Duration;

use serde_json::{Value, json};
use stage::{Fault, SignUp};
use tests::world::{Verification, WorldAuthority};
use tests::{Incident, World, WorldOptions};

async fn world(options: WorldOptions) -> World {
    World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn verify(world: &World) -> Verification {
    world
        .verify(&["--report", "json"])
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn a_right_deploy_passes_in_every_step() {
    let world = world(WorldOptions::default()).await;
    let verification = verify(&world).await;
    assert_eq!(verification.code, Some(0), "{verification:#?}");
    assert!(
        !verification.stdout.contains("skipped"),
        "{verification:#?}"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_gate_that_keeps_no_events_passes_without_them() {
    let world = world(WorldOptions {
        authority: WorldAuthority::Kv,
        ..WorldOptions::default()
    })
    .await;
    let verification = verify(&world).await;
    assert_eq!(verification.code, Some(0), "{verification:#?}");
    assert!(
        verification.stdout.contains("keeps no events"),
        "{verification:#?}"
    );
    world.stop().await;
}

#[tokio::test]
async fn where_nobody_can_be_listed_no_list_is_promised() {
    let world = world(WorldOptions {
        authority: WorldAuthority::Kv,
        incident: Some(Incident::Stage(Fault::StuckActive)),
        ready_budget: Duration::from_secs(8),
        ..WorldOptions::default()
    })
    .await;
    let verification = verify(&world).await;
    assert!(
        verification.stdout.contains("KV lists nobody"),
        "{verification:#?}"
    );
    assert!(
        verification.stdout.contains("usher instance set ID ready")
            && !verification.stdout.contains("usher instance list"),
        "{verification:#?}"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_registry_whose_table_of_events_was_renamed_is_named_as_the_cause_of_the_failed_sign_up()
{
    let world = world(WorldOptions {
        ready_budget: Duration::from_secs(2),
        ..WorldOptions::default()
    })
    .await;
    let rename = "ALTER TABLE events RENAME TO auth_events";
    let renamed = world.gate.d1(rename, &[]).await;
    assert!(renamed.is_ok(), "{renamed:?}");
    let verification = verify(&world).await;
    assert_eq!(verification.code, Some(1), "{verification:#?}");
    assert!(
        verification.stdout.contains("gate_misconfigured")
            && verification.stdout.contains("no such table: events"),
        "{verification:#?}"
    );
    world.stop().await;
}

async fn play(world: &World, scenario: &str) -> Verification {
    world
        .verify(&["--scenario", scenario, "--report", "json"])
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

#[tokio::test]
async fn every_story_passes_on_a_right_deploy() {
    let world = world(WorldOptions {
        // Long enough for somebody to come before their app is there.
        provisioning: Duration::from_secs(1),
        ..WorldOptions::default()
    })
    .await;
    let stories = "new-user,returning-user,denied,pending,logged-out,suspended";
    let verification = play(&world, stories).await;
    assert_eq!(verification.code, Some(0), "{verification:#?}");
    assert!(
        !verification.stdout.contains("skipped"),
        "{verification:#?}"
    );
    world.stop().await;
}

/// Incident I4: a second record of the same person.
#[tokio::test]
async fn a_returning_user_who_is_recorded_twice_is_named_with_both_records() {
    let world = world(WorldOptions::default()).await;
    let doubled = "CREATE TRIGGER twice AFTER INSERT ON users WHEN new.id NOT LIKE 'twin-%' BEGIN
        INSERT INTO users (id, email, version, created_at)
        VALUES ('twin-' || new.id, new.email, new.version, new.created_at); END";
    let doubled = world.gate.d1(doubled, &[]).await;
    assert!(doubled.is_ok(), "{doubled:?}");
    let verification = play(&world, "returning-user").await;
    assert_eq!(verification.code, Some(1), "{verification:#?}");
    let report: Value = serde_json::from_str(&verification.stdout)
        .unwrap_or_else(|error| panic!("{error}: {verification:#?}"));
    assert_eq!(report["verdict"]["step"], "be_recognised", "{report:#}");
    assert!(
        verification
            .stdout
            .contains("the registry has 2 users with the address")
            && verification.stdout.contains("twin-"),
        "{report:#}"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_registry_that_takes_no_suspension_fails_at_that_step_and_nowhere_else() {
    let world = world(WorldOptions::default()).await;
    let refused = "CREATE TRIGGER no_suspension BEFORE UPDATE OF status ON instances WHEN new.status = 'suspended'
        BEGIN SELECT raise(ABORT, 'no such status'); END";
    let refused = world.gate.d1(refused, &[]).await;
    assert!(refused.is_ok(), "{refused:?}");
    let verification = play(&world, "suspended").await;
    assert_eq!(verification.code, Some(1), "{verification:#?}");
    let report: Value = serde_json::from_str(&verification.stdout)
        .unwrap_or_else(|error| panic!("{error}: {verification:#?}"));
    assert_eq!(report["verdict"]["step"], "suspend", "{report:#}");
    world.stop().await;
}

/// The log-out is answered as ever, and is written nowhere.
#[tokio::test]
async fn a_session_that_outlives_its_log_out_is_found_with_the_old_cookie() {
    let world = world(WorldOptions::default()).await;
    for table in ["sign_outs", "sessions"] {
        let lost = format!(
            "CREATE TRIGGER lost_{table} BEFORE INSERT ON {table} BEGIN SELECT raise(IGNORE); END"
        );
        let lost = world.gate.d1(&lost, &[]).await;
        assert!(lost.is_ok(), "{lost:?}");
    }
    let verification = play(&world, "logged-out").await;
    assert_eq!(verification.code, Some(1), "{verification:#?}");
    let report: Value = serde_json::from_str(&verification.stdout)
        .unwrap_or_else(|error| panic!("{error}: {verification:#?}"));
    assert_eq!(report["verdict"]["step"], "be_kept_out", "{report:#}");
    world.stop().await;
}

/// The registry answers as ever, and nothing is different afterwards.
#[tokio::test]
async fn a_user_who_is_still_let_in_although_they_may_not_is_found() {
    let world = world(WorldOptions {
        ready_budget: Duration::from_secs(3),
        ..WorldOptions::default()
    })
    .await;
    let lost = "CREATE TRIGGER lost BEFORE UPDATE OF requires_invitation ON users
        WHEN new.requires_invitation = 1 BEGIN SELECT raise(IGNORE); END";
    let lost = world.gate.d1(lost, &[]).await;
    assert!(lost.is_ok(), "{lost:?}");
    let verification = play(&world, "denied").await;
    assert_eq!(verification.code, Some(1), "{verification:#?}");
    let report: Value = serde_json::from_str(&verification.stdout)
        .unwrap_or_else(|error| panic!("{error}: {verification:#?}"));
    assert_eq!(report["verdict"]["step"], "be_turned_away", "{report:#}");
    assert!(
        verification
            .stdout
            .contains("is not turned away for it: status 200"),
        "{report:#}"
    );
    world.stop().await;
}

/// A platform on which people become known by coming to the gate.
async fn open_world() -> World {
    world(WorldOptions {
        sign_up: SignUp::Nothing,
        vars: json!({ "USHER_PROVISIONING": "first-sight" })
            .as_object()
            .cloned()
            .unwrap_or_default(),
        ..WorldOptions::default()
    })
    .await
}

async fn count(world: &World, what: &str) -> u64 {
    let statement = format!("SELECT count(*) AS n FROM {what}");
    let rows = world.gate.d1(&statement, &[]).await;
    let rows = rows.unwrap_or_else(|error| panic!("{error}"));
    let count = rows.first().and_then(|row| row.get("n"));
    count.and_then(Value::as_u64).unwrap_or(u64::MAX)
}

#[tokio::test]
async fn who_comes_for_the_first_time_is_taken_in_for_what_speaks_for_them_and_leaves_nothing() {
    let world = open_world().await;
    let verification = world
        .verify(&[
            "--scenario",
            "bootstrap,invited,domain",
            "--allow-bootstrap",
            "--report",
            "json",
        ])
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(verification.code, Some(0), "{verification:#?}");
    for left in [
        "users",
        "identities",
        "members",
        "invitations",
        "allowed_domains",
        "orgs WHERE id <> 'platform-admin'",
    ] {
        assert_eq!(count(&world, left).await, 0, "{left}");
    }
    // It has been owned, so nobody becomes its owner by coming any more, and nobody has to allow it.
    let verification = play(&world, "invited,domain").await;
    assert_eq!(verification.code, Some(0), "{verification:#?}");
    let verification = play(&world, "bootstrap").await;
    assert_eq!(verification.code, Some(2), "{verification:#?}");
    world.stop().await;
}

/// The test user of a run would be its owner for good, and then be removed.
#[tokio::test]
async fn no_run_takes_the_ownership_of_a_platform_unless_it_is_allowed_to() {
    let world = open_world().await;
    for scenario in ["new-user", "invited", "bootstrap"] {
        let verification = play(&world, scenario).await;
        assert_eq!(verification.code, Some(2), "{verification:#?}");
        assert!(
            verification.stderr.contains("--allow-bootstrap"),
            "{verification:#?}"
        );
    }
    assert_eq!(count(&world, "users").await, 0);
    world.stop().await;
}

#[tokio::test]
async fn a_domain_that_is_not_taken_and_an_invitation_that_is_not_spent_are_found() {
    let world = open_world().await;
    let owner = world
        .verify(&["--scenario", "bootstrap", "--allow-bootstrap"])
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(owner.code, Some(0), "{owner:#?}");
    for trigger in [
        "CREATE TRIGGER no_domain BEFORE INSERT ON allowed_domains BEGIN SELECT raise(IGNORE); END",
        "CREATE TRIGGER unspent BEFORE UPDATE OF accepted_at ON invitations BEGIN SELECT raise(IGNORE); END",
    ] {
        let broken = world.gate.d1(trigger, &[]).await;
        assert!(broken.is_ok(), "{broken:?}");
    }
    let verification = play(&world, "invited,domain").await;
    assert_eq!(verification.code, Some(1), "{verification:#?}");
    for words in [
        "an org takes the domain of the user, and the gate asks them for an invitation",
        "the invitation was taken, and is still open for somebody else",
    ] {
        assert!(verification.stdout.contains(words), "{verification:#?}");
    }
    assert_eq!(count(&world, "users").await, 0);
    world.stop().await;
}
