//! `usher events`.

use std::process::Stdio;

use serde_json::{Value, json};
use stage::KeepAt;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::cast::{account, command, done, json, usher, world};

#[tokio::test]
async fn events_are_filtered_and_followed_the_oldest_first() {
    let world = world().await;
    done(&world, &["org", "set", "one", "--name", "One"]).await;
    let none = json(
        &world,
        &["events", "--event", "org_changed", "--since", "2999-01-01"],
    )
    .await;
    assert_eq!(none["total"], 0);
    let some = json(
        &world,
        &["events", "--event", "org_changed", "--since", "1h"],
    )
    .await;
    assert_eq!(
        (&some["total"], &some["events"][0]["org"]),
        (&json!(1), &json!("one"))
    );
    let request = some["events"][0]["request_id"].as_str().unwrap();
    for (request, total) in [(request, 1), ("somebody-elses", 0)] {
        let of_request = json(&world, &["events", "--request", request]).await;
        assert_eq!(of_request["total"], total, "{of_request}");
    }

    let later = json(&world, &["events", "--until", "1h"]).await;
    assert_eq!(later["total"], 0, "{later}");
    let both = usher(&world, &["events", "--until", "1h", "--follow"]).await;
    assert_eq!(both.code, 2, "{both:?}");

    let arguments = [
        "events",
        "--follow",
        "--event",
        "org_changed",
        "--report",
        "json",
    ];
    let mut follower = command(&world, &arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    for org in ["one", "two", "three"] {
        if org != "one" {
            done(&world, &["org", "set", org, "--name", "Later"]).await;
        }
        let line = lines.next_line().await.unwrap().unwrap();
        let event: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(event["org"], org);
    }
    drop(lines);
    done(&world, &["org", "set", "four", "--name", "Unread"]).await;
    // It ends by itself when nobody reads any more.
    assert!(follower.wait().await.unwrap().success());
    world.stop().await;
}

#[tokio::test]
async fn an_event_says_what_became_of_what_and_when_to_the_second() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Active).await;
    let id = guy.instance.as_ref().unwrap().id.as_str();
    done(&world, &["org", "set", "acme", "--name", "Acme"]).await;
    done(
        &world,
        &["instance", "set", id, "ready", "--why", "by hand"],
    )
    .await;
    done(
        &world,
        &["instance", "place", id, "--address", "guy", "--org", "acme"],
    )
    .await;
    let words = done(&world, &["events", "--instance", id]).await;
    for part in [
        "provisioning → active; guy@visitors.example",
        &format!(
            "active → ready; guy@visitors.example, instance {id}, by secret, as olga, “by hand”"
        ),
        "addresses guy, org acme; guy@visitors.example",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    // A narrow terminal shows the beginning, which is what happened to whom.
    #[cfg(unix)]
    {
        let narrow = crate::tables::terminal::shown(&world, &["events"], 80, None).await;
        let beginning = "active → ready; guy@visitors.example";
        assert!(narrow.contains(beginning), "{narrow}");
    }
    let mut follower = command(&world, &["events", "--follow", "--instance", id])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    let first = lines.next_line().await.unwrap().unwrap();
    assert!(first.contains("standing_changed"), "{first}");
    let second = lines.next_line().await.unwrap().unwrap();
    assert!(
        second.contains("provisioning → active; guy@visitors.example"),
        "{second}"
    );
    follower.kill().await.unwrap();
    let shown = done(&world, &["user", "show", &guy.email]).await;
    assert!(shown.contains("active → ready"), "{shown}");
    let line = words.lines().nth(1).unwrap();
    let (at, _) = line.split_once("  ").unwrap();
    assert_eq!(at.len(), "2026-01-31 08:00:00".len(), "{line}");
    world.stop().await;
}
