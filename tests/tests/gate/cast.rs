//! Who appears in the tests, and how their lines are read.

use std::time::{Duration, Instant};

use reqwest::{Method, Response};
use serde_json::{Value, json};
use stage::{Account, KeepAt, NewAccount};
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
