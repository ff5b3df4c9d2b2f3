//! Incident I2: identities existed with no user record, and so with no account, noticed days later.

use std::time::Duration;

use serde_json::{Value, json};
use stage::{KeepAt, NewAccount};
use tests::auth0::Auth0;
use tests::{Incident, World, WorldOptions};

use crate::cast::{Ended, Place, ended};
use crate::lists::{AUTH0, user};
use crate::servers::Pds;

/// The user table has its unique code, whose index was the beginning of it.
const TABLES: &str = "
    CREATE TABLE users (auth0_id TEXT PRIMARY KEY, email TEXT NOT NULL, code TEXT UNIQUE NOT NULL, handle TEXT NOT NULL);
    INSERT INTO users VALUES ('auth0|000001', 'User1@example.com', 'c1', 'u1.example.com'),
                             ('auth0|000002', 'user2@example.com', 'c2', 'u2.example.com'),
                             ('auth0|000003', 'user3@example.com', 'c3', 'u3.example.com');";

const SOURCES: &str = r#"
[[databases]]
name = "main"
kind = "sqlite"
path = "app.db"

[[audit.sources]]
name = "app"
role = "users"
kind = "sqlite"
database = "main"
query = "SELECT auth0_id, email, handle FROM users"
key = "auth0_id"
agree = [{ field = "email", as = "email" }]
keep = { mail = "email", handle = "handle" }

[[audit.sources]]
name = "pds"
role = "accounts"
kind = "pds"
url = "PDS"
password = "{pds_admin}"
joins = "app"
matches = "email"
key = { field = "email", as = "email" }
pending_if = [{ source = "auth0", field = "/email_verified", equals = false }]

[[audit.actions]]
class = "missing"
source = "app"
database = "main"
sql = """
INSERT INTO users (auth0_id, email, code, handle)
VALUES (?1, ?2, lower(hex(randomblob(8))), substr(?2, 1, instr(?2, '@') - 1) || '.example.com')
ON CONFLICT DO NOTHING"""
parameters = ["{key}", "{mail}"]

[[audit.actions]]
class = "missing"
source = "pds"
request = { url = "PDS/xrpc/com.atproto.server.createAccount", json = { email = "{mail}", handle = "{handle}" } }
"#;

async fn apply(place: &Place, plan: &str) -> Ended {
    place
        .audit(&["--apply", plan, "--fix", "--yes", "--report", "json"])
        .await
}

#[tokio::test]
async fn incident_i2_sign_ups_that_created_nothing_are_found_written_and_verified() {
    let verified = |n: u64| !matches!(n, 3 | 6);
    let users: Vec<Value> = (1..=6).map(|n| user(n, n, verified(n))).collect();
    let auth0 = Auth0::start(users, 0, Duration::ZERO).await.unwrap();
    let pds = Pds::default();
    pds.add("did:plc:1", "u1.example.com", "user1@example.com");
    pds.add("did:plc:2", "u2.example.com", "user2@example.com");
    let place = Place::new();
    place.sqlite("app.db", TABLES);
    let begin = AUTH0
        .split("[[audit.sources]]\nname = \"app\"")
        .next()
        .unwrap();
    let text = begin.replace("AUTH0", &auth0.url)
        + &SOURCES.replace("\"PDS", &format!("\"{}", pds.start().await));
    place.write("usher.toml", &text);

    let red = place
        .audit(&["--report", "json", "--plan", "users.json"])
        .await;
    assert_eq!(
        red.discrepancies(),
        [
            "missing app auth0|000004",
            "missing app auth0|000005",
            "missing app auth0|000006",
            "pending pds auth0|000003",
        ],
        "{red:#?}"
    );
    assert_eq!(
        (red.findings(), red.code),
        (vec!["identity_without_user".to_owned()], Some(1))
    );
    // The newest alone, as somebody would look in the middle of it.
    let last = place.audit(&["--last", "2"]).await;
    assert!(
        last.stdout.contains("2 rows of auth0 have no row in app"),
        "{last:#?}"
    );

    let written = apply(&place, "users.json").await;
    assert_eq!(
        (written.count("verified"), written.code),
        (3, Some(0)),
        "{written:#?}"
    );
    // What hung on the records is seen now; whose address is not verified is still pending.
    let accounts = place
        .audit(&["--report", "json", "--plan", "accounts.json"])
        .await;
    assert_eq!(
        accounts.discrepancies(),
        [
            "missing pds auth0|000004",
            "missing pds auth0|000005",
            "pending pds auth0|000003",
            "pending pds auth0|000006",
        ],
        "{accounts:#?}"
    );
    assert_eq!(accounts.findings(), ["user_without_account"]);
    let written = apply(&place, "accounts.json").await;
    assert_eq!(
        (written.count("verified"), written.code),
        (2, Some(0)),
        "{written:#?}"
    );

    let green = place.audit(&[]).await;
    assert_eq!(green.code, Some(0), "{green:#?}");
    assert!(
        green
            .stdout
            .contains("pending: 2 users have no row in pds yet, and that is right"),
        "{green:#?}"
    );
}

