//! `usher diagnose` on a whole platform: whole chains are whole, and each that is broken ends at the link that is.
#![expect(clippy::panic, reason = "what a test builds on must hold")]

use serde_json::{Value, json};
use stage::{Account, Fault, KeepAt, NewAccount};
use tests::world::Verification;
use tests::{Incident, World, WorldOptions, places};
use tokio::process::Command;

const GUY: &str = "guy@visitors.example";

async fn world(incident: Option<Incident>) -> World {
    let options = WorldOptions {
        incident,
        ready_budget: std::time::Duration::from_secs(1),
        ..WorldOptions::default()
    };
    World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

async fn account(world: &World, keep_at: KeepAt) -> Account {
    let account = NewAccount {
        email: GUY.to_owned(),
        password: "correct horse battery".to_owned(),
        keep_at,
    };
    let made = world.stage.account(account).await;
    made.unwrap_or_else(|error| panic!("failed to {error}"))
}

/// The links before the gate: the identity in its own database, by SQL and by HTTP.
const LINKS: &str = r#"
[[diagnose]]
name = "identity service"
request = { url = "{identity}/health", expect = [{ json = "/status", equals = "ok" }] }

[[diagnose]]
name = "user record"
database = "identity"
query = "SELECT id, username FROM users WHERE email = {email}"
keep = { user_id = "id" }
fix = "find out why the sign-up of {email} wrote nothing"
"#;

async fn diagnose(world: &World, user: &str, links: &str) -> (Verification, Value) {
    let path = world.usher_toml().unwrap_or_else(|error| panic!("{error}"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"));
    std::fs::write(&path, format!("{text}{links}")).unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new(places::usher());
    command.args(["diagnose", user, "--report", "json", "--config"]);
    command.arg(&path);
    command.env("USHER_ADMIN_SECRET", &world.gate.admin_secret);
    let output = command.output().await;
    let output = output.unwrap_or_else(|error| panic!("{error}"));
    let ended = Verification {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    };
    let chain = serde_json::from_str(&ended.stdout);
    let chain = chain.unwrap_or_else(|error| panic!("{error}: {ended:#?}"));
    (ended, chain)
}

fn states(chain: &Value) -> Vec<(String, String)> {
    let links = chain["links"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    links
        .iter()
        .map(|link| (text(&link["name"]), text(&link["state"])))
        .collect()
}

fn last(chain: &Value) -> &Value {
    let links = chain["links"].as_array();
    links.and_then(|links| links.last()).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn the_chain_of_somebody_who_is_let_in_is_whole_from_end_to_end() {
    let world = world(None).await;
    account(&world, KeepAt::Ready).await;
    let (ended, chain) = diagnose(&world, GUY, LINKS).await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    let names = [
        "identity service",
        "user record",
        "record at the gate",
        "membership",
        "instance",
        "app",
        "the gate's decision",
    ];
    let whole = names.map(|name| (name.to_owned(), "whole".to_owned()));
    assert_eq!(states(&chain), whole, "{chain:#}");
    assert_eq!(chain["told"]["admitted"], json!(true), "{chain:#}");
    world.stop().await;
}

#[tokio::test]
async fn a_chain_ends_at_the_first_link_that_is_broken_and_says_the_fix() {
    let world = world(None).await;
    // Nobody of that name ever signed up.
    let (ended, chain) = diagnose(&world, "nobody@visitors.example", LINKS).await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert_eq!(last(&chain)["name"], "user record", "{chain:#}");
    let fix = "find out why the sign-up of nobody@visitors.example wrote nothing";
    assert_eq!(last(&chain)["fix"], fix);
    // The gate alone says it too.
    let (_, chain) = diagnose(&world, "nobody@visitors.example", "").await;
    assert_eq!(last(&chain)["name"], "record at the gate", "{chain:#}");
    // An injection is a text like any other.
    let (ended, chain) = diagnose(&world, "' OR '1'='1", LINKS).await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert_eq!(last(&chain)["name"], "user record", "{chain:#}");
    world.stop().await;
}

#[tokio::test]
async fn whoever_is_stuck_is_let_in_by_the_printed_commands_word_for_word() {
    let world = world(None).await;
    account(&world, KeepAt::Active).await;
    let (_, chain) = diagnose(&world, GUY, LINKS).await;
    assert_eq!(last(&chain)["state"], "pending", "{chain:#}");
    assert_eq!(chain["told"]["reason"], "instance_active", "{chain:#}");
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let (ended, chain) = diagnose(&world, GUY, LINKS).await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    assert_eq!(last(&chain)["name"], "instance", "{chain:#}");
    let commands = last(&chain)["commands"].as_array().cloned();
    for command in commands.unwrap_or_default() {
        let command = command.as_str().unwrap_or_default();
        let usher = places::usher();
        let folder = usher
            .parent()
            .unwrap_or_else(|| panic!("a file has a folder"));
        let path = std::env::var("PATH").unwrap_or_default();
        let status = Command::new("sh")
            .args(["-c", command])
            .env("PATH", format!("{}:{path}", folder.display()))
            .env("USHER_ADMIN_SECRET", &world.gate.admin_secret)
            .status()
            .await;
        assert!(status.is_ok_and(|status| status.success()), "{command}");
    }
    let (ended, chain) = diagnose(&world, GUY, LINKS).await;
    assert_eq!(ended.code, Some(0), "{ended:#?}");
    assert_eq!(last(&chain)["name"], "the gate's decision", "{chain:#}");
    world.stop().await;
}

/// Incident I2: an identity, and nothing behind it.
#[tokio::test]
async fn a_sign_up_that_created_nothing_is_seen_at_the_record_of_the_gate() {
    let world = world(Some(Incident::Stage(Fault::SignUpLost))).await;
    let body = json!({ "email": GUY, "username": "guy", "password": "correct horse battery" });
    let register = format!("{}/api/v1/auth/register", world.stage.addresses().identity);
    let client = reqwest::Client::new();
    let made = client.post(register).json(&body).send().await;
    assert!(made.is_ok_and(|made| made.status() == 201));
    let (ended, chain) = diagnose(&world, GUY, LINKS).await;
    assert_eq!(ended.code, Some(1), "{ended:#?}");
    let states = states(&chain);
    let user_record = ("user record".to_owned(), "whole".to_owned());
    assert!(states.contains(&user_record), "{chain:#}");
    assert_eq!(last(&chain)["name"], "record at the gate", "{chain:#}");
    world.stop().await;
}

#[tokio::test]
async fn a_link_that_could_not_be_seen_is_never_whole_and_does_not_hide_the_rest() {
    let world = world(None).await;
    account(&world, KeepAt::Ready).await;
    for (link, why) in [
        (
            r#"request = { url = "http://127.0.0.1:9/" }"#,
            "connection refused",
        ),
        (
            "database = \"identity\"\nquery = \"SELECT id FROM persons\"",
            "no such table: persons",
        ),
        (
            "database = \"identity\"\nquery = \"SELECT id FROM users\"\nkeep = { x = \"nick\" }",
            "has no column `nick`; it has id",
        ),
        (
            "database = \"identity\"\nquery = \"DELETE FROM users\"",
            "readonly",
        ),
    ] {
        let links = format!("\n[[diagnose]]\nname = \"odd\"\n{link}\n");
        let (ended, chain) = diagnose(&world, GUY, &links).await;
        assert_eq!(ended.code, Some(3), "{link}: {ended:#?}");
        assert_eq!(chain["links"][0]["state"], "unseen", "{chain:#}");
        let said = chain["links"][0]["what"].as_str().unwrap_or_default();
        assert!(said.contains(why), "{link}: {said}");
        assert_eq!(last(&chain)["name"], "the gate's decision", "{chain:#}");
    }
    world.stop().await;
}
