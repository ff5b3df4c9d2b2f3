//! `usher user`, `org` and `session`.

use serde_json::{Value, json};
use stage::KeepAt;
use tests::World;

use crate::cast::{account, done, json, usher, world};

/// The id that the gate has given to the user of this address.
async fn id_of(world: &World, email: &str) -> String {
    let list = json(world, &["user", "list", "--email", email]).await;
    list["users"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_user_is_shown_whole_by_id_and_by_address() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let id = id_of(&world, &guy.email).await;
    for name in [id.as_str(), "GUY@visitors.example"] {
        let shown = json(&world, &["user", "show", name]).await;
        assert_eq!(shown["user"]["id"], id.as_str());
        assert_eq!(shown["user"]["identities"][0]["subject"], guy.subject);
        assert_eq!(shown["sessions"]["total"], 0);
        assert!(shown["events"]["total"].as_u64().unwrap() > 0);
    }
    let words = done(&world, &["user", "show", &guy.email]).await;
    for part in [
        guy.subject.as_str(),
        guy.instance.unwrap().id.as_str(),
        "(ready)",
        "Open sessions: 0",
        "Last events",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    let nobody = usher(&world, &["user", "show", "nobody@visitors.example"]).await;
    assert_eq!(nobody.code, 1);
    assert!(
        nobody.stderr.contains("nobody here has the address"),
        "{nobody:?}"
    );
    world.stop().await;
}

#[tokio::test]
async fn an_address_that_two_have_names_neither() {
    let world = world().await;
    for id in ["u-1", "u-2"] {
        let statement = "INSERT INTO users (id, email, requires_invitation, version, created_at) VALUES (?, 'x@y.example', 0, 1, 1)";
        world.gate.d1(statement, &[json!(id)]).await.unwrap();
    }
    let two = usher(&world, &["user", "remove", "x@y.example", "--yes"]).await;
    assert_eq!(two.code, 1);
    assert!(two.stderr.contains("u-1, u-2"), "{two:?}");
    assert_eq!(json(&world, &["user", "list"]).await["total"], 2);
    world.stop().await;
}

#[tokio::test]
async fn an_org_is_made_changed_peopled_and_removed() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let nameless = usher(&world, &["org", "set", "acme"]).await;
    assert_eq!(nameless.code, 1);
    assert!(nameless.stderr.contains("--name"), "{nameless:?}");
    done(
        &world,
        &[
            "org",
            "set",
            "acme",
            "--name",
            "Acme",
            "--domain",
            "acme.example",
        ],
    )
    .await;
    let renamed = json(&world, &["org", "set", "acme", "--name", "Acme Inc."]).await;
    assert_eq!(
        renamed["domains"],
        json!(["acme.example"]),
        "what is not given stays"
    );
    let added = json(
        &world,
        &[
            "org",
            "member",
            "add",
            "acme",
            &guy.email,
            "--role",
            "org_owner",
        ],
    )
    .await;
    assert!(
        added["orgs"]
            .as_array()
            .unwrap()
            .contains(&json!({ "org": "acme", "role": "org_owner" }))
    );
    let words = done(&world, &["org", "show", "acme"]).await;
    assert!(
        words.contains("Acme Inc.") && words.contains(&guy.email),
        "{words}"
    );
    let moved = json(&world, &["user", "change", &guy.email, "--org", "acme"]).await;
    assert_eq!(moved["org"], "acme");
    let nowhere = json(&world, &["user", "change", &guy.email, "--no-org"]).await;
    assert_eq!(nowhere["org"], Value::Null);
    assert_eq!(usher(&world, &["user", "change", &guy.email]).await.code, 2);
    done(&world, &["org", "member", "remove", "acme", &guy.email]).await;
    done(&world, &["org", "remove", "acme", "--yes"]).await;
    assert_eq!(usher(&world, &["org", "show", "acme"]).await.code, 1);
    world.stop().await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let id = id_of(&world, &guy.email).await;
    for key in ["-", "b"] {
        let statement = "INSERT INTO sessions (id, user_id, issuer, provider, issued_at, renewable, started_at, last_activity_at, expires_at)
                         VALUES (?, ?, 'i', 'own', 1000, 0, 1000, 1000, 99999999999)";
        let key = key.repeat(policy::session::SessionKey::LENGTH);
        world
            .gate
            .d1(statement, &[json!(key), json!(id)])
            .await
            .unwrap();
    }
    let words = done(&world, &["session", "list"]).await;
    assert!(
        words.contains("guy@visitors.example") && !words.contains(&id),
        "{words}"
    );
    let key = "-".repeat(policy::session::SessionKey::LENGTH);
    done(&world, &["session", "end", &key, "--why", "lost laptop"]).await;
    let open = json(&world, &["session", "list", "--user", &guy.email, "--open"]).await;
    assert_eq!(open["total"], 1, "{open}");
    done(&world, &["user", "sign-out", &guy.email]).await;
    let open = json(&world, &["session", "list", "--open"]).await;
    assert_eq!(open["total"], 0, "{open}");
    world.stop().await;
}
