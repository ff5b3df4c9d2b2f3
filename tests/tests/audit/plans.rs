//! Plans: what they do, once, and never more.

use std::time::Duration;

use serde_json::{Value, json};

use crate::cast::{Place, ended};
use crate::servers::Records;

const RECORDS: &str = r#"
[[audit.sources]]
name = "idp"
role = "identity"
kind = "ndjson"
file = "idp.ndjson"
key = "id"
keep = { mail = "mail" }

[[audit.sources]]
name = "app"
role = "users"
kind = "http"
list = { url = "RECORDS/records", rows = "/rows" }
key = "id"

[[audit.actions]]
class = "missing"
source = "app"
request = { url = "RECORDS/records", headers = { idempotency-key = "{entry}" }, json = { id = "{key}", mail = "{mail}" } }
"#;

async fn platform(count: u32, slow: Duration) -> (Place, Records) {
    let records = Records {
        slow,
        ..Records::default()
    };
    let url = records.start().await;
    let place = Place::new();
    place.write("usher.toml", &RECORDS.replace("RECORDS", &url));
    let line = |n| format!("{{\"id\":\"u{n}\",\"mail\":\"u{n}@example.com\"}}\n");
    place.write("idp.ndjson", &(0..count).map(line).collect::<String>());
    (place, records)
}

fn made(records: &Records) -> Vec<String> {
    records
        .made
        .lock()
        .unwrap()
        .iter()
        .map(|(id, _)| id.clone())
        .collect()
}

const FIX: [&str; 6] = ["--apply", "plan.json", "--fix", "--yes", "--report", "json"];

#[tokio::test]
async fn nothing_is_done_without_fix_and_nobody_is_asked_in_vain() {
    let (place, records) = platform(2, Duration::ZERO).await;
    let planned = place.audit(&["--plan", "plan.json"]).await;
    assert_eq!(planned.code, Some(1), "{planned:#?}");
    assert!(
        planned.stderr.contains("plan.json: 2 steps"),
        "{planned:#?}"
    );
    let shown = place.audit(&["--apply", "plan.json"]).await;
    assert!(
        shown.stdout.contains("POST ") && shown.stdout.contains("u1@example.com"),
        "{shown:#?}"
    );
    let unasked = place.audit(&["--apply", "plan.json", "--fix"]).await;
    assert_eq!(unasked.code, Some(2), "{unasked:#?}");
    assert!(unasked.stderr.contains("--yes"), "{unasked:#?}");
    assert_eq!(made(&records), Vec::<String>::new());
    // A plan may be half done: another one is never written over it.
    let over = place.audit(&["--plan", "plan.json"]).await;
    assert_eq!(over.code, Some(2), "{over:#?}");
}

#[tokio::test]
async fn a_plan_is_done_once_however_often_it_is_applied() {
    let (place, records) = platform(5, Duration::ZERO).await;
    place.audit(&["--plan", "plan.json"]).await;
    let some = place.audit(&[&FIX[..], &["--limit", "2"]].concat()).await;
    assert_eq!(
        (some.count("verified"), some.count("left"), some.code),
        (2, 3, Some(1)),
        "{some:#?}"
    );
    let rest = place.audit(&FIX).await;
    assert_eq!(
        (rest.count("settled"), rest.count("verified"), rest.code),
        (2, 3, Some(0)),
        "{rest:#?}"
    );
    let again = place.audit(&FIX).await;
    assert_eq!(
        (again.count("settled"), again.code),
        (5, Some(0)),
        "{again:#?}"
    );
    assert_eq!(made(&records), ["u0", "u1", "u2", "u3", "u4"]);
    let keys: std::collections::BTreeSet<_> = records
        .made
        .lock()
        .unwrap()
        .iter()
        .map(|(_, key)| key.clone())
        .collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
}

#[tokio::test]
async fn a_row_that_changed_since_the_plan_is_left_alone() {
    let (place, records) = platform(3, Duration::ZERO).await;
    place.audit(&["--plan", "plan.json"]).await;
    // One has another address now, one is gone, and one who came later is in no plan.
    place.write(
        "idp.ndjson",
        "{\"id\":\"u0\",\"mail\":\"new@example.com\"}\n{\"id\":\"u1\",\"mail\":\"u1@example.com\"}\n{\"id\":\"u9\",\"mail\":\"u9@example.com\"}\n",
    );
    let ended = place.audit(&FIX).await;
    let counts = ["changed", "settled", "verified"].map(|outcome| ended.count(outcome));
    assert_eq!((counts, ended.code), ([1, 1, 1], Some(1)), "{ended:#?}");
    assert_eq!(made(&records), ["u1"]);
}

