//! Lists of HTTP APIs: all of them, in spite of limits of rate and of length.

use std::time::Duration;

use serde_json::{Value, json};
use tests::auth0::Auth0;

use crate::cast::Place;
use crate::servers::Pds;

pub(crate) fn user(n: u64, second: u64, verified: bool) -> Value {
    let (minute, second) = (second / 60, second % 60);
    json!({
        "user_id": format!("auth0|{n:06}"),
        "email": format!("user{n}@example.com"),
        "email_verified": verified,
        "created_at": format!("2026-01-{:02}T{:02}:{:02}:{second:02}.000Z", 1 + minute / 1440, minute / 60 % 24, minute % 60),
    })
}

pub(crate) const AUTH0: &str = r#"
[secrets]
auth0_secret = { env = "CLIENT_SECRET" }
pds_admin = { env = "PDS_PASSWORD" }

[[audit.sources]]
name = "auth0"
role = "identity"
kind = "auth0"
url = "AUTH0"
client_id = "machine"
client_secret = "{auth0_secret}"
key = "user_id"
created = "created_at"
keep = { mail = "email" }

[[audit.sources]]
name = "app"
role = "users"
kind = "csv"
file = "users.csv"
key = "id"
"#;

/// Three windows; in the last row of the first one 40 users were created in the same moment.
#[tokio::test]
async fn every_user_of_auth0_is_read_once_though_it_gives_a_thousand_at_most() {
    let second = |n: u64| if (980..1020).contains(&n) { 980 } else { n };
    let users: Vec<Value> = (0..2350).map(|n| user(n, second(n), true)).collect();
    let auth0 = Auth0::start(users, 11, Duration::ZERO).await.unwrap();
    let place = Place::new();
    place.write("usher.toml", &AUTH0.replace("AUTH0", &auth0.url));
    // All but one.
    let ids = (0..2350)
        .filter(|n| *n != 1007)
        .map(|n| format!("auth0|{n:06}\n"));
    place.write("users.csv", &format!("id\n{}", ids.collect::<String>()));
    let ended = place.audit(&["--report", "json"]).await;
    assert_eq!(
        ended.discrepancies(),
        ["missing app auth0|001007"],
        "{ended:#?}"
    );
    let json = ended.json();
    assert_eq!(json["sources"][0]["rows"], 2350, "{}", json["sources"]);
    let (_, refused) = auth0.asked();
    assert!(refused > 0);
    // What opens the API is shown nowhere.
    assert!(!ended.stdout.contains(Auth0::CLIENT.1) && !ended.stderr.contains(Auth0::CLIENT.1));
}

#[tokio::test]
async fn more_users_of_one_moment_than_can_be_told_apart_are_no_end() {
    let users: Vec<Value> = (0..1200).map(|n| user(n, 7, true)).collect();
    let auth0 = Auth0::start(users, 0, Duration::ZERO).await.unwrap();
    let place = Place::new();
    place.write("usher.toml", &AUTH0.replace("AUTH0", &auth0.url));
    place.write("users.csv", "id\n");
    let ended = place.audit(&["--report", "json"]).await;
    let json = ended.json();
    let why = json["could_not_look"][0]["why"].as_str().unwrap();
    assert!(why.contains("more that were created at"), "{why}");
    // A thousand were read, and of those it is known that they are missing.
    assert_eq!(ended.discrepancies().len(), 1000);
}

#[tokio::test]
async fn an_application_that_auth0_does_not_know_is_no_empty_tenant() {
    let auth0 = Auth0::start(vec![user(1, 1, true)], 0, Duration::ZERO)
        .await
        .unwrap();
    let place = Place::new();
    let text = AUTH0.replace("AUTH0", &auth0.url);
    place.write("usher.toml", &text.replace("\"machine\"", "\"other\""));
    place.write("users.csv", "id\nauth0|000001\n");
    let ended = place.audit(&["--report", "json"]).await;
    assert_eq!(
        (ended.code, ended.discrepancies().len()),
        (Some(3), 0),
        "{ended:#?}"
    );
}

#[tokio::test]
async fn the_accounts_of_a_pds_are_joined_by_what_its_administrator_is_told() {
    let pds = Pds::default();
    for n in 1..=5 {
        pds.add(
            &format!("did:plc:{n}"),
            &format!("u{n}.example.com"),
            &format!("U{n}@example.com"),
        );
    }
    let place = Place::new();
    let url = pds.start().await;
    let text = AUTH0.split("[[audit").next().unwrap().to_owned()
        + &PDS.replace("\"PDS\"", &format!("{url:?}"));
    place.write("usher.toml", &text);
    place.write(
        "users.csv",
        "mail\nu1@example.com\nu2@example.com\nu3@example.com\nu4@example.com\nu6@example.com\n",
    );
    let ended = place.audit(&["--report", "json"]).await;
    let found = ["missing pds u6@example.com", "orphan pds U5@example.com"];
    assert_eq!(ended.discrepancies(), found, "{ended:#?}");
    let json = ended.json();
    let orphan = &json["discrepancies"][1];
    assert_eq!(
        orphan["own"],
        json!({ "did": "did:plc:5", "active": true }),
        "{orphan}"
    );
}

const PDS: &str = r#"

[[audit.sources]]
name = "app"
role = "users"
kind = "csv"
file = "users.csv"
key = { field = "mail", as = "email" }

[[audit.sources]]
name = "pds"
role = "accounts"
kind = "pds"
url = "PDS"
password = "{pds_admin}"
key = { field = "email", as = "email" }
keep = { did = "did", active = "active" }
"#;
