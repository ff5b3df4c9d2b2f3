//! The stage with a control plane of its own, over the table of incident I1, before a real gate.

use stage::{Account, ControlPlaneDatabase, KeepAt, NewAccount};
use tests::world::WorldAuthority;
use tests::{World, WorldOptions};

use crate::cast::outcome;

async fn world(authority: WorldAuthority) -> World {
    let options = WorldOptions {
        authority,
        ..WorldOptions::default()
    };
    World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn account(world: &World, name: &str, keep_at: KeepAt) -> Account {
    let account = NewAccount {
        email: format!("{name}@visitors.example"),
        password: "correct horse battery".to_owned(),
        keep_at,
    };
    world
        .stage
        .account(account)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn assert_everybody_is_where_they_stand(world: &World) {
    for (name, keep_at, expected) in [
        ("ready", KeepAt::Ready, "let in"),
        ("active", KeepAt::Active, "instance_active"),
        (
            "provisioning",
            KeepAt::Provisioning,
            "instance_provisioning",
        ),
        ("suspended", KeepAt::Suspended, "instance_suspended"),
        ("uninvited", KeepAt::NeedsInvitation, "invitation_required"),
    ] {
        let account = account(world, name, keep_at).await;
        let visitor = world.api().with_bearer(&world.stage.access_token(&account));
        assert_eq!(outcome(&visitor).await, expected, "{name}");
    }
    assert_eq!(
        outcome(&crate::cast::visitor(world, "stranger")).await,
        "no_instance"
    );
    assert_eq!(world.api().get("/.usher/ready").await.status(), 200);
}

#[tokio::test]
async fn what_the_control_plane_writes_is_what_the_gate_obeys() {
    let world = world(WorldAuthority::ControlPlane {
        database: None,
        push: false,
    })
    .await;
    assert_everybody_is_where_they_stand(&world).await;
}

#[tokio::test]
async fn a_change_that_is_pushed_is_seen_at_the_next_request() {
    let world = world(WorldAuthority::ControlPlane {
        database: None,
        push: true,
    })
    .await;
    assert_everybody_is_where_they_stand(&world).await;
    // Every standing was pushed before anybody knocked.
    let keys = world.gate.kv_list().await.unwrap();
    assert!(
        keys.iter().filter(|key| !key.contains("jwks")).count() >= 4,
        "{keys:?}"
    );
}

#[tokio::test]
async fn the_gates_own_kv_serves_the_stage_as_well() {
    let world = world(WorldAuthority::Kv).await;
    assert_everybody_is_where_they_stand(&world).await;
}

#[tokio::test]
async fn the_same_table_in_postgres_is_obeyed_as_well() {
    let server = tests::Postgres::start_or_skip("THE CONTROL PLANE'S TABLE").await;
    let Some(server) = server.unwrap_or_else(|error| panic!("{error}")) else {
        return;
    };
    let database = Some(ControlPlaneDatabase::Postgres(server.url().to_owned()));
    let world = world(WorldAuthority::ControlPlane {
        database,
        push: false,
    })
    .await;
    assert_everybody_is_where_they_stand(&world).await;
    server.stop().await;
}
