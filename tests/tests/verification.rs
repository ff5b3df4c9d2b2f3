//! `usher verify` on a whole platform: a right deploy passes, and each way to break it is named.

use stage::Fault;
use std::time::Duration;
use tests::{World, WorldOptions};

#[tokio::test]
async fn a_right_deploy_passes() {
    let world = World::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let verification = world
        .verify(&[])
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(verification.code, Some(0), "{verification:#?}");
    world.stop().await;
}

#[tokio::test]
async fn every_fault_of_the_stage_is_named() {
    for (name, finding) in [
        ("stuck-active", "instance_stuck"),
        ("never-migrated", "database_never_migrated"),
    ] {
        let fault = Fault::ALL.into_iter().find(|fault| fault.name() == name);
        assert!(fault.is_some(), "{name}");
        let options = WorldOptions {
            fault,
            ready_budget: Duration::from_secs(5),
            ..WorldOptions::default()
        };
        let world = World::with(options)
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        let verification = world
            .verify(&["--report", "json"])
            .await
            .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(verification.code, Some(1), "{verification:#?}");
        assert!(verification.stdout.contains(finding), "{verification:#?}");
        world.stop().await;
    }
}
