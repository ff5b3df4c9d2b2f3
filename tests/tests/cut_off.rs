//! A run that is killed with SIGKILL, at whichever step, leaves nobody and nothing behind once `usher cleanup` was there: not at the
//! identity service, and not at the gate's registry.
#![cfg(unix)]
#![expect(clippy::panic, reason = "what a test builds on must hold")]

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use stage::SignUp;
use tests::gate::rig::{Failure, Fault};
use tests::{World, WorldOptions, places};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

/// Where a story is cut off: as soon as it says that this step begins.
const NEW_USER: [&str; 7] = [
    "log in",
    "wait until ready",
    "reach the instance",
    "open a session",
    "find the log-in",
    "log out",
    "clean up",
];
const INVITED: [&str; 4] = ["log in", "be invited", "be taken in", "clean up"];
const DOMAIN: [&str; 4] = ["log in", "open the domain", "be taken in", "clean up"];
const BOOTSTRAP: [&str; 3] = ["log in", "become the owner", "clean up"];

async fn world(options: WorldOptions) -> World {
    World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A platform on which people become known by coming to the gate.
async fn open_world() -> World {
    let first_sight = json!({ "USHER_PROVISIONING": "first-sight" });
    world(WorldOptions {
        sign_up: SignUp::Nothing,
        vars: first_sight.as_object().cloned().unwrap_or_default(),
        rigged: true,
        ..WorldOptions::default()
    })
    .await
}

/// Plays a story and kills it there; whether that was in time.
async fn killed(world: &World, scenario: &str, step: &str) -> bool {
    // A registry that takes its time: no story is over before it can be killed.
    let slow = world.gate.fault(Fault::D1(Failure::Late(SLOW))).await;
    assert!(slow.is_ok(), "{slow:?}");
    let mut command = world
        .verify_command()
        .unwrap_or_else(|error| panic!("{error}"));
    command.args(["--scenario", scenario, "--allow-bootstrap"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{error}"));
    let said = child.stderr.take().unwrap_or_else(|| panic!("{step}"));
    let mut lines = BufReader::new(said).lines();
    let mut heard = Vec::new();
    while let Ok(Some(line)) = lines.next_line().await {
        if line == format!("{step} ...") {
            break;
        }
        heard.push(line);
    }
    // SIGKILL: nothing can be done about it.
    let killed = child.kill().await;
    assert!(killed.is_ok(), "{killed:?}");
    let healthy = world.gate.healthy().await;
    assert!(healthy.is_ok(), "{healthy:?}");
    assert!(heard.iter().any(|line| line == "register ..."), "{heard:?}");
    let entry = |name: &String| Path::new(name).extension() == Some("json".as_ref());
    journals(world).iter().any(entry)
}

/// Every file of the journal, whole or not.
fn journals(world: &World) -> Vec<String> {
    let files = std::fs::read_dir(world.folder().join("state/journal"));
    let files = files.into_iter().flatten().flatten();
    let name = |file: std::fs::DirEntry| file.file_name().to_string_lossy().into_owned();
    files.map(name).collect()
}

async fn cleanup(world: &World) {
    let output = Command::new(places::usher())
        .args(["cleanup", "--yes"])
        .env("USHER_ADMIN_SECRET", &world.gate.admin_secret)
        .env("USHER_STATE_DIR", world.folder().join("state"))
        .output()
        .await;
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(journals(world).is_empty(), "{:?}", journals(world));
}

/// Everybody whom the identity service knows.
fn identities(world: &World) -> i64 {
    let opened = rusqlite::Connection::open(&world.stage.addresses().database);
    let counted = opened.and_then(|database| {
        database.query_row("SELECT count(*) FROM users", [], |row| row.get(0))
    });
    counted.unwrap_or_else(|error| panic!("{error}"))
}

/// What the gate's registry holds of anybody.
async fn registered(world: &World) -> Vec<(&'static str, u64)> {
    let mut found = Vec::new();
    for what in [
        "users",
        "identities",
        "instances",
        "members",
        "invitations",
        "allowed_domains",
        "sessions",
        "orgs WHERE id <> 'platform-admin'",
    ] {
        let statement = format!("SELECT count(*) AS n FROM {what}");
        let rows = world.gate.d1(&statement, &[]).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}"));
        let count = rows.first().and_then(|row| row.get("n"));
        match count.and_then(Value::as_u64) {
            Some(0) => {}
            Some(count) => found.push((what, count)),
            None => panic!("{what}: {rows:?}"),
        }
    }
    found
}

/// Kills a story at a step, and sweeps. A run that was faster than its murderer is played again.
async fn cut_off_and_swept(world: &World, scenario: &str, step: &str) -> bool {
    for _ in 0..TRIES {
        if killed(world, scenario, step).await {
            // What had been sent may still be on its way.
            tokio::time::sleep(LATE).await;
            // At the clean-up they may just have been removed.
            if step != "clean up" {
                assert_eq!(identities(world), 1, "{scenario}: {step}");
            }
            cleanup(world).await;
            assert_eq!(identities(world), 0, "{scenario}: {step}");
            let left = registered(world).await;
            assert!(left.is_empty(), "{scenario}: {step}: {left:?}");
            return true;
        }
        if scenario == "bootstrap" {
            return false;
        }
    }
    false
}

#[tokio::test]
async fn a_new_user_of_a_killed_run_is_swept_from_every_step() {
    let world = world(WorldOptions {
        rigged: true,
        ..WorldOptions::default()
    })
    .await;
    for step in NEW_USER {
        let done = cut_off_and_swept(&world, "new-user", step).await;
        assert!(done, "never in time at `{step}`");
    }
    world.stop().await;
}

#[tokio::test]
async fn who_is_invited_or_of_a_domain_in_a_killed_run_is_swept_with_their_org() {
    let world = open_world().await;
    // From here on it has had an owner.
    let owner = world
        .verify(&["--scenario", "bootstrap", "--allow-bootstrap"])
        .await;
    assert!(owner.is_ok_and(|owner| owner.code == Some(0)));
    let invited = INVITED.map(|step| ("invited", step));
    let domain = DOMAIN.map(|step| ("domain", step));
    for (scenario, step) in invited.into_iter().chain(domain) {
        let done = cut_off_and_swept(&world, scenario, step).await;
        assert!(done, "{scenario}: never in time at `{step}`");
    }
    world.stop().await;
}

/// A platform has its first owner once.
#[tokio::test]
async fn the_first_owner_of_a_killed_run_is_swept_from_every_step() {
    for step in BOOTSTRAP {
        let mut done = false;
        for _ in 0..TRIES {
            let world = open_world().await;
            done = cut_off_and_swept(&world, "bootstrap", step).await;
            world.stop().await;
            if done {
                break;
            }
        }
        assert!(done, "never in time at `{step}`");
    }
}

const TRIES: usize = 5;

/// Far below every budget, and many times what a process needs to be killed.
const SLOW: Duration = Duration::from_millis(200);

/// The stage tries its calls to the gate again for less than a second.
const LATE: Duration = Duration::from_millis(1200);
