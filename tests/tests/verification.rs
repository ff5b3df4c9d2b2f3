//! `usher verify` on a whole platform: a right deploy passes, and each way to break it is named.
#![expect(clippy::panic, reason = "what a test builds on must hold")]

use std::time::Duration;

use stage::Fault;
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
async fn every_way_to_be_broken_is_named() {
    for incident in Incident::ALL {
        let finding = match incident {
            Incident::LostEvents => "events_lost",
            Incident::Stage(Fault::NeverMigrated) => "database_never_migrated",
            Incident::Stage(Fault::StuckActive) => "instance_stuck",
        };
        let world = world(WorldOptions {
            incident: Some(incident),
            ready_budget: Duration::from_secs(5),
            ..WorldOptions::default()
        })
        .await;
        let verification = verify(&world).await;
        assert_eq!(verification.code, Some(1), "{verification:#?}");
        let code = format!("\"code\": \"{finding}\"");
        assert_eq!(
            verification.stdout.matches("\"code\": ").count(),
            1,
            "{verification:#?}"
        );
        assert!(verification.stdout.contains(&code), "{verification:#?}");
        world.stop().await;
    }
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
