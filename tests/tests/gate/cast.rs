//! Who appears in the tests, and how their lines are read.

use std::time::{Duration, Instant};

use policy::standing::{Identity, IssuerUrl, Subject};
use policy::storage_key::StorageKey;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use stage::{Account, KeepAt, NewAccount};
use tests::gate::rig::Fault;
use tests::{Visitor, World, WorldOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

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
    World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A world whose clock stands at its start, and whose stores do as they are told.
pub(crate) async fn rigged_world() -> World {
    let options = WorldOptions {
        rigged: true,
        ..WorldOptions::default()
    };
    let world = World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    clock_at(&world, 0).await;
    world
}

/// Sets the clock of a rigged world to so many seconds after its start.
pub(crate) async fn clock_at(world: &World, seconds: u64) {
    clock_at_millis(world, seconds * 1000).await;
}

/// Sets the clock of a rigged world to so many milliseconds after its start.
pub(crate) async fn clock_at_millis(world: &World, millis: u64) {
    let ahead = Duration::from_millis(millis);
    world.gate.clock_ahead(ahead).await.unwrap();
}

/// Sets a fault of a rigged world.
pub(crate) async fn fault(world: &World, fault: Fault) {
    world.gate.fault(fault).await.unwrap();
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

/// A program with this user's token.
pub(crate) fn program(world: &World, account: &Account) -> Visitor {
    world.api().with_bearer(&world.stage.access_token(account))
}

/// A program with a token of this user that lasts for a day, however the clock is set within it.
pub(crate) fn lasting(world: &World, account: &Account) -> Visitor {
    lasting_at(world, account, &world.gate.url)
}

/// The same program at the other location of a rigged world.
pub(crate) fn elsewhere(world: &World, account: &Account) -> Visitor {
    lasting_at(world, account, world.gate.elsewhere.as_ref().unwrap())
}

/// The same program at another address of the gate.
pub(crate) fn lasting_at(world: &World, account: &Account, gate: &str) -> Visitor {
    Visitor::api(gate).with_bearer(&lasting_token(world, account))
}

/// A person with a token of this user that lasts for a day.
pub(crate) fn lasting_person(world: &World, account: &Account) -> Visitor {
    let token = lasting_token(world, account);
    world.browser().with_cookie(tests::world::COOKIE, &token)
}

/// The same person at the other location of a rigged world.
pub(crate) fn elsewhere_person(world: &World, account: &Account) -> Visitor {
    let gate = world.gate.elsewhere.as_ref().unwrap();
    let token = lasting_token(world, account);
    Visitor::browser(gate).with_cookie(tests::world::COOKIE, &token)
}

fn lasting_token(world: &World, account: &Account) -> String {
    let mut claims = claims(world, account);
    claims["exp"] = json!(unix_seconds() + 86_400);
    claims["email"] = json!(account.email);
    world.stage.sign(&claims)
}

/// Where KV keeps this user's sighting.
pub(crate) fn storage_key(world: &World, account: &Account) -> String {
    let identity = Identity {
        issuer: IssuerUrl::new(&world.stage.addresses().identity).unwrap(),
        subject: Subject::new(&account.subject).unwrap(),
    };
    StorageKey::of(&identity).to_string()
}

/// Writes a status into the registry behind the gate's back, as a gate at another location would.
pub(crate) async fn write_status(world: &World, account: &Account, status: &str) {
    let suspended_from = (status == "suspended").then_some("ready");
    let instance = &account.instance.as_ref().unwrap().id;
    let statement =
        "UPDATE instances SET status = ?, suspended_from = ?, version = version + 1 WHERE id = ?";
    let parameters = [json!(status), json!(suspended_from), json!(instance)];
    world.gate.d1(statement, &parameters).await.unwrap();
}

/// Takes every copy of a sighting out of KV.
pub(crate) async fn forget_copies(world: &World) {
    for key in world.gate.kv_list().await.unwrap() {
        world.gate.kv_delete(&key).await.unwrap();
    }
}

/// Writes a status through the gate, as an operator does.
pub(crate) async fn change_status(world: &World, account: &Account, status: &str) {
    let path = format!("instances/{}/status", account.instance.as_ref().unwrap().id);
    let answer = operate(world, Method::PUT, &path, json!({ "status": status })).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
}

/// Whether an answer is the app's, and if not, the reason the gate gives.
pub(crate) async fn seen(response: Response) -> String {
    if header(&response, "usher-response").is_empty() {
        assert_eq!(response.status(), 200, "{response:?}");
        response.bytes().await.unwrap();
        return IN.to_owned();
    }
    told(response).await.1
}

/// What [`seen`] says of somebody who was let in.
pub(crate) const IN: &str = "in";

/// A person with this user's token in the gate's cookie.
pub(crate) fn person(world: &World, account: &Account) -> Visitor {
    world
        .browser()
        .with_cookie(tests::world::COOKIE, &world.stage.access_token(account))
}

/// The claims of this user's tokens.
pub(crate) fn claims(world: &World, account: &Account) -> Value {
    let addresses = world.stage.addresses();
    json!({
        "iss": addresses.identity, "aud": addresses.audience, "sub": account.subject,
        "iat": unix_seconds(), "exp": unix_seconds() + 3600,
    })
}

pub(crate) fn unix_seconds() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// Makes an app anywhere the instance of somebody, ready, and gives a token of theirs.
pub(crate) async fn guy_with(world: &World, app: &str) -> String {
    let addresses = world.stage.addresses();
    let standing = json!({
        "issuer": addresses.identity, "subject": "guy", "membership": "member",
        "instance": { "id": "i-guy", "url": app },
    });
    let answer = operate(world, Method::PUT, "standings", standing).await;
    assert_eq!(answer.status(), 200);
    for status in ["active", "ready"] {
        let body = json!({ "status": status });
        let answer = operate(world, Method::PUT, "instances/i-guy/status", body).await;
        assert_eq!(answer.status(), 200);
    }
    world.stage.sign(&json!({
        "iss": addresses.identity, "aud": addresses.audience, "sub": "guy", "exp": unix_seconds() + 3600,
    }))
}

/// A call of the admin API by the operator.
pub(crate) async fn operate(world: &World, method: Method, path: &str, body: Value) -> Response {
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let request = operator.request(method, &format!("/.usher/admin/v1/{path}"));
    operator.send(request.json(&body)).await
}

/// A header of an answer, or nothing.
pub(crate) fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// The status, the reason code and the body of an answer of the gate's own.
pub(crate) async fn told(response: Response) -> (u16, String, String) {
    assert_eq!(header(&response, "usher-response"), "gate", "{response:?}");
    assert_eq!(
        header(&response, "cache-control"),
        "no-store",
        "{response:?}"
    );
    let (status, reason) = (
        response.status().as_u16(),
        header(&response, "usher-reason").to_owned(),
    );
    (status, reason, response.text().await.unwrap())
}

/// The JSON of an app's own answer.
pub(crate) async fn app(response: Response) -> Value {
    assert_eq!(
        (
            response.status().as_u16(),
            header(&response, "usher-response")
        ),
        (200, ""),
        "{response:?}"
    );
    response.json().await.unwrap()
}

/// Says what was measured, to who runs the tests with `--nocapture`.
#[expect(
    clippy::print_stdout,
    reason = "the test harness captures only what goes through this macro"
)]
pub(crate) fn print(text: &str) {
    println!("{text}");
}

/// Waits for a line of the gate's log, which takes another way than the answer.
pub(crate) async fn logged(world: &World, part: &str) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !world.gate.logs().iter().any(|line| line.contains(part)) {
        assert!(Instant::now() < deadline, "not in the log: {part}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Sends a request head exactly as written to workerd itself, and gives the status and the rest of the answer.
pub(crate) async fn raw(world: &World, head: &str) -> (u16, String) {
    let address = world.gate.direct.strip_prefix("http://").unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("{head}\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (
        status.unwrap_or_else(|| panic!("no answer: {answer}")),
        answer,
    )
}
