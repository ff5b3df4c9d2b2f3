//! The reference PDS itself: its accounts are read, and the missing one is made there by the plan.

use std::process::Stdio;

use serde_json::{Value, json};
use tests::places;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::cast::Place;

/// Where `USHER_PDS` says that `@atproto/pds` and `@did-plc/server` are installed; they are four hundred packages, one of which is compiled,
/// so nothing here brings them. It ends with the child's standard input.
async fn reference_pds() -> Option<(Child, String)> {
    let folder = std::env::var_os("USHER_PDS")?;
    // One of them is compiled for the Node.js that installed it.
    let mut child = Command::new("node")
        .arg(places::workspace().join("tests/pds.mjs"))
        .arg(folder)
        .env("PDS_PASSWORD", "pds-admin-password")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said: Value = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        // It logs to the same place.
        match serde_json::from_str::<Value>(&line) {
            Ok(said) if said["url"].is_string() => break said,
            Ok(_) | Err(_) => {}
        }
    };
    Some((child, said["url"].as_str().unwrap().to_owned()))
}

#[tokio::test]
async fn the_reference_pds_is_audited_and_a_missing_account_is_made_there() {
    let Some((mut child, url)) = reference_pds().await else {
        eprintln!(
            "SKIPPED: THE REFERENCE PDS WAS NOT TRIED: USHER_PDS does not name a folder with it"
        );
        return;
    };
    let client = reqwest::Client::new();
    for name in ["guy", "ghost"] {
        let body = json!({ "email": format!("{name}@example.com"), "handle": format!("{name}.test"), "password": "correct horse" });
        let made = client
            .post(format!("{url}/xrpc/com.atproto.server.createAccount"))
            .json(&body)
            .send();
        let made = made.await.unwrap();
        assert!(made.status().is_success(), "{}", made.text().await.unwrap());
    }
    let place = Place::new();
    place.write("users.csv", "id,mail,handle,verified\n1,Guy@example.com,guy.test,true\n2,zoe@example.com,zoe.test,true\n3,kim@example.com,kim.test,false\n");
    place.write(
        "usher.toml",
        &ACCOUNTS
            .replace("PDS/", &format!("{url}/"))
            .replace("\"PDS\"", &format!("{url:?}")),
    );
    let red = place
        .audit(&["--report", "json", "--plan", "plan.json"])
        .await;
    let found = [
        "missing pds 2",
        "orphan pds ghost@example.com",
        "pending pds 3",
    ];
    assert_eq!(red.discrepancies(), found, "{red:#?}");
    let fixed = place
        .audit(&["--apply", "plan.json", "--fix", "--yes", "--report", "json"])
        .await;
    assert_eq!(
        (fixed.count("verified"), fixed.code),
        (2, Some(0)),
        "{fixed:#?}"
    );
    let green = place.audit(&["--report", "json"]).await;
    assert_eq!(
        (green.discrepancies(), green.code),
        (vec!["pending pds 3".to_owned()], Some(0)),
        "{green:#?}"
    );
    drop(child.stdin.take());
    child.wait().await.unwrap();
}

const ACCOUNTS: &str = r#"
[secrets]
pds_admin = { env = "PDS_PASSWORD" }
pds_basic = { env = "PDS_BASIC" }

[[audit.sources]]
name = "app"
role = "users"
kind = "csv"
file = "users.csv"
key = "id"
keep = { mail = "mail", handle = "handle" }

[[audit.sources]]
name = "pds"
role = "accounts"
kind = "pds"
url = "PDS"
password = "{pds_admin}"
matches = "mail"
key = { field = "email", as = "email" }
keep = { did = "did" }
pending_if = [{ field = "verified", equals = false }]

[[audit.actions]]
class = "missing"
source = "pds"
request = { url = "PDS/xrpc/com.atproto.server.createAccount", json = { email = "{mail}", handle = "{handle}", password = "made-by-the-plan" } }

[[audit.actions]]
class = "orphan"
source = "pds"
request = { url = "PDS/xrpc/com.atproto.admin.deleteAccount", headers = { authorization = "Basic {pds_basic}" }, json = { did = "{did}" } }
"#;
