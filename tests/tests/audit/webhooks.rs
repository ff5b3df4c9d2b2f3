//! `usher check webhooks`: what carries a sign-up to the platform, at a tenant of Auth0's shape and at another provider.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tests::auth0::Auth0;
use tests::{Incident, World, WorldOptions, places};
use tokio::process::Command;

use crate::cast::{Ended, Place, ended};
use crate::servers::serve;

/// The platform's own side: it takes what is posted, unless it is broken.
#[derive(Clone, Debug, Default)]
struct Handler {
    is_broken: Arc<AtomicBool>,
    taken: Arc<AtomicU64>,
}

impl Handler {
    async fn start(&self) -> String {
        let take = async |State(handler): State<Self>, Json(_event): Json<Value>| {
            if handler.is_broken.load(Ordering::Relaxed) {
                return StatusCode::INTERNAL_SERVER_ERROR;
            }
            handler.taken.fetch_add(1, Ordering::Relaxed);
            StatusCode::NO_CONTENT
        };
        let app = Router::new().route("/hooks/sign-up", post(take));
        serve(app.with_state(self.clone())).await
    }
}

const BY_STREAM: &str = r#"
[secrets]
auth0_secret = { env = "CLIENT_SECRET" }

[[webhooks]]
name = "sign-ups"
provider = "auth0"
url = "AUTH0"
client_id = "machine"
client_secret = "{auth0_secret}"
endpoint = "HANDLER/hooks/sign-up"
"#;

/// A tenant, a handler, and a folder in which they belong together.
struct Chain {
    auth0: Auth0,
    handler: Handler,
    at: String,
    place: Place,
}

impl Chain {
    /// Every so many questions the tenant wants to be left alone.
    async fn start(refused_every: u64, more: &str) -> Self {
        let auth0 = Auth0::start(Vec::new(), refused_every, Duration::ZERO);
        let (auth0, handler, place) = (auth0.await.unwrap(), Handler::default(), Place::new());
        let at = handler.start().await;
        let text = format!("{BY_STREAM}{more}");
        let text = text.replace("AUTH0", &auth0.url).replace("HANDLER", &at);
        place.write("usher.toml", &text);
        Self {
            auth0,
            handler,
            at,
            place,
        }
    }

    fn endpoint(&self) -> String {
        format!("{}/hooks/sign-up", self.at)
    }

    fn log_stream(&self, status: &str, endpoint: &str, filters: &[&str]) {
        let filter = |name: &&str| json!({ "type": "category", "name": name });
        self.auth0.add_log_stream(json!({
            "name": "to the platform",
            "type": "http",
            "status": status,
            "filters": filters.iter().map(filter).collect::<Vec<_>>(),
            "sink": { "httpEndpoint": endpoint, "httpContentFormat": "JSONARRAY", "httpContentType": "application/json" },
        }));
    }

    async fn check(&self) -> Ended {
        let arguments = ["check", "webhooks", "--report", "json"];
        let ended = ended(&mut self.place.command(&arguments)).await;
        // What opens the API is shown nowhere.
        for secret in [Auth0::CLIENT.1, Auth0::TOKEN] {
            assert!(!ended.stdout.contains(secret) && !ended.stderr.contains(secret));
        }
        ended
    }

    /// What is printed, in one shell, word for word.
    async fn follow(&self, red: &Ended) {
        for finding in red.json()["findings"].as_array().unwrap() {
            let commands = finding["fix"]["commands"].as_array().unwrap();
            assert!(!commands.is_empty(), "{finding:#}");
            let commands: Vec<_> = commands.iter().map(|one| one.as_str().unwrap()).collect();
            let mut shell = Command::new("sh");
            shell
                .args(["-ec", &commands.join("\n")])
                .env("CLIENT_SECRET", Auth0::CLIENT.1);
            let said = ended(&mut shell).await;
            let is_done = ["HTTP/1.1 200", "HTTP/1.1 202"];
            assert!(
                is_done.iter().any(|status| said.stdout.contains(status)),
                "{commands:#?} {said:#?}"
            );
        }
    }
}

const SIGN_UP: &[&str] = &["auth.signup.success"];