const REGISTRY: &str = r#"
[target]
gate = "GATE"
identity = "IDENTITY"

[secrets]
operator = { env = "USHER_ADMIN_SECRET" }

[gate_admin]
secret_env = "USHER_ADMIN_SECRET"

[[databases]]
name = "identity"
kind = "sqlite"
path = "DATABASE"

[[audit.sources]]
name = "identity"
role = "identity"
kind = "sqlite"
database = "identity"
query = "SELECT id, email, created_at FROM users"
key = "id"
created = "created_at"
keep = { mail = "email" }

[[audit.sources]]
name = "registry"
role = "gate"
kind = "gate"
key = "/identities/0/subject"

[[audit.actions]]
class = "missing"
source = "registry"

[audit.actions.request]
method = "PUT"
url = "{gate}/.usher/admin/v1/standings"
headers = { authorization = "Bearer {operator}" }
json = { issuer = "{identity}", subject = "{key}", email = "{mail}", membership = "member" }
"#;

/// The same at the gate: its registry has nobody for whom the sign-up was lost.
#[tokio::test]
async fn incident_i2_who_is_unknown_to_the_real_gate_is_made_known_by_the_plan() {
    let options = WorldOptions {
        incident: Some(Incident::parse("sign-up-lost").unwrap()),
        ..WorldOptions::default()
    };
    let world = World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let known = NewAccount {
        email: "known@visitors.example".to_owned(),
        password: "correct horse battery".to_owned(),
        keep_at: KeepAt::Ready,
    };
    world
        .stage
        .account(known)
        .await
        .unwrap_or_else(|error| panic!("failed to {error}"));
    let register = format!("{}/api/v1/auth/register", world.stage.addresses().identity);
    for name in ["lost1", "lost2"] {
        let body = json!({ "email": format!("{name}@visitors.example"), "username": name, "password": "correct horse battery" });
        let answer = reqwest::Client::new()
            .post(&register)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 201);
    }
    let place = Place::new();
    let addresses = world.stage.addresses();
    let quoted = |text: &str| format!("{text:?}");
    let text = REGISTRY.replace("\"GATE\"", &quoted(&world.gate.url));
    let text = text.replace("\"IDENTITY\"", &quoted(&addresses.identity));
    place.write(
        "usher.toml",
        &text.replace("\"DATABASE\"", &format!("{:?}", addresses.database)),
    );
    let audit = async |arguments: &[&str]| {
        let mut command = place.command(&["audit"]);
        ended(
            command
                .args(arguments)
                .env("USHER_ADMIN_SECRET", &world.gate.admin_secret),
        )
        .await
    };
    let red = audit(&["--report", "json", "--plan", "plan.json"]).await;
    let found = red.discrepancies();
    let lost: Vec<_> = found
        .iter()
        .filter(|found| found.starts_with("missing registry "))
        .collect();
    assert_eq!(
        (lost.len(), red.findings()),
        (2, vec!["unknown_to_gate".to_owned()]),
        "{red:#?}"
    );
    let shown = audit(&["--apply", "plan.json"]).await;
    assert!(
        shown.stdout.contains("lost1@visitors.example"),
        "{shown:#?}"
    );
    assert!(
        !shown.stdout.contains(&world.gate.admin_secret),
        "{shown:#?}"
    );
    let fixed = audit(&["--apply", "plan.json", "--fix", "--yes", "--report", "json"]).await;
    assert_eq!(
        (fixed.count("verified"), fixed.code),
        (2, Some(0)),
        "{fixed:#?}"
    );
    let green = audit(&[]).await;
    assert_eq!(green.code, Some(0), "{green:#?}");
    // Whoever is removed by hand at the identity service alone is still known at the gate.
    let identities = rusqlite::Connection::open(&addresses.database).unwrap();
    let removed = "DELETE FROM users WHERE email = 'lost1@visitors.example'";
    assert_eq!(identities.execute(removed, ()).unwrap(), 1);
    let left = audit(&["--report", "json"]).await;
    assert_eq!(
        (left.findings(), left.code),
        (vec!["known_to_gate_only".to_owned()], Some(1)),
        "{left:#?}"
    );
    world.stop().await;
}
