//! `usher instance`.

use serde_json::json;
use stage::KeepAt;

use crate::cast::{done, instance, json, usher, world};

#[tokio::test]
async fn a_status_is_changed_step_by_step_and_who_and_why_are_written_down() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Provisioning).await;
    let why = "set up by hand: 100 % dörthe";
    let changed = json(&world, &["instance", "set", &id, "active", "--why", why]).await;
    assert_eq!(changed["status"], "active");
    done(&world, &["instance", "set", &id, "ready", "--as", "Öle"]).await;
    let shown = json(&world, &["instance", "show", &id]).await;
    assert_eq!(shown["instance"]["status"], "ready");
    let step = |to: &str| {
        let history = shown["history"].as_array().unwrap().iter();
        history
            .clone()
            .find(|step| step["to"] == to)
            .cloned()
            .unwrap()
    };
    assert_eq!(step("active")["why"], why);
    assert_eq!(step("active")["actor"], "secret, as olga");
    assert_eq!(step("ready")["actor"], "secret, as Öle");
    let words = done(&world, &["instance", "show", &id]).await;
    assert!(words.contains("may become     suspended"), "{words}");
    world.stop().await;
}

#[tokio::test]
async fn an_illegal_step_is_refused_with_the_legal_ones() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Provisioning).await;
    let refused = usher(&world, &["instance", "set", &id, "ready"]).await;
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""));
    let words = refused
        .stderr
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    for part in [
        "illegal_transition",
        "legal next: `active`, `suspended`",
        "next:",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let arguments = ["instance", "set", &id, "ready", "--report", "json"];
    let refused = usher(&world, &arguments).await;
    let problem: serde_json::Value = serde_json::from_str(&refused.stdout).unwrap();
    assert_eq!(problem["reason"], "illegal_transition");
    assert_eq!(
        json(&world, &["instance", "show", &id]).await["instance"]["status"],
        "provisioning"
    );
    let unknown = usher(&world, &["instance", "set", &id, "running"]).await;
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.stderr.contains("expected `provisioning`"),
        "{unknown:?}"
    );
    world.stop().await;
}

#[tokio::test]
async fn a_suspended_instance_resumes_to_what_it_was_before() {
    let world = world().await;
    for (name, keep_at, before) in [
        ("a", KeepAt::Active, "active"),
        ("b", KeepAt::Ready, "ready"),
    ] {
        let id = instance(&world, name, keep_at).await;
        done(&world, &["instance", "suspend", &id]).await;
        let words = done(&world, &["instance", "show", &id]).await;
        assert!(words.contains("status         suspended"), "{words}");
        assert_eq!(
            json(&world, &["instance", "resume", &id]).await["status"],
            before
        );
        let again = usher(&world, &["instance", "resume", &id]).await;
        assert_eq!(again.code, 1);
        assert!(again.stderr.contains("nothing to resume"), "{again:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn an_instance_is_placed_at_hosts_and_what_is_not_given_stays() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Ready).await;
    done(&world, &["org", "set", "acme", "--name", "Acme"]).await;
    let hosts = ["--address", "guy", "--address", "app.guy.example"];
    let placed = [&["instance", "place", &id, "--org", "acme"][..], &hosts].concat();
    let words = done(&world, &placed).await;
    assert!(words.contains("app.guy.example, guy"), "{words}");
    done(&world, &["instance", "place", &id, "--no-address"]).await;
    let shown = json(&world, &["instance", "show", &id]).await;
    assert_eq!(shown["instance"]["addresses"], json!([]));
    assert_eq!(shown["instance"]["org"], "acme");
    let placed = json(&world, &["instance", "place", &id, "--no-org"]).await;
    assert_eq!(placed["org"], json!(null));
    let nothing = usher(&world, &["instance", "place", &id]).await;
    assert_eq!(nothing.code, 2, "{}", nothing.stderr);
    let wrong = usher(
        &world,
        &["instance", "place", &id, "--address", "https://guy"],
    )
    .await;
    assert_eq!(wrong.code, 1);
    assert!(wrong.stderr.contains("`https://guy`"), "{}", wrong.stderr);
    world.stop().await;
}

#[tokio::test]
async fn nothing_is_removed_without_a_yes() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Ready).await;
    let asked = usher(&world, &["instance", "remove", &id]).await;
    assert_eq!(asked.code, 2);
    assert!(asked.stderr.contains("--yes"), "{asked:?}");
    json(&world, &["instance", "show", &id]).await;
    done(&world, &["instance", "remove", &id, "--yes"]).await;
    let gone = usher(&world, &["instance", "show", &id]).await;
    assert_eq!(gone.code, 1);
    assert!(gone.stderr.contains("not_found"), "{gone:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_list_follows_the_pages_up_to_its_limit() {
    let world = world().await;
    let guy = crate::cast::account(&world, "guy", KeepAt::NeedsInvitation).await;
    drop(guy);
    let statement = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 230)
                     INSERT INTO users (id, email, requires_invitation, version, created_at)
                     SELECT printf('u-%03d', i), printf('u-%03d@many.example', i), 0, 1, 1000 FROM n";
    world.gate.d1(statement, &[]).await.unwrap();
    let all = json(&world, &["user", "list", "--limit", "1000"]).await;
    let users = all["users"].as_array().unwrap();
    assert_eq!(users.len(), 231);
    let ids: std::collections::BTreeSet<_> =
        users.iter().map(|user| user["id"].to_string()).collect();
    assert_eq!(ids.len(), 231, "no user twice");
    assert_eq!((&all["total"], &all["next"]), (&json!(231), &json!(null)));
    let some = json(&world, &["user", "list", "--limit", "150"]).await;
    assert_eq!(some["users"].as_array().unwrap().len(), 150);
    let words = done(&world, &["user", "list", "--limit", "3"]).await;
    assert!(
        words.contains("3 of 231 users; --limit 231 shows all"),
        "{words}"
    );
    let denied = json(&world, &["user", "list", "--denied"]).await;
    assert_eq!(denied["total"], 1);
    world.stop().await;
}

#[tokio::test]
async fn a_table_is_readable_at_80_columns_and_obeys_nobody() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Ready).await;
    let hostile = "\u{1b}]0;owned\u{7}\u{202e}gnp.exe";
    let statement = "UPDATE users SET email = ?";
    world.gate.d1(statement, &[json!(hostile)]).await.unwrap();
    for arguments in [
        &["user", "list"][..],
        &["instance", "list"],
        &["instance", "show", &id],
    ] {
        let words = done(&world, arguments).await;
        assert!(
            !words.contains(['\u{1b}', '\u{202e}', '\u{7}']),
            "{words:?}"
        );
        for line in words.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
    let program = done(&world, &["user", "list", "--report", "json"]).await;
    assert!(!program.contains(['\u{1b}', '\u{202e}']), "{program:?}");
    let list: serde_json::Value = serde_json::from_str(&program).unwrap();
    assert_eq!(list["users"][0]["email"], hostile);
    world.stop().await;
}
