//! `usher invite`.

use serde_json::json;

use crate::cast::{done, json, usher, world};

#[tokio::test]
async fn an_invitation_is_made_listed_and_withdrawn() {
    let world = world().await;
    done(&world, &["org", "set", "acme", "--name", "Acme"]).await;
    let made = json(
        &world,
        &["invite", "New@acme.example", "--org", "acme", "--days", "3"],
    )
    .await;
    assert_eq!(made["email"], "new@acme.example");
    let span = made["expires_at"].as_u64().unwrap() - made["created_at"].as_u64().unwrap();
    assert_eq!(span, 3 * 86_400);
    let id = made["id"].as_str().unwrap();
    let words = done(&world, &["invite", "list", "--state", "open"]).await;
    assert!(words.contains(id), "{words}");
    done(&world, &["invite", "revoke", id]).await;
    assert_eq!(
        json(&world, &["invite", "list", "--state", "open"]).await["total"],
        0
    );
    let elsewhere = usher(&world, &["invite", "new@acme.example", "--org", "none"]).await;
    assert_eq!(elsewhere.code, 1, "{elsewhere:?}");
    assert!(
        elsewhere
            .stderr
            .starts_with("refused: there is no org `none` (404"),
        "{elsewhere:?}"
    );
    assert!(
        elsewhere.stderr.contains("usher org set none"),
        "{elsewhere:?}"
    );
    assert_eq!(usher(&world, &["invite", "new@acme.example"]).await.code, 2);
    world.stop().await;
}

#[tokio::test]
async fn who_is_invited_twice_is_told_to_whoever_invites_and_withdrawn_by_address_only_if_one_is_meant()
 {
    let world = world().await;
    for org in ["acme", "beta"] {
        done(&world, &["org", "set", org, "--name", org]).await;
    }
    let new = "new@acme.example";
    let first = done(&world, &["invite", new, "--org", "acme"]).await;
    assert!(!first.contains("was invited before"), "{first}");
    let open = json(&world, &["invite", "list", "--email", new]).await;
    let id = open["invitations"][0]["id"].as_str().unwrap();
    let second = done(&world, &["invite", new, "--org", "beta"]).await;
    for part in [
        "org            beta",
        "new@acme.example was invited before",
        id,
    ] {
        assert!(second.contains(part), "{part}: {second}");
    }
    let which = usher(&world, &["invite", "revoke", new]).await;
    assert_eq!(which.code, 1, "{which:?}");
    let words = which
        .stderr
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        words.contains("2 invitations are open for new@acme.example")
            && words.contains(&format!("{id} (into acme)")),
        "{words}"
    );
    done(&world, &["invite", "revoke", id]).await;
    let revoked = json(&world, &["invite", "revoke", "New@acme.example"]).await;
    assert_eq!(
        (&revoked["org"], revoked["revoked_at"].is_u64()),
        (&json!("beta"), true)
    );
    let none = usher(&world, &["invite", "revoke", new]).await;
    assert_eq!(none.code, 1);
    assert!(
        none.stderr
            .contains("no invitation is open for new@acme.example"),
        "{none:?}"
    );
    world.stop().await;
}
