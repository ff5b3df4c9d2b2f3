//! Two of the incidents on a whole platform: named by a run, and over once what the report prints was done word for word. The others are
//! told where their databases are; `cargo test -p tests incident_` runs all five.
#![expect(clippy::panic, reason = "what a test builds on must hold")]

use std::time::Duration;

use serde_json::{Value, json};
use stage::{Fault, KeepAt, NewAccount};
use tests::{Incident, World, WorldOptions, places};
use tokio::process::Command;

async fn broken(incident: Incident, ready_budget: Duration) -> World {
    let world = World::with(WorldOptions {
        incident: Some(incident),
        ready_budget,
        ..WorldOptions::default()
    });
    world.await.unwrap_or_else(|error| panic!("{error}"))
}

/// The JSON report of a run that ended like that.
async fn verified(world: &World, code: i32) -> Value {
    let verification = world.verify(&["--report", "json"]).await;
    let verification = verification.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(verification.code, Some(code), "{verification:#?}");
    serde_json::from_str(&verification.stdout)
        .unwrap_or_else(|error| panic!("{error}: {verification:#?}"))
}

/// Each cause and its commands, in the order of the report.
fn causes(report: &Value) -> Vec<(String, Vec<String>)> {
    let findings = report.get("findings").and_then(Value::as_array);
    let cause = |finding: &Value| {
        let code = finding.get("code")?.as_str()?.to_owned();
        let commands = finding.pointer("/fix/commands")?.clone();
        Some((code, serde_json::from_value(commands).ok()?))
    };
    findings.into_iter().flatten().filter_map(cause).collect()
}

/// Runs a printed command of `usher` as whoever has copied it would.
async fn run(world: &World, line: &str) -> (Option<i32>, String) {
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some("usher"), "{line}");
    let output = Command::new(places::usher())
        .args(words)
        .env_clear()
        .env("USHER_ADMIN_SECRET", &world.gate.admin_secret)
        .output()
        .await;
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (output.status.code(), said)
}

async fn succeeded(world: &World, line: &str) -> String {
    let (code, said) = run(world, line).await;
    assert_eq!(code, Some(0), "{line}: {said}");
    said
}

/// Whoever is still being set up is not locked out, and nobody is let in by a report that takes them for it.
#[tokio::test]
async fn incident_i1_who_was_locked_out_is_found_and_let_in_by_the_printed_commands_and_nobody_else()
 {
    let incident = Incident::Stage(Fault::StuckActive);
    let world = broken(incident, Duration::from_secs(8)).await;
    let mut ids = Vec::new();
    for name in ["late", "early"] {
        let account = NewAccount {
            email: format!("{name}@visitors.example"),
            password: "correct horse battery".to_owned(),
            keep_at: KeepAt::Active,
        };
        let made = world.stage.account(account).await;
        let made = made.unwrap_or_else(|error| panic!("failed to {error}"));
        ids.extend(made.instance.map(|instance| instance.id));
    }
    let [late, early] = ids.as_slice() else {
        panic!("{ids:?}");
    };
    let report = verified(&world, 1).await;
    let causes = causes(&report);
    let [(code, commands)] = causes.as_slice() else {
        panic!("{report:#}");
    };
    assert_eq!(code, "instance_stuck");
    let [list, set] = commands.as_slice() else {
        panic!("{commands:?}");
    };
    // Minutes go by for one of them, and none for the other.
    let since = "UPDATE instances SET since = unixepoch() + ? WHERE id = ?";
    for (id, shift) in [(late, -600), (early, 600)] {
        let shifted = world.gate.d1(since, &[json!(shift), json!(id)]).await;
        assert!(shifted.is_ok(), "{shifted:?}");
    }
    let path = world.folder().join("usher.toml");
    let diagnose = format!(
        "usher diagnose late@visitors.example --config {}",
        path.display()
    );
    let (code, chain) = run(&world, &diagnose).await;
    assert_eq!(code, Some(1), "{chain}");
    let listed = succeeded(&world, list).await;
    assert!(listed.contains(late) && !listed.contains(early), "{listed}");
    let shown = succeeded(&world, &set.replace("ID", late)).await;
    assert!(shown.contains("status         ready"), "{shown}");
    assert_eq!(succeeded(&world, list).await, "no instances\n");
    succeeded(&world, &diagnose).await;
    world.stop().await;
}

/// The table of events takes no log-in any more; people come in, and nobody knows that they did.
#[tokio::test]
async fn incident_i4_a_registry_that_was_changed_by_hand_is_named_and_right_after_the_printed_command()
 {
    let world = broken(Incident::LostEvents, Duration::from_secs(10)).await;
    let report = verified(&world, 1).await;
    let causes = causes(&report);
    let codes: Vec<_> = causes.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, ["events_lost", "registry_altered"], "{report:#}");
    let commands = causes.iter().filter(|(code, _)| code == "registry_altered");
    for command in commands.flat_map(|(_, commands)| commands) {
        // What a deployed registry would be told; this one is inside the gate's own runtime.
        let statement = command
            .strip_prefix("npx wrangler d1 execute USHER_DB --remote --command '")
            .and_then(|rest| rest.strip_suffix('\''));
        let statement = statement.unwrap_or_else(|| panic!("{command}"));
        let done = world.gate.d1(statement, &[]).await;
        assert!(done.is_ok(), "{command}: {done:?}");
    }
    assert_eq!(verified(&world, 0).await["findings"], json!([]));
    world.stop().await;
}
