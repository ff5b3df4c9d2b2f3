//! A gate with a control plane behind it, an app, and the visitors who knock.

use axum::Router;
use axum::routing::any;
use reqwest::Response;
use serde_json::{Map, Value, json};
use tests::{Visitor, World, WorldOptions};

use crate::control_plane::{Answer, ControlPlane};

/// The secrets shared with the control plane: the new one signs, the old one is still believed.
pub(crate) const NEW: &str = "the-new-secret-0123456789-abcdefghijk";
pub(crate) const OLD: &str = "the-old-secret-0123456789-abcdefghijk";

/// A gate before a control plane.
pub(crate) struct Platform {
    pub(crate) world: World,
    pub(crate) control_plane: ControlPlane,
    /// Where everybody's app answers.
    pub(crate) app: String,
}

/// A platform whose sightings are asked anew after a second.
pub(crate) async fn platform() -> Platform {
    platform_with(json!({
        "USHER_FRESH_SECONDS": 1, "USHER_FRESH_WAITING_SECONDS": 1, "USHER_STALE_SECONDS": 1,
    }))
    .await
}

pub(crate) async fn platform_with(vars: Value) -> Platform {
    start(vars, false).await
}

/// A platform with the default limits, whose gate's clock obeys the test.
pub(crate) async fn platform_rigged() -> Platform {
    start(json!({}), true).await
}

async fn start(vars: Value, rigged: bool) -> Platform {
    let app = app().await;
    let control_plane = ControlPlane::start(Answer::json(200, &ready(&app))).await;
    let mut all = json!({
        "USHER_AUTHORITY": "control-plane",
        "USHER_CONTROL_PLANE_URL": control_plane.url,
        "USHER_CONTROL_PLANE_SECRET": format!("{NEW} {OLD}"),
    });
    all.as_object_mut().unwrap().extend(table(vars));
    let options = WorldOptions {
        rigged,
        vars: table(all),
        ..WorldOptions::default()
    };
    let world = World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    Platform {
        world,
        control_plane,
        app,
    }
}

pub(crate) async fn world_with(vars: Value) -> World {
    let options = WorldOptions {
        vars: table(vars),
        ..WorldOptions::default()
    };
    World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"))
}

fn table(vars: Value) -> Map<String, Value> {
    let Value::Object(vars) = vars else {
        panic!("a table of values")
    };
    vars
}

/// An app that says hello to everybody, on a port of its own, until the test ends.
pub(crate) async fn app() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(any(async || "hello"));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    origin
}

/// What a control plane says of whoever is asked for: ready, at this app.
pub(crate) fn ready(app: &str) -> Value {
    json!({
        "issuer": "ISSUER", "subject": "SUBJECT", "membership": "member", "version": 5,
        "instance": { "id": "i-1", "url": app, "status": "ready", "since": 1_700_000_000 },
    })
}

impl Platform {
    pub(crate) fn visitor(&self, subject: &str) -> Visitor {
        visitor(&self.world, subject)
    }

    /// The control plane is well and everybody is ready.
    pub(crate) fn heal(&self) {
        self.control_plane
            .answers(Answer::json(200, &ready(&self.app)));
    }
}

/// A program with a token of this subject.
pub(crate) fn visitor(world: &World, subject: &str) -> Visitor {
    world.api().with_bearer(&token(world, subject))
}

pub(crate) fn token(world: &World, subject: &str) -> String {
    let addresses = world.stage.addresses();
    world.stage.sign(&json!({
        "iss": addresses.identity, "aud": addresses.audience, "sub": subject, "exp": unix_seconds() + 600,
    }))
}

pub(crate) fn unix_seconds() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// `let in`, or the reason why not.
pub(crate) async fn outcome(visitor: &Visitor) -> String {
    said(&visitor.get("/").await)
}

/// Which of the two an answer says; nothing else may come.
pub(crate) fn said(response: &Response) -> String {
    let header = |name: &str| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    let status = response.status().as_u16();
    match header("usher-reason") {
        None => {
            assert_eq!(
                (status, header("usher-response")),
                (200, None),
                "{response:?}"
            );
            "let in".to_owned()
        }
        Some(reason) => {
            // Nobody is sent to log in because something of ours fails.
            let failed = reason == "authority_unavailable" || reason == "standing_unreadable";
            assert!(
                !failed || status == 503 && header("retry-after").is_some(),
                "{response:?}"
            );
            reason
        }
    }
}
