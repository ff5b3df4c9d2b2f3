//! What is said of records that are not there.

use serde_json::json;
use stage::KeepAt;
use tests::world::WorldAuthority;
use tests::{World, WorldOptions};

use crate::cast::{account, done, instance, json, usher, world};

#[tokio::test]
async fn what_is_not_there_is_named_with_the_command_that_lists_what_is() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    done(&world, &["org", "set", "acme", "--name", "Acme"]).await;
    for (arguments, said, next) in [
        (
            &["instance", "show", "nope"][..],
            "instance `nope`",
            "usher instance list",
        ),
        (
            &["instance", "set", "nope", "ready"],
            "instance `nope`",
            "usher instance list",
        ),
        (&["user", "show", "nope"], "user `nope`", "usher user list"),
        (
            &["user", "sign-out", "nope"],
            "user `nope`",
            "usher user list",
        ),
        (&["org", "show", "nope"], "org `nope`", "usher org list"),
        (
            &["org", "remove", "nope", "--yes"],
            "org `nope`",
            "usher org list",
        ),
        (
            &["org", "member", "add", "nope", &guy.email],
            "org `nope`",
            "usher org list",
        ),
        (
            &["org", "member", "add", "acme", "nope"],
            "user `nope`",
            "usher user list",
        ),
        (
            &["session", "end", "nope"],
            "session `nope`",
            "usher session list",
        ),
        (
            &["invite", "revoke", "nope"],
            "invitation `nope`",
            "usher invite list",
        ),
    ] {
        let refused = usher(&world, arguments).await;
        assert_eq!(
            (refused.code, refused.stdout.as_str()),
            (1, ""),
            "{refused:?}"
        );
        let said = format!("refused: there is no {said} (404 not_found)\n  next: `{next}");
        assert!(
            refused.stderr.starts_with(&said),
            "{arguments:?}: {refused:?}"
        );
        assert!(
            refused.stderr.contains("the gate's log has it as request"),
            "{refused:?}"
        );
    }
    world.stop().await;
}

#[tokio::test]
async fn without_a_registry_an_instance_is_shown_without_its_history() {
    let options = WorldOptions {
        authority: WorldAuthority::Kv,
        ..WorldOptions::default()
    };
    let world = World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let id = instance(&world, "guy", KeepAt::Ready).await;
    let words = done(&world, &["instance", "show", &id]).await;
    for part in [
        "status         ready",
        "no history: only the registry keeps one",
    ] {
        assert!(words.contains(part), "{words}");
    }
    let shown = json(&world, &["instance", "show", &id]).await;
    assert_eq!(
        (&shown["instance"]["id"], &shown["history"]),
        (&json!(id), &json!(null))
    );
    for (arguments, records) in [
        (&["user", "show", "u-1"][..], "users"),
        (&["instance", "show", "guy@visitors.example"], "users"),
        (&["org", "set", "acme", "--name", "Acme"], "orgs"),
        (&["invite", "a@b.example", "--org", "acme"], "invitations"),
        (&["session", "list"], "sessions"),
        (&["events"], "events"),
    ] {
        let refused = usher(&world, arguments).await;
        assert_eq!(refused.code, 1, "{refused:?}");
        let said = format!("refused: this gate keeps no {records} (404 not_found)");
        assert!(refused.stderr.starts_with(&said), "{refused:?}");
    }
    let nobodys = usher(&world, &["instance", "show", "i-none"]).await;
    assert!(
        nobodys
            .stderr
            .starts_with("refused: there is no instance `i-none`"),
        "{nobodys:?}"
    );
    world.stop().await;
}