#[tokio::test]
async fn what_carries_sign_ups_as_it_should_raises_nothing() {
    let chain = Chain::start(3, "").await;
    chain.log_stream("paused", "https://elsewhere.example/logs", &[]);
    chain.log_stream(
        "active",
        &chain.endpoint(),
        &["auth.login.fail", "auth.signup.success"],
    );
    let right = chain.check().await;
    assert_eq!(
        (right.findings(), right.code),
        (vec![], Some(0)),
        "{right:#?}"
    );
    // Without filters everything is sent.
    let chain = Chain::start(0, "events = [\"ss\"]\n").await;
    chain.log_stream("active", &chain.endpoint(), &[]);
    // Nobody has to be able to read what need not be looked at.
    chain.auth0.deny("read:event_streams");
    let right = chain.check().await;
    assert_eq!(
        (right.findings(), right.code),
        (vec![], Some(0)),
        "{right:#?}"
    );
    let chain = Chain::start(2, "").await;
    for other in 0..60 {
        let endpoint = format!("https://other.example/{other}");
        chain
            .auth0
            .add_event_stream("other", "enabled", &endpoint, &["user.created"]);
    }
    let endpoint = chain.endpoint();
    let events = ["user.created", "user.deleted"];
    chain
        .auth0
        .add_event_stream("platform", "enabled", &endpoint, &events);
    let long_ago = "2020-01-01T00:00:00.000Z";
    chain
        .auth0
        .fail_deliveries(1, "user.created", long_ago, "long over");
    chain
        .auth0
        .fail_deliveries(1, "user.deleted", "2099-01-01T00:00:00.000Z", "no sign-up");
    let right = chain.check().await;
    assert_eq!(
        (right.findings(), right.code),
        (vec![], Some(0)),
        "{right:#?}"
    );
    let (_, refused) = chain.auth0.asked();
    assert!(refused > 0);
    let chain = Chain::start(0, "action = \"create-user\"\n").await;
    chain.auth0.bind_action("create-user", true);
    let right = chain.check().await;
    assert_eq!(
        (right.findings(), right.code),
        (vec![], Some(0)),
        "{right:#?}"
    );
}

/// Each is named, and mended by what is printed.
#[tokio::test]
async fn what_is_wrong_with_a_stream_is_named_and_mended_by_the_printed_commands() {
    type Break = fn(&Chain);
    let cases: [(&str, Break); 6] = [
        ("webhook_missing", |_| {}),
        ("webhook_disabled", |chain| {
            chain.log_stream("suspended", &chain.endpoint(), SIGN_UP);
        }),
        ("webhook_filters_out", |chain| {
            chain.log_stream("active", &chain.endpoint(), &["auth.login.success"]);
        }),
        ("webhook_wrong_endpoint", |chain| {
            chain.log_stream("active", "https://staging.example/hooks/sign-up", SIGN_UP);
        }),
        ("webhook_disabled", |chain| {
            let endpoint = chain.endpoint();
            chain
                .auth0
                .add_event_stream("platform", "disabled", &endpoint, &["user.created"]);
        }),
        ("webhook_filters_out", |chain| {
            let endpoint = chain.endpoint();
            chain
                .auth0
                .add_event_stream("platform", "enabled", &endpoint, &["user.deleted"]);
        }),
    ];
    for (code, broken) in cases {
        let chain = Chain::start(0, "").await;
        broken(&chain);
        let red = chain.check().await;
        assert_eq!(
            (red.findings(), red.code),
            (vec![code.to_owned()], Some(1)),
            "{red:#?}"
        );
        chain.follow(&red).await;
        let green = chain.check().await;
        assert_eq!(
            (green.findings(), green.code),
            (vec![], Some(0)),
            "{code}: {green:#?}"
        );
    }
}

/// The handler failed at every sign-up, and after enough of them nobody called it any more.
#[tokio::test]
async fn incident_i2_a_webhook_that_failed_until_it_was_switched_off_is_named_and_mended() {
    let chain = Chain::start(0, "").await;
    let endpoint = chain.endpoint();
    chain
        .auth0
        .add_event_stream("platform", "disabled", &endpoint, &["user.created"]);
    let error = "Request failed with status code 500: IndexOptionsConflict";
    let count = 230;
    chain
        .auth0
        .fail_deliveries(count, "user.created", "2099-01-01T00:00:00.000Z", error);
    chain.handler.is_broken.store(true, Ordering::Relaxed);
    let red = chain.check().await;
    assert_eq!(
        (red.findings(), red.code),
        (
            vec![
                "webhook_disabled".to_owned(),
                "webhook_delivery_failed".to_owned()
            ],
            Some(1)
        ),
        "{red:#?}"
    );
    let failed = red.json()["findings"][1].to_string();
    assert!(
        failed.contains("230 deliveries") && failed.contains(error),
        "{failed}"
    );
    // The handler is mended first, as it is said.
    chain.handler.is_broken.store(false, Ordering::Relaxed);
    chain.follow(&red).await;
    assert_eq!(chain.handler.taken.load(Ordering::Relaxed), 230);
    let green = chain.check().await;
    assert_eq!(
        (green.findings(), green.code),
        (vec![], Some(0)),
        "{green:#?}"
    );
}

