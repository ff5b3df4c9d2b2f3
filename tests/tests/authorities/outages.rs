//! What visitors see while the control plane misbehaves: the table in `docs/authorities.md`, produced here. A new fault is a new row.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use policy::freshness::FreshnessRules;
use serde_json::{Value, json};
use tests::{Visitor, places};

use crate::cast::{Platform, outcome, platform_rigged, ready, unix_seconds};
use crate::control_plane::{Answer, GOOD_HEAD};

/// What it answers to everybody, and whether that is an answer that cannot be trusted.
fn rows(app: &str) -> Vec<(&'static str, Answer)> {
    let json = |status, body: &Value| Answer::json(status, body);
    let with = |name: &str, value: Value| {
        let mut standing = ready(app);
        standing[name] = value;
        json(200, &standing)
    };
    let instance =
        |status: &str| json!({ "id": "i-1", "url": app, "status": status, "since": 1_700_000_000 });
    let half = format!("{GOOD_HEAD}5\r\n{{\"iss\r\n");
    let html = "content-type: text/html\r\n";
    vec![
        ("no answer", Answer::Silence),
        (
            "headers, and no body",
            Answer::HalfOpen(GOOD_HEAD.to_owned()),
        ),
        (
            "a body that stops in the middle",
            Answer::HalfOpen(half.clone()),
        ),
        ("a body that breaks off", Answer::Broken(half)),
        ("a body that drips", Answer::Drip),
        ("a body of 100 MB", Answer::Huge),
        ("500", json(500, &json!({}))),
        ("503", json(503, &json!({}))),
        ("429", json(429, &json!({}))),
        ("401: it does not believe the gate", json(401, &json!({}))),
        (
            "a redirect",
            Answer::Says(302, "location: /canary\r\n", String::new()),
        ),
        (
            "HTML with 200",
            Answer::Says(200, html, "<p>hello".to_owned()),
        ),
        (
            "truncated JSON",
            Answer::Says(
                200,
                "content-type: application/json\r\n",
                "{\"issuer\":".to_owned(),
            ),
        ),
        ("another shape", json(200, &json!({ "user": "guy" }))),
        ("an unknown status", with("instance", instance("running"))),
        (
            "somebody else's record",
            with("subject", json!("somebody-else")),
        ),
        (
            "a member twice",
            Answer::Says(
                200,
                "content-type: application/json\r\n",
                ready(app).to_string().replacen('{', "{\"version\":6,", 1),
            ),
        ),
    ]
}

const COLUMNS: [&str; 3] = ["`ready`, known", "`ready`, new", "suspended, known"];

