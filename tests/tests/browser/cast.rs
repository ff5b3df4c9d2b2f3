//! Who appears in the tests, and how a person gets in.

use reqwest::Method;
use serde_json::{Value, json};
use stage::{Account, KeepAt, NewAccount};
use tests::{World, WorldOptions};

use crate::chromium::Tab;

/// A healthy world.
pub(crate) async fn world() -> World {
    World::start()
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A world whose gate has these values in place of the usual ones.
pub(crate) async fn world_with(vars: Value) -> World {
    let Value::Object(vars) = vars else {
        panic!("a table of values")
    };
    let options = WorldOptions {
        vars,
        ..WorldOptions::default()
    };
    let world = World::with(options).await;
    world.unwrap_or_else(|error| panic!("{error}"))
}

/// A user whose standing is kept at `keep_at`.
pub(crate) async fn account(world: &World, name: &str, keep_at: KeepAt) -> Account {
    let account = NewAccount {
        email: format!("{name}@visitors.example"),
        password: "correct horse battery".to_owned(),
        keep_at,
    };
    let made = world.stage.account(account).await;
    made.unwrap_or_else(|error| panic!("{error}"))
}

/// A user whose instance is at this address, and ready.
pub(crate) async fn account_with(world: &World, name: &str, app: &str) -> Account {
    let account = account(world, name, KeepAt::NeedsInvitation).await;
    let instance = format!("i-{name}");
    let standing = json!({
        "issuer": world.stage.addresses().identity, "subject": account.subject, "membership": "member",
        "instance": { "id": instance, "url": app },
    });
    operate(world, Method::PUT, "/.usher/admin/v1/standings", standing).await;
    for status in ["active", "ready"] {
        set_status(world, &instance, status).await;
    }
    account
}

/// Fills in the log-in page, which must be shown.
pub(crate) async fn log_in(tab: &Tab<'_>, account: &Account) {
    tab.fill("E-mail address", &account.email).await;
    tab.fill("Password", &account.password).await;
    tab.press("Log in").await;
}

/// Takes an instance one step further, as a provisioner does.
pub(crate) async fn becomes(world: &World, account: &Account, status: &str) {
    let instance = &account.instance.as_ref().unwrap().id;
    set_status(world, instance, status).await;
}

async fn set_status(world: &World, instance: &str, status: &str) {
    let path = format!("/.usher/admin/v1/instances/{instance}/status");
    operate(world, Method::PUT, &path, json!({ "status": status })).await;
}

/// Gives a user's instance a host below the app domain of its own.
pub(crate) async fn place(world: &World, account: &Account, label: &str) {
    let instance = &account.instance.as_ref().unwrap().id;
    let path = format!("/.usher/admin/v1/instances/{instance}");
    operate(world, Method::PATCH, &path, json!({ "addresses": [label] })).await;
}

async fn operate(world: &World, method: Method, path: &str, body: Value) {
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let request = operator.request(method, path).json(&body);
    let answer = operator.send(request).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
}

/// What an app says first.
pub(crate) const APP: &str = "Your own app";