#[tokio::test]
async fn what_may_not_be_read_is_no_finding_and_the_missing_scope_is_named() {
    for (denied, more) in [
        ("read:log_streams", ""),
        ("read:event_streams", ""),
        ("read:event_deliveries", ""),
        ("read:actions", "action = \"create-user\"\n"),
    ] {
        let chain = Chain::start(0, more).await;
        if denied == "read:event_deliveries" {
            let endpoint = chain.endpoint();
            chain
                .auth0
                .add_event_stream("platform", "enabled", &endpoint, &["user.created"]);
        }
        chain.auth0.deny(denied);
        let ended = chain.check().await;
        assert_eq!(
            (ended.findings(), ended.code),
            (vec![], Some(3)),
            "{denied}: {ended:#?}"
        );
        assert!(ended.stdout.contains(&format!("`{denied}`")), "{ended:#?}");
    }
    let chain = Chain::start(0, "").await;
    let mut command = chain.place.command(&["check", "webhooks"]);
    let ended = ended(command.env("CLIENT_SECRET", "another-secret-of-nobody")).await;
    assert_eq!(ended.code, Some(3), "{ended:#?}");
    assert!(
        ended.stdout.contains("there is no token for it"),
        "{ended:#?}"
    );
}

#[tokio::test]
async fn an_action_that_nothing_runs_is_named() {
    for (is_bound, is_deployed, code) in [
        (false, true, "webhook_missing"),
        (true, false, "webhook_disabled"),
    ] {
        let chain = Chain::start(0, "action = \"create-user\"\n").await;
        chain.auth0.bind_action("another", true);
        if is_bound {
            chain.auth0.bind_action("create-user", is_deployed);
        }
        let red = chain.check().await;
        assert_eq!(
            (red.findings(), red.code),
            (vec![code.to_owned()], Some(1)),
            "{red:#?}"
        );
    }
}

