//! An operator at a whole platform.

use std::process::Stdio;

use serde_json::Value;
use stage::{Account, KeepAt, NewAccount};
use tests::{World, WorldOptions, places};
use tokio::process::Command;

/// What a command said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) async fn world() -> World {
    let vars = serde_json::json!({ "USHER_PROVISIONING": "first-sight" });
    let options = WorldOptions {
        vars: vars.as_object().cloned().unwrap(),
        ..WorldOptions::default()
    };
    World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A user whose standing is kept at `keep_at`.
pub(crate) async fn account(world: &World, name: &str, keep_at: KeepAt) -> Account {
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

/// The id of the instance of a user who has one.
pub(crate) async fn instance(world: &World, name: &str, keep_at: KeepAt) -> String {
    account(world, name, keep_at).await.instance.unwrap().id
}

/// The command line of `usher` for the operator of this world, in an environment of its own and a folder without usher.toml.
pub(crate) fn command(world: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new(places::usher());
    command
        .args(arguments)
        .current_dir(world.folder())
        .env_clear()
        .env("USHER_GATE", &world.gate.url)
        .env("USHER_ADMIN_SECRET", &world.gate.admin_secret)
        .env("USER", "olga")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

pub(crate) async fn ended(mut command: Command) -> Ended {
    let output = command.output().await.unwrap_or_else(|error| {
        panic!(
            "`{}`: {error}; run `cargo build -p verifier`",
            places::usher().display()
        )
    });
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `usher` as the operator.
pub(crate) async fn usher(world: &World, arguments: &[&str]) -> Ended {
    ended(command(world, arguments)).await
}

/// The same, where it must be done; gives the words.
pub(crate) async fn done(world: &World, arguments: &[&str]) -> String {
    let ended = usher(world, arguments).await;
    assert_eq!(ended.code, 0, "{arguments:?}: {ended:#?}");
    ended.stdout
}

/// The same, read by a program.
pub(crate) async fn json(world: &World, arguments: &[&str]) -> Value {
    let arguments = [arguments, &["--report", "json"]].concat();
    serde_json::from_str(&done(world, &arguments).await).unwrap()
}
