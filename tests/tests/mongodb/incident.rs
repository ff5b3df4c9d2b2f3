//! Incident I2 with its real parts: a sign-up handler in Python whose index cannot be made, and which says nothing of it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use bson::doc;
use serde_json::{Value, json};
use tests::Mongo;
use tests::auth0::Auth0;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin};

use crate::cast::{Ended, Place, python, script};

const USHER: &str = r#"
[target]
identity = "AUTH0"
app = "HANDLER"

[register]
url = "{app}/register"

[log_in]
url = "{app}/log-in"
token = { json = "/token" }

[ready]
url = "{app}/"

[secrets]
client_secret = { env = "CLIENT_SECRET" }

[[databases]]
name = "main"
kind = "mongodb"
url_env = "MONGODB_URL"
indexes = "indexes.json"

[[webhooks]]
name = "sign-ups"
provider = "auth0"
url = "AUTH0"
client_id = "machine"
client_secret = "{client_secret}"
endpoint = "{app}/hooks/sign-up"

[[audit.sources]]
name = "auth0"
role = "identity"
kind = "auth0"
client_id = "machine"
client_secret = "{client_secret}"
key = "/user_id"
created = "/created_at"
keep = { mail = "/email" }

[[audit.sources]]
name = "users"
role = "users"
kind = "mongodb"
database = "main"
collection = "users"
key = "auth0_id"
agree = [{ field = "email", as = "email" }]

[[audit.actions]]
class = "missing"
source = "users"
request = { url = "{app}/hooks/sign-up", json = { user_id = "{key}", email = "{mail}" }, status = [204] }
"#;

const INDEXES: &str = r#"[{"collection": "users", "key": {"code": 1}, "unique": true, "sparse": true, "name": "code_unique"}]"#;

/// A running handler. It ends when its standard input closes, so also when the test is killed.
struct Handler {
    address: String,
    _lifeline: ChildStdin,
    _child: Child,
}

impl Handler {
    async fn start(python: &PathBuf, url: &str) -> Self {
        let mut child = script(python, "sign_up.py")
            .arg(url)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await;
        let said: Value = serde_json::from_str(&line.unwrap().unwrap().unwrap()).unwrap();
        Self {
            address: format!("http://127.0.0.1:{}", said["port"]),
            _lifeline: child.stdin.take().unwrap(),
            _child: child,
        }
    }

    async fn hears_of(&self, user: &Value) {
        let body = json!({ "user_id": user["user_id"], "email": user["email"] });
        let asked = reqwest::Client::new()
            .post(format!("{}/hooks/sign-up", self.address))
            .json(&body);
        assert_eq!(asked.send().await.unwrap().status(), 204);
    }
}

/// Runs what was printed, word for word.
async fn run(python: &PathBuf, url: &str, lines: &str) {
    let mut shell = script(python, "shell.py")
        .arg(url)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = shell.stdin.take().unwrap();
    stdin.write_all(lines.as_bytes()).await.unwrap();
    drop(stdin);
    assert!(shell.wait().await.unwrap().success(), "{lines}");
}

fn user(n: u32) -> Value {
    json!({
        "user_id": format!("auth0|{n:06}"), "email": format!("user{n}@example.com"), "email_verified": true,
        "created_at": format!("2026-01-01T00:00:0{n}.000Z"),
    })
}

async fn apply(place: &Place, plan: &str) -> Ended {
    let fix = [
        "audit", "--apply", plan, "--fix", "--yes", "--report", "json",
    ];
    place.usher(&fix).await
}

#[tokio::test(flavor = "multi_thread")]
async fn incident_i2_an_index_that_cannot_be_made_is_named_and_the_sign_ups_it_swallowed_are_written()
 {
    let Some(python) = python("INCIDENT I2 WAS NOT PLAYED WITH A HANDLER IN PYTHON") else {
        return;
    };
    let mongo = Mongo::start().await.unwrap();
    let url = mongo.url(&Mongo::APP, "app");
    let before = (1..=2).map(|n| {
        doc! { "auth0_id": format!("auth0|{n:06}"), "email": format!("user{n}@example.com"), "code": format!("c{n}") }
    });
    mongo.seed("app", "users", before).unwrap();
    let old = doc! { "key": { "code": 1 }, "name": "code_1", "unique": true, "sparse": true };
    mongo.create_index("app", "users", &old).unwrap();
    let users: Vec<Value> = (1..=5).map(user).collect();
    let auth0 = Auth0::start(users.clone(), 0, Duration::ZERO)
        .await
        .unwrap();
    let handler = Handler::start(&python, &url).await;
    auth0.add_log_stream(json!({
        "name": "to the platform", "type": "http", "status": "active", "filters": [],
        "sink": { "httpEndpoint": format!("{}/hooks/sign-up", handler.address) },
    }));
    for user in &users[2..] {
        handler.hears_of(user).await;
    }
    assert_eq!(mongo.documents("app", "users").len(), 2);

    let place = Place::new(url.clone());
    let text = USHER.replace("AUTH0", &auth0.url);
    place.write("usher.toml", &text.replace("HANDLER", &handler.address));
    place.write("indexes.json", INDEXES);
    let red = place
        .usher(&["audit", "--report", "json", "--plan", "early.json"])
        .await;
    assert_eq!(
        (red.codes(), red.code),
        (vec!["identity_without_user".to_owned()], Some(1)),
        "{red:#?}"
    );
    assert_eq!(red.discrepancies().len(), 3, "{red:#?}");
    // As long as the cause is there, nothing that is done helps, and that is seen.
    let vain = apply(&place, "early.json").await;
    assert_eq!(
        (vain.code, mongo.documents("app", "users").len()),
        (Some(1), 2),
        "{vain:#?}"
    );

    // What carries the sign-ups is in order; what takes them is not.
    let cause = place
        .usher(&["check", "webhooks", "--report", "json"])
        .await;
    assert_eq!(
        (cause.codes(), cause.code),
        (vec!["index_conflict".to_owned()], Some(1)),
        "{cause:#?}"
    );
    let fix = &cause.json()["findings"][0]["fix"];
    let commands = fix["commands"].as_array().cloned().unwrap();
    let lines: Vec<_> = commands.iter().map(|line| line.as_str().unwrap()).collect();
    assert_eq!(
        lines,
        [
            r#"db.users.dropIndex("code_1")"#,
            r#"db.users.createIndex({ code: 1 }, { unique: true, sparse: true, name: "code_unique" })"#,
        ]
    );
    run(&python, &url, &lines.join("\n")).await;

    for check in ["webhooks", "schema"] {
        let cause = place.usher(&["check", check]).await;
        assert_eq!(cause.code, Some(0), "{cause:#?}");
    }
    place.usher(&["audit", "--plan", "plan.json"]).await;
    let written = apply(&place, "plan.json").await;
    assert_eq!(
        (written.json()["counts"]["verified"].as_u64(), written.code),
        (Some(3), Some(0)),
        "{written:#?}"
    );
    let green = place.usher(&["audit"]).await;
    assert_eq!(green.code, Some(0), "{green:#?}");
    let all = mongo.documents("app", "users");
    assert!(
        all.len() == 5 && all.iter().all(|user| user.contains_key("code")),
        "{all:#?}"
    );
}

const PATIENCE: Duration = Duration::from_mins(1);