/// The ages of the last sighting at which everybody knocks, each shortly before the limit of that name.
fn ages() -> [(&'static str, u64); 4] {
    let rules = FreshnessRules::default();
    [
        ("FRESH", rules.fresh_otherwise.as_secs() - 1),
        ("STALE", rules.stale.as_secs() - 1),
        ("GRACE", rules.grace.as_secs() - 1),
        ("beyond", rules.grace.as_secs() + 1),
    ]
}

async fn clock_at(platform: &Platform, seconds: u64) {
    let ahead = Duration::from_secs(seconds);
    platform.world.gate.clock_ahead(ahead).await.unwrap();
}

/// A visitor whose token outlives all rows.
fn visitor(platform: &Platform, subject: &str) -> Visitor {
    let addresses = platform.world.stage.addresses();
    let token = platform.world.stage.sign(&json!({
        "iss": addresses.identity, "aud": addresses.audience, "sub": subject, "exp": unix_seconds() + 864_000,
    }));
    platform.world.api().with_bearer(&token)
}

/// Longer than all the ages together, so that no row sees anything of the one before.
const ROW_SECONDS: u64 = 2_000;

#[tokio::test]
async fn an_outage_of_the_control_plane_is_seen_as_the_table_says_and_nobody_gains_by_it() {
    let platform = platform_rigged().await;
    let mut table = format!(
        "| what it does | {} |\n|{}\n",
        COLUMNS.join(" | "),
        " --- |".repeat(COLUMNS.len() + 1)
    );
    for (number, (name, answer)) in rows(&platform.app).into_iter().enumerate() {
        let start = number as u64 * ROW_SECONDS;
        clock_at(&platform, start).await;
        let [known, suspended] =
            ["known", "suspended"].map(|who| visitor(&platform, &format!("{who}-{number}")));
        platform.heal();
        assert_eq!(outcome(&known).await, "let in");
        let mut standing = ready(&platform.app);
        standing["instance"]["status"] = json!("suspended");
        platform.control_plane.answers(Answer::json(200, &standing));
        assert_eq!(outcome(&suspended).await, "instance_suspended");

        platform.control_plane.answers(answer);
        let mut seen: [Vec<String>; 3] = Default::default();
        for (age, seconds) in ages() {
            clock_at(&platform, start + seconds).await;
            let new = visitor(&platform, &format!("new-{number}-{age}"));
            for (visitor, seen) in [&known, &new, &suspended].into_iter().zip(&mut seen) {
                seen.push(outcome(visitor).await);
            }
        }
        nobody_gains(name, &seen);
        let cells = seen.map(|seen| cell(&seen));
        writeln!(table, "| {name} | {} |", cells.join(" | ")).unwrap();

        platform.heal();
        let [.., (_, last)] = ages();
        clock_at(&platform, start + last + 60).await;
        assert_eq!(outcome(&known).await, "let in", "after {name}");
    }
    println!("{table}");
    compare(&table);
}

#[tokio::test]
async fn grace_is_for_whom_no_later_answer_has_spoken_against() {
    let platform = platform_rigged().await;
    let mut restored = ready(&platform.app);
    restored["instance"]["status"] = json!("suspended");
    restored["version"] = json!(3);
    let mut unknown = ready(&platform.app);
    unknown["instance"]["status"] = json!("running");
    for (number, (against, reason)) in [
        (restored, "instance_suspended"),
        (unknown, "standing_unreadable"),
    ]
    .into_iter()
    .enumerate()
    {
        let start = number as u64 * ROW_SECONDS;
        let [asked, refreshed] =
            ["asked", "refreshed"].map(|who| visitor(&platform, &format!("{who}-{number}")));
        clock_at(&platform, start).await;
        platform.heal();
        for guy in [&asked, &refreshed] {
            assert_eq!(outcome(guy).await, "let in");
        }
        platform.control_plane.answers(Answer::json(200, &against));
        clock_at(&platform, start + 30).await;
        let before = platform.control_plane.asked();
        assert_eq!(outcome(&refreshed).await, "let in");
        while platform.control_plane.asked() == before {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        clock_at(&platform, start + 60).await;
        assert_eq!(outcome(&asked).await, reason);
        platform
            .control_plane
            .answers(Answer::json(500, &json!({})));
        clock_at(&platform, start + 62).await;
        for guy in [&asked, &refreshed] {
            assert_eq!(outcome(guy).await, "authority_unavailable", "{reason}");
        }
        platform.heal();
        clock_at(&platform, start + 90).await;
        for guy in [&asked, &refreshed] {
            assert_eq!(outcome(guy).await, "let in", "after {reason}");
        }
    }
}

/// What holds whatever the table says.
fn nobody_gains(name: &str, [known, new, suspended]: &[Vec<String>; 3]) {
    let unavailable =
        |seen: &String| seen == "authority_unavailable" || seen == "standing_unreadable";
    assert!(new.iter().all(unavailable), "{name}: {new:?}");
    let is_out = |seen: &String| seen == "instance_suspended" || unavailable(seen);
    assert!(suspended.iter().all(is_out), "{name}: {suspended:?}");
    let [fresh, stale, _grace, beyond] = &known[..] else {
        panic!("four ages")
    };
    assert_eq!([fresh, stale], ["let in"; 2], "{name}");
    assert!(unavailable(beyond), "{name}: {beyond}");
}

/// What was seen at each age, in words: `let in up to GRACE, then 503`.
fn cell(seen: &[String]) -> String {
    let mut words = String::new();
    for (position, (now, (age, _))) in seen.iter().zip(ages()).enumerate() {
        let next = seen.get(position + 1);
        if next == Some(now) {
            continue;
        }
        let then = if words.is_empty() { "" } else { ", then " };
        let limit = next.map_or(String::new(), |_| format!(" up to {age}"));
        let now = match now.as_str() {
            "authority_unavailable" => "503",
            "standing_unreadable" => "503 `standing_unreadable`",
            other => other,
        };
        write!(words, "{then}{now}{limit}").unwrap();
    }
    words
}

/// The table stands between two marks of the document.
fn compare(table: &str) {
    const BEGIN: &str = "<!-- generated: outages -->\n\n";
    const END: &str = "\n<!-- end -->";
    let path = places::workspace().join("docs/authorities.md");
    let document = fs::read_to_string(&path).unwrap();
    let (head, rest) = document.split_once(BEGIN).unwrap();
    let (there, tail) = rest.split_once(END).unwrap();
    if std::env::var_os("UPDATE_OUTAGES").is_some() {
        fs::write(&path, [head, BEGIN, table, END, tail].concat()).unwrap();
        return;
    }
    assert_eq!(
        there, table,
        "run UPDATE_OUTAGES=1 cargo test -p tests --test authorities outage, and read the diff"
    );
}