/// A path that is not there, a place where nobody is, and the gate in front of it.
#[tokio::test]
async fn an_endpoint_that_takes_nothing_is_named_and_one_that_only_takes_posts_is_not() {
    let world = World::start().await;
    let world = world.unwrap_or_else(|error| panic!("{error}"));
    let nobody = "http://127.0.0.1:9/hooks/sign-up";
    let chain = Chain::start(0, "").await;
    let gone = format!("{}/gone", chain.at);
    let behind_the_gate = format!("{}/hooks/sign-up", world.gate.url);
    for (endpoint, confidence) in [
        (gone.as_str(), "likely"),
        (nobody, "certain"),
        (behind_the_gate.as_str(), "certain"),
    ] {
        let chain = Chain::start(0, "").await;
        chain.log_stream("active", endpoint, SIGN_UP);
        let text = std::fs::read_to_string(chain.place.path("usher.toml")).unwrap();
        let text = text.replace(&chain.endpoint(), endpoint);
        chain.place.write("usher.toml", &text);
        let red = chain.check().await;
        assert_eq!(
            red.findings(),
            ["webhook_endpoint_dead"],
            "{endpoint}: {red:#?}"
        );
        let finding = &red.json()["findings"][0];
        assert_eq!(finding["confidence"], confidence, "{finding:#}");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_the_handler_needs_is_looked_for_by_name_and_never_shown() {
    let needs = "environment = [\"CLIENT_SECRET\", \"MONGODB_URI\", \"SALT\"]\n";
    let chain = Chain::start(0, needs).await;
    chain.log_stream("active", &chain.endpoint(), SIGN_UP);
    let red = chain.check().await;
    assert_eq!(red.findings(), ["webhook_environment_missing"], "{red:#?}");
    let sentence = red.json()["findings"][0]["sentence"].to_string();
    assert!(sentence.contains("`MONGODB_URI`, `SALT`") && !sentence.contains("CLIENT_SECRET"));

    let chain = Chain::start(0, &format!("{needs}env_file = \"handler.env\"\n")).await;
    chain.log_stream("active", &chain.endpoint(), SIGN_UP);
    let unread = chain.check().await;
    assert_eq!(
        (unread.findings(), unread.code),
        (vec![], Some(3)),
        "{unread:#?}"
    );
    let hidden = "mongodb://app:hunter2@db/app";
    chain
        .place
        .write("handler.env", &format!("MONGODB_URI={hidden}\nSALT=\n"));
    let red = chain.check().await;
    assert_eq!(red.findings(), ["webhook_environment_missing"], "{red:#?}");
    assert!(!red.stdout.contains("hunter2"), "{red:#?}");
    let set = format!("MONGODB_URI={hidden}\nSALT=x\nCLIENT_SECRET=y\n");
    chain.place.write("handler.env", &set);
    let green = chain.check().await;
    assert_eq!(
        (green.findings(), green.code),
        (vec![], Some(0)),
        "{green:#?}"
    );
}

const LISTED: &str = r#"
[[webhooks]]
name = "sign-ups"
provider = "http"
endpoint = "HANDLER/hooks/sign-up"
list = { url = "API/v1/endpoints", rows = "/data" }
off_if = [{ field = "/disabled", equals = true }]
events = ["user.created"]
events_at = "/filterTypes"
"#;

#[tokio::test]
async fn webhooks_of_another_provider_are_read_from_its_list() {
    let at = Handler::default().start().await;
    let ours = format!("{at}/hooks/sign-up");
    let other = "https://other.example/h";
    for (rows, expected) in [
        (json!([{ "url": ours, "disabled": false }]), vec![]),
        (
            json!([{ "url": ours, "filterTypes": ["user.created"] }, { "url": other }]),
            vec![],
        ),
        (json!([{ "url": other }]), vec!["webhook_missing"]),
        (
            json!([{ "url": ours, "disabled": true }]),
            vec!["webhook_disabled"],
        ),
        (
            json!([{ "url": ours, "filterTypes": ["user.deleted"] }]),
            vec!["webhook_filters_out"],
        ),
    ] {
        let body = Arc::new(Mutex::new(json!({ "data": rows })));
        let list = async move || Json(body.lock().unwrap().clone());
        let api = serve(Router::new().route("/v1/endpoints", get(list))).await;
        let place = Place::new();
        place.write(
            "usher.toml",
            &LISTED.replace("HANDLER", &at).replace("API", &api),
        );
        let ended = ended(&mut place.command(&["check", "webhooks", "--report", "json"])).await;
        assert_eq!(ended.findings(), expected, "{ended:#?}");
    }
}

#[tokio::test]
async fn a_sign_up_that_came_to_nothing_is_explained_by_its_webhook() {
    let world = World::with(WorldOptions {
        incident: Some(Incident::Stage(stage::Fault::SignUpLost)),
        ready_budget: Duration::from_secs(1),
        ..WorldOptions::default()
    });
    let world = world.await.unwrap_or_else(|error| panic!("{error}"));
    let chain = Chain::start(0, "").await;
    chain.log_stream("paused", &chain.endpoint(), SIGN_UP);
    let usual = world.usher_toml().unwrap_or_else(|error| panic!("{error}"));
    let usual = std::fs::read_to_string(usual).unwrap();
    let webhooks = std::fs::read_to_string(chain.place.path("usher.toml")).unwrap();
    chain
        .place
        .write("usher.toml", &format!("{usual}\n{webhooks}"));
    let mut usher = Command::new(places::usher());
    usher
        .args([
            "verify",
            "--scenario",
            "new-user",
            "--report",
            "json",
            "--config",
        ])
        .arg(chain.place.path("usher.toml"))
        .env("USHER_ADMIN_SECRET", &world.gate.admin_secret)
        .env("USHER_STATE_DIR", chain.place.path("state"))
        .env("CLIENT_SECRET", Auth0::CLIENT.1);
    let red = ended(&mut usher).await;
    assert_eq!(
        red.findings(),
        ["webhook_disabled", "instance_missing"],
        "{red:#?}"
    );
    world.stop().await;
}