#[tokio::test]
async fn another_action_than_the_planned_one_is_never_done() {
    let (place, records) = platform(1, Duration::ZERO).await;
    place.audit(&["--plan", "plan.json"]).await;
    let text = std::fs::read_to_string(place.path("usher.toml")).unwrap();
    place.write(
        "usher.toml",
        &text.replace("mail = \"{mail}\" }", "mail = \"x\" }"),
    );
    let ended = place.audit(&FIX).await;
    assert_eq!(ended.code, Some(2), "{ended:#?}");
    assert!(ended.stderr.contains("make a new plan"), "{ended:#?}");
    assert_eq!(made(&records), Vec::<String>::new());
}

#[tokio::test]
async fn an_action_that_mends_nothing_is_said_and_not_repeated() {
    let (place, records) = platform(1, Duration::ZERO).await;
    let text = std::fs::read_to_string(place.path("usher.toml")).unwrap();
    place.write(
        "usher.toml",
        &text.replace("id = \"{key}\"", "id = \"not-{key}\""),
    );
    place.audit(&["--plan", "plan.json"]).await;
    for _ in 0..2 {
        let ended = place.audit(&FIX).await;
        assert_eq!(
            (ended.count("not_mended"), ended.code),
            (1, Some(1)),
            "{ended:#?}"
        );
    }
    assert_eq!(made(&records), ["not-u0"]);
}

#[tokio::test]
async fn whatever_refuses_everything_is_not_asked_for_everybody() {
    let (place, records) = platform(20, Duration::ZERO).await;
    let text = std::fs::read_to_string(place.path("usher.toml")).unwrap();
    place.write(
        "usher.toml",
        &text.replace("/records\", headers", "/nowhere\", headers"),
    );
    place.audit(&["--plan", "plan.json"]).await;
    let ended = place.audit(&FIX).await;
    assert_eq!(
        (ended.count("failed"), ended.count("left"), ended.code),
        (5, 15, Some(1)),
        "{ended:#?}"
    );
    assert_eq!(made(&records), Vec::<String>::new());
}

/// The record that was being made when the run was killed is there, and nobody was told.
#[tokio::test]
async fn a_run_that_was_killed_is_gone_on_with_and_nothing_is_made_twice() {
    let (place, records) = platform(8, Duration::from_millis(300)).await;
    place.audit(&["--plan", "plan.json"]).await;
    let mut command = place.command(&["audit"]);
    let mut running = command.args(FIX).spawn().unwrap();
    while made(&records).len() < 3 {
        assert!(running.try_wait().unwrap().is_none(), "it ended by itself");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    running.kill().await.unwrap();
    let before = made(&records).len();
    assert!(before < 8);
    let resumed = ended(place.command(&["audit"]).args(FIX)).await;
    let (settled, verified) = (resumed.count("settled"), resumed.count("verified"));
    assert_eq!(
        (settled + verified, resumed.code),
        (8, Some(0)),
        "{resumed:#?}"
    );
    assert_eq!(settled, before as u64, "{resumed:#?}");
    let mut all = made(&records);
    all.sort();
    all.dedup();
    assert_eq!((all.len(), made(&records).len()), (8, 8));
}

#[tokio::test]
async fn nothing_is_done_while_a_source_cannot_be_read() {
    let (place, records) = platform(2, Duration::ZERO).await;
    place.audit(&["--plan", "plan.json"]).await;
    std::fs::remove_file(place.path("idp.ndjson")).unwrap();
    let ended = place.audit(&FIX).await;
    assert_eq!(
        (ended.count("unknown"), ended.code),
        (2, Some(3)),
        "{ended:#?}"
    );
    assert_eq!(made(&records), Vec::<String>::new());
}

#[tokio::test]
async fn a_plan_is_read_by_its_owner_alone_and_holds_what_it_needs() {
    use std::os::unix::fs::PermissionsExt as _;
    let (place, _records) = platform(1, Duration::ZERO).await;
    place.audit(&["--plan", "plan.json"]).await;
    let mode = std::fs::metadata(place.path("plan.json"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let plan: Value =
        serde_json::from_str(&std::fs::read_to_string(place.path("plan.json")).unwrap()).unwrap();
    assert_eq!(
        plan["steps"][0]["found"]["of_user"],
        json!({ "mail": "u0@example.com" })
    );
}
