//! Which gate is asked, with which secret, and what is said where it cannot be.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{EncodingKey, Header, encode};
use serde_json::{Map, Value, json};
use tests::{World, WorldOptions};
use tokio::net::TcpListener;

use crate::cast::{command, ended, usher, world};

const WRONG: &str = "a-secret-that-no-gate-was-ever-given";

async fn without(world: &World, variable: &str, arguments: &[&str]) -> crate::cast::Ended {
    let mut command = command(world, arguments);
    command.env_remove(variable);
    ended(command).await
}

#[tokio::test]
async fn a_wrong_or_missing_secret_is_a_mistake_of_the_surroundings_and_never_shown() {
    let world = world().await;
    let mut wrong = command(&world, &["instance", "list"]);
    wrong.env("USHER_ADMIN_SECRET", WRONG);
    let wrong = ended(wrong).await;
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("USHER_ADMIN_SECRET"), "{wrong:?}");
    assert!(!format!("{wrong:?}").contains(WRONG));
    let missing = without(&world, "USHER_ADMIN_SECRET", &["instance", "list"]).await;
    assert_eq!(missing.code, 2);
    assert!(missing.stderr.contains("is not set"), "{missing:?}");
    world.stop().await;
}

const SIGNING: &str = "an issuer's shared secret of enough length, 0123456789";

fn token(more: &Value) -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut claims =
        json!({ "iss": "ops", "sub": "ann", "aud": "usher", "exp": since.as_secs() + 600 });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let key = EncodingKey::from_secret(SIGNING.as_bytes());
    encode(&Header::default(), &claims, &key).unwrap()
}

#[tokio::test]
async fn an_operators_own_token_is_as_good_as_the_secret_and_what_is_wrong_with_it_is_said() {
    let issuer = json!([{
        "issuer": "ops", "audience": "usher", "algorithm": "HS256", "secret": "OPS_SECRET",
        "operators": { "claim": "groups", "value": "usher-operators" },
    }]);
    let options = WorldOptions {
        vars: Map::from_iter([
            ("OPS_SECRET".to_owned(), json!(SIGNING)),
            ("USHER_ISSUERS".to_owned(), issuer),
        ]),
        ..WorldOptions::default()
    };
    let world = World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let with = async |token: &str| {
        let mut command = command(&world, &["org", "set", "acme", "--name", "Acme"]);
        command.env("USHER_ADMIN_SECRET", token);
        let ended = ended(command).await;
        assert!(!format!("{ended:?}").contains(token));
        ended
    };
    let anns = with(&token(&json!({ "groups": ["usher-operators"] }))).await;
    assert_eq!(anns.code, 0, "{anns:?}");
    let events = usher(&world, &["events", "--event", "org_changed"]).await;
    assert!(events.stdout.contains("by ann of ops"), "{events:?}");
    for (more, said) in [
        (
            json!({ "groups": ["usher-operators"], "exp": 1_000_000_000 }),
            "at 2001-09-09 01:46:40 UTC; log in again",
        ),
        (
            json!({ "groups": [] }),
            "for an operator's: the gate's issuer must have `operators = {",
        ),
    ] {
        let refused = with(&token(&more)).await;
        assert_eq!(refused.code, 2, "{refused:?}");
        let words = refused
            .stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(words.contains(said), "{words}");
        assert!(
            words.contains("`USHER_ADMIN_SECRET`") && !words.contains("does not know the secret"),
            "{words}"
        );
    }
    world.stop().await;
}

#[tokio::test]
async fn the_gate_is_found_on_the_command_line_in_the_environment_and_in_the_file() {
    let world = world().await;
    let list = ["instance", "list"];
    let nowhere = without(&world, "USHER_GATE", &list).await;
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.stderr.contains("--gate URL"), "{nowhere:?}");
    let named = ["--gate", world.gate.url.as_str()];
    let named = without(&world, "USHER_GATE", &[&list[..], &named].concat()).await;
    assert_eq!(named.code, 0, "{named:?}");
    assert_eq!(usher(&world, &list).await.code, 0);

    // The file's own secret goes to the file's gate, whatever the usual variable holds.
    let file = world.folder().join("staging.toml");
    let text = format!(
        "[target]\ngate = \"{}\"\n[gate_admin]\nsecret_env = \"STAGING\"\n",
        world.gate.url
    );
    fs::write(&file, text).unwrap();
    let by_file = [&list[..], &["--config", "staging.toml"]].concat();
    let unset = usher(&world, &by_file).await;
    assert_eq!(unset.code, 2);
    assert!(unset.stderr.contains("`STAGING` is not set"), "{unset:?}");
    let mut command = command(&world, &by_file);
    command
        .env("STAGING", &world.gate.admin_secret)
        .env("USHER_ADMIN_SECRET", WRONG);
    let staged = ended(command).await;
    assert_eq!(staged.code, 0, "{staged:?}");
    world.stop().await;
}

#[tokio::test]
async fn what_is_no_gate_is_never_taken_for_an_answer() {
    let world = world().await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    // The stage answers 404 here, as a gate would for an instance that is not there.
    let other = world.stage.addresses().identity.clone();
    for (gate, said) in [
        (nobody, "connection refused"),
        (other, "no gate answers like that"),
    ] {
        let ended = usher(&world, &["instance", "show", "i-1", "--gate", &gate]).await;
        let words = ended
            .stderr
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert_eq!((ended.code, ended.stdout.as_str()), (3, ""), "{words}");
        assert!(words.contains(said), "{words}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_no_refusal() {
    let world = world().await;
    world
        .gate
        .d1("ALTER TABLE orgs RENAME TO gone", &[])
        .await
        .unwrap();
    let ended = usher(&world, &["org", "list"]).await;
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.stderr.contains("authority_unavailable"), "{ended:?}");
    world.stop().await;
}

#[tokio::test]
async fn an_id_never_leads_to_another_place_of_the_api() {
    let world = world().await;
    for id in ["..", ".", ""] {
        assert_eq!(usher(&world, &["user", "sign-out", id]).await.code, 2);
    }
    let ended = usher(&world, &["user", "show", "../instances"]).await;
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(
        ended.stderr.contains("there is no user `../instances`"),
        "{ended:?}"
    );
    world.stop().await;
}
