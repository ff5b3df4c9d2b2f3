//! `usher instance`.

use serde_json::json;
use stage::KeepAt;

use crate::cast::{account, done, instance, json, usher, world};

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
    }
    world.stop().await;
}

#[tokio::test]
async fn what_is_so_already_is_no_mistake_and_nothing_is_written() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Ready).await;
    done(&world, &["instance", "suspend", &id, "--why", "unpaid"]).await;
    for (act, again) in [
        (&["instance", "suspend", &id][..], "is `suspended` already"),
        (
            &["instance", "set", &id, "suspended"],
            "is `suspended` already",
        ),
    ] {
        let why = ["--why", "lost for good"];
        let words = done(&world, &[act, &why].concat()).await;
        let sentence = format!("{id} {again}; nothing was written, nor why\n");
        assert!(words.starts_with(&sentence), "{words}");
    }
    let history = json(&world, &["instance", "show", &id]).await["history"].clone();
    assert!(!history.to_string().contains("lost for good"), "{history}");
    done(&world, &["instance", "resume", &id]).await;
    let words = done(&world, &["instance", "resume", &id]).await;
    assert!(
        words.contains("is `ready`, so there is nothing to resume"),
        "{words}"
    );
    let as_it_is = json(&world, &["instance", "resume", &id]).await;
    assert_eq!(as_it_is["status"], "ready");
    world.stop().await;
}

#[tokio::test]
async fn an_instance_is_named_by_its_owners_address_as_well() {
    let world = world().await;
    let id = instance(&world, "guy", KeepAt::Active).await;
    account(&world, "nobody", KeepAt::NeedsInvitation).await;
    let guy = "Guy@visitors.example";
    let ready = json(&world, &["instance", "set", guy, "ready"]).await;
    assert_eq!(
        (&ready["id"], &ready["status"]),
        (&json!(id), &json!("ready"))
    );
    let words = done(&world, &["instance", "show", guy]).await;
    assert!(words.starts_with(&format!("instance {id}\n")), "{words}");
    assert!(
        words.contains("user           guy@visitors.example ("),
        "{words}"
    );
    for act in ["suspend", "resume"] {
        done(&world, &["instance", act, guy]).await;
    }
    done(&world, &["instance", "place", guy, "--address", "guy"]).await;
    let events = json(
        &world,
        &["events", "--instance", guy, "--event", "status_changed"],
    )
    .await;
    assert_eq!(events["total"], 4, "{events:#}");
    done(&world, &["instance", "remove", guy, "--yes"]).await;
    for (address, said) in [
        (
            "guy@visitors.example",
            "guy@visitors.example has no instance",
        ),
        (
            "nobody@visitors.example",
            "nobody@visitors.example has no instance",
        ),
        ("stranger@visitors.example", "nobody here has the address"),
    ] {
        let refused = usher(&world, &["instance", "show", address]).await;
        assert_eq!(refused.code, 1, "{refused:?}");
        assert!(refused.stderr.contains(said), "{refused:?}");
    }
    world.stop().await;
}

#[tokio::test]
async fn a_list_of_instances_names_people_and_leaves_out_who_may_still_wait() {
    let world = world().await;
    let mut ids = Vec::new();
    // More than are looked up one by one.
    for name in ["a", "b", "c", "d", "e", "f"] {
        ids.push(instance(&world, name, KeepAt::Active).await);
    }
    let words = done(&world, &["instance", "list"]).await;
    for name in ["a", "b", "c", "d", "e", "f"] {
        assert!(
            words.contains(&format!("  {name}@visitors.example  ")),
            "{words}"
        );
    }
    // Two are old, by the registry's clock; one has no address.
    for (id, since) in [(&ids[2], 1000), (&ids[4], 2000)] {
        let statement = "UPDATE instances SET since = ? WHERE id = ?";
        world
            .gate
            .d1(statement, &[json!(since), json!(id)])
            .await
            .unwrap();
    }
    let statement =
        "UPDATE users SET email = NULL WHERE id = (SELECT user_id FROM instances WHERE id = ?)";
    world.gate.d1(statement, &[json!(ids[4])]).await.unwrap();
    let old = [
        "instance",
        "list",
        "--status",
        "active",
        "--older-than",
        "10m",
    ];
    let list = json(&world, &old).await;
    let listed: Vec<_> = list["instances"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(listed, [&ids[2], &ids[4]], "{list:#}");
    assert_eq!((&list["total"], &list["next"]), (&json!(2), &json!(null)));
    let user = list["instances"][1]["user"].as_str().unwrap();
    let words = done(&world, &old).await;
    assert_eq!(words.lines().count(), 3, "{words}");
    assert!(
        words.contains("c@visitors.example") && words.contains(user),
        "{words}"
    );
    let none = done(
        &world,
        &[
            "instance",
            "list",
            "--status",
            "ready",
            "--older-than",
            "1s",
        ],
    )
    .await;
    assert_eq!(none, "no instances\n");
    let nonsense = usher(&world, &["instance", "list", "--older-than", "soon"]).await;
    assert_eq!(nonsense.code, 2);
    assert!(
        nonsense.stderr.contains("give a span like 90s"),
        "{nonsense:?}"
    );
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
    let guy = account(&world, "guy", KeepAt::NeedsInvitation).await;
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
