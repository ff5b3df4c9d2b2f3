//! The admin API: operators only, one legal step at a time, and every mistake said in a sentence.

use policy::contract::{InstanceList, InstanceRecord, Me, Problem, StandingRecord};
use policy::status::Status;
use reqwest::Method;
use serde_json::{Value, json};
use stage::KeepAt;
use tests::World;

use crate::cast::{account, logged, operate, program, told, world, world_with};

async fn problem(response: reqwest::Response) -> Problem {
    serde_json::from_str(&told(response).await.2).unwrap()
}

fn standing(world: &World, instance: &Value) -> Value {
    json!({ "issuer": world.stage.addresses().identity, "subject": "guy", "membership": "member", "instance": instance })
}

/// Where somebody's standing is read.
fn standings(world: &World, subject: &str) -> String {
    let issuer = &world.stage.addresses().identity;
    format!("standings?issuer={issuer}&subject={subject}")
}

async fn create(world: &World, instance: Value) -> reqwest::Response {
    operate(world, Method::PUT, "standings", standing(world, &instance)).await
}

#[tokio::test]
async fn nobody_without_the_secret_may_call() {
    let world = world().await;
    for visitor in [
        world.api(),
        world.api().with_bearer("x"),
        world
            .api()
            .with_bearer(&format!("{}x", world.gate.admin_secret)),
    ] {
        let (status, reason, _) = told(visitor.get("/.usher/admin/v1/instances/i-1").await).await;
        assert_eq!((status, reason.as_str()), (401, "operator_required"));
    }
}

#[tokio::test]
async fn nobody_is_registered_under_an_issuer_whom_the_gate_does_not_believe() {
    let world = world().await;
    let identity = world.stage.addresses().identity.clone();
    let wrong = format!("{identity}/");
    let body = json!({ "issuer": wrong, "subject": "guy", "membership": "member" });
    let refused = problem(operate(&world, Method::PUT, "standings", body).await).await;
    assert_eq!(refused.reason, "bad_request");
    let mistake = &refused.mistakes[0];
    assert!(
        mistake.contains(&wrong) && mistake.ends_with(&identity),
        "{mistake}"
    );
}

#[tokio::test]
async fn whoever_is_stuck_can_be_found() {
    let world = world().await;
    for (name, keep_at) in [
        ("a", KeepAt::Active),
        ("b", KeepAt::Ready),
        ("c", KeepAt::Active),
    ] {
        account(&world, name, keep_at).await;
    }
    let list = async |query: &str| {
        let path = format!("instances{query}");
        operate(&world, Method::GET, &path, Value::Null).await
    };
    let stuck: InstanceList = list("?status=active").await.json().await.unwrap();
    assert_eq!((stuck.total, stuck.instances.len()), (2, 2));
    assert!(
        stuck
            .instances
            .iter()
            .all(|instance| instance.status == Status::Active)
    );
    let none: InstanceList = list("?status=suspended").await.json().await.unwrap();
    assert_eq!((none.total, none.instances.len()), (0, 0));
    let all: InstanceList = list("").await.json().await.unwrap();
    assert_eq!((all.total, all.instances.len()), (3, 3));
    for query in ["?status=", "?status=Active"] {
        let refused = problem(list(query).await).await;
        assert!(
            refused.mistakes[0].contains("provisioning, active, ready"),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_status_is_never_skipped_and_the_refusal_names_the_legal_next_ones() {
    let world = world().await;
    assert_eq!(
        create(
            &world,
            json!({ "id": "i-1", "url": "http://127.0.0.1:4000" })
        )
        .await
        .status(),
        200
    );
    let change = async |status: &str| {
        operate(
            &world,
            Method::PUT,
            "instances/i-1/status",
            json!({ "status": status }),
        )
        .await
    };
    let refused = problem(change("ready").await).await;
    assert_eq!(
        (refused.status, refused.reason.as_str()),
        (409, "illegal_transition")
    );
    assert_eq!(
        refused.mistakes,
        [
            "an instance that is `provisioning` cannot become `ready`; legal next: `active`, `suspended`"
        ]
    );
    for status in [
        "active",
        "suspended",
        "active",
        "ready",
        "ready",
        "suspended",
        "ready",
    ] {
        let response = change(status).await;
        assert_eq!(response.status(), 200, "{status}");
        let record: InstanceRecord = response.json().await.unwrap();
        assert_eq!(record.status.word(), status);
    }
    let refused = problem(change("provisioning").await).await;
    assert_eq!(refused.reason, "illegal_transition");
    let refused = problem(change("runing").await).await;
    assert!(refused.mistakes[0].contains(
        "unknown status word `runing`, expected `provisioning`, `active`, `ready`, `suspended`"
    ));
}

#[tokio::test]
async fn an_instance_is_created_once_and_belongs_to_one_visitor() {
    let world = world().await;
    let first = json!({ "id": "i-1", "url": "http://127.0.0.1:4000" });
    assert_eq!(create(&world, first.clone()).await.status(), 200);
    assert_eq!(create(&world, first.clone()).await.status(), 200);
    assert_eq!(
        problem(
            create(
                &world,
                json!({ "id": "i-2", "url": "http://127.0.0.1:4000" })
            )
            .await
        )
        .await
        .reason,
        "conflict"
    );
    let mut other = standing(&world, &first);
    other["subject"] = json!("eve");
    assert_eq!(
        problem(operate(&world, Method::PUT, "standings", other).await)
            .await
            .reason,
        "conflict"
    );
}

#[tokio::test]
async fn a_refused_change_has_changed_nothing() {
    let world = world().await;
    create(
        &world,
        json!({ "id": "i-1", "url": "http://127.0.0.1:4000" }),
    )
    .await;
    let mut eve = standing(
        &world,
        &json!({ "id": "i-1", "url": "http://127.0.0.1:4000" }),
    );
    eve["subject"] = json!("eve");
    assert_eq!(
        problem(operate(&world, Method::PUT, "standings", eve).await)
            .await
            .reason,
        "conflict"
    );
    let mut guy = standing(
        &world,
        &json!({ "id": "i-2", "url": "http://127.0.0.1:4000" }),
    );
    guy["role"] = json!("platform_owner");
    assert_eq!(
        problem(operate(&world, Method::PUT, "standings", guy).await)
            .await
            .reason,
        "conflict"
    );

    let read = async |subject: &str| {
        let query = standings(&world, subject);
        operate(&world, Method::GET, &query, Value::Null).await
    };
    assert_eq!(read("eve").await.status(), 404);
    let record: StandingRecord = read("guy").await.json().await.unwrap();
    assert_eq!(record.role, policy::standing::Role::Member);
}

#[tokio::test]
async fn every_call_leaves_a_line_in_the_log() {
    let world = world().await;
    create(
        &world,
        json!({ "id": "i-1", "url": "http://127.0.0.1:4000" }),
    )
    .await;
    operate(
        &world,
        Method::PUT,
        "instances/i-1/status",
        json!({ "status": "active" }),
    )
    .await;
    logged(&world, "\"endpoint\":\"instances/i-1/status\"").await;
}

#[tokio::test]
async fn a_standing_is_read_back_and_removed() {
    let world = world().await;
    create(
        &world,
        json!({ "id": "i-1", "url": "http://127.0.0.1:4000" }),
    )
    .await;
    let query = &standings(&world, "guy");
    let record: StandingRecord = operate(&world, Method::GET, query, Value::Null)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(record.instance.unwrap().id, "i-1");
    assert_eq!(
        operate(&world, Method::DELETE, query, Value::Null)
            .await
            .status(),
        204
    );
    assert_eq!(
        problem(operate(&world, Method::GET, query, Value::Null).await)
            .await
            .reason,
        "not_found"
    );
    assert_eq!(
        problem(operate(&world, Method::GET, "instances/i-1", Value::Null).await)
            .await
            .reason,
        "not_found"
    );
}

#[tokio::test]
async fn bad_bodies_and_addresses_are_named() {
    let world = world().await;
    for (instance, part) in [
        (
            json!({ "id": "a/b", "url": "http://127.0.0.1:4000" }),
            "instance.id is `a/b`",
        ),
        (
            json!({ "id": "i-1", "url": "http://169.254.169.254" }),
            "USHER_INSTANCE_HOSTS",
        ),
        (
            json!({ "id": "i-1", "url": "http://127.0.0.1:4000/x" }),
            "give an origin",
        ),
        (json!({ "id": "i-1" }), "missing field `url`"),
        (
            json!({ "id": "i-1", "url": "http://127.0.0.1:4000", "status": "ready" }),
            "unknown field `status`",
        ),
    ] {
        let refused = problem(create(&world, instance).await).await;
        assert_eq!(
            (refused.status, refused.reason.as_str()),
            (400, "bad_request")
        );
        assert!(refused.mistakes[0].contains(part), "{refused:?}");
    }
    let refused =
        problem(operate(&world, Method::GET, "standings?issuer=x", Value::Null).await).await;
    assert!(refused.mistakes[0].contains("`subject`"), "{refused:?}");
    let (status, reason, _) =
        told(operate(&world, Method::POST, "standings", Value::Null).await).await;
    assert_eq!((status, reason.as_str()), (405, "method_not_allowed"));
}

#[tokio::test]
async fn me_says_where_one_stands_and_why() {
    let world = world().await;
    for (name, keep_at, admitted, reason) in [
        ("ready", KeepAt::Ready, true, "admitted"),
        ("active", KeepAt::Active, false, "instance_active"),
        (
            "uninvited",
            KeepAt::NeedsInvitation,
            false,
            "invitation_required",
        ),
    ] {
        let account = account(&world, name, keep_at).await;
        let response = program(&world, &account).get("/.usher/me").await;
        let me: Me = serde_json::from_str(&told(response).await.2).unwrap();
        assert_eq!((me.admitted, me.reason.as_str()), (admitted, reason));
        assert_eq!(me.visitor.subject, account.subject);
        assert_eq!(
            me.instance.map(|instance| instance.id),
            account.instance.map(|instance| instance.id)
        );
    }
    assert_eq!(told(world.api().get("/.usher/me").await).await.0, 401);
}

async fn read(world: &World, subject: &str) -> StandingRecord {
    let answer = operate(world, Method::GET, &standings(world, subject), Value::Null).await;
    answer.json().await.unwrap()
}

/// Says something of `guy`, who is a member.
async fn say(world: &World, more: Value) -> StandingRecord {
    let mut standing = json!({
        "issuer": world.stage.addresses().identity, "subject": "guy", "membership": "member",
    });
    let more = more.as_object().unwrap().clone();
    standing.as_object_mut().unwrap().extend(more);
    let answer = operate(world, Method::PUT, "standings", standing).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

#[tokio::test]
async fn whoever_gives_an_instance_need_not_know_the_rest_of_a_standing() {
    for authority in ["registry", "kv"] {
        let world = world_with(json!({ "USHER_AUTHORITY": authority })).await;
        let all = json!({ "email": "guy@x.example", "org": "acme", "role": "org_owner" });
        let before = say(&world, all).await;
        let instance = json!({ "instance": { "id": "i-1", "url": "http://127.0.0.1:4000" } });
        let after = say(&world, instance).await;
        assert_eq!(
            (&after.email, &after.org, after.role),
            (&before.email, &before.org, before.role),
            "{authority}"
        );
        assert_eq!(before.org.as_deref(), Some("acme"));
        let without = say(&world, json!({ "email": null, "org": null })).await;
        assert_eq!((without.email, without.org), (None, None), "{authority}");
        assert!(read(&world, "guy").await.instance.is_some());
        let role = say(&world, json!({ "org": "acme", "role": "member" })).await;
        assert_eq!(role.role, policy::standing::Role::Member, "{authority}");
    }
}

#[tokio::test]
async fn an_owner_who_gets_an_instance_stays_the_owner_and_nobody_follows_them() {
    let world = world_with(json!({ "USHER_PROVISIONING": "first-sight" })).await;
    let token = |subject: &str| {
        let addresses = world.stage.addresses();
        world.stage.sign(&json!({
            "iss": addresses.identity, "aud": addresses.audience, "sub": subject, "email": format!("{subject}@x.example"),
            "exp": crate::cast::unix_seconds() + 600,
        }))
    };
    let guy = world.api().with_bearer(&token("guy"));
    assert_eq!(crate::cast::seen(guy.get("/").await).await, "no_instance");
    let instance = json!({ "instance": { "id": "i-1", "url": "http://127.0.0.1:4000" } });
    let after = say(&world, instance).await;
    assert_eq!(after.role, policy::standing::Role::PlatformOwner);
    assert_eq!(after.email.as_deref(), Some("guy@x.example"));
    let mallory = world.api().with_bearer(&token("mallory"));
    assert_eq!(
        crate::cast::seen(mallory.get("/").await).await,
        "invitation_required"
    );
}

#[tokio::test]
async fn the_first_row_of_a_history_names_who_made_the_instance() {
    let world = world().await;
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let standing = standing(
        &world,
        &json!({ "id": "i-1", "url": "http://127.0.0.1:4000" }),
    );
    let request = operator
        .request(Method::PUT, "/.usher/admin/v1/standings")
        .json(&standing);
    let request = request
        .header("usher-who", "olga")
        .header("usher-why", "sign-up");
    assert_eq!(operator.send(request).await.status(), 200);
    let history = operate(&world, Method::GET, "instances/i-1/history", Value::Null).await;
    let history: Value = history.json().await.unwrap();
    assert_eq!(history["history"][0]["actor"], "secret, as olga");
    assert_eq!(history["history"][0]["why"], "sign-up");
}

#[tokio::test]
async fn what_is_no_place_in_a_list_and_no_second_is_refused_instead_of_finding_nothing() {
    let world = world().await;
    for (path, part) in [
        ("instances?after=garbage", "`after`"),
        ("events?after=x", "`after`"),
        ("events?since=1795292222050", "seconds since the Unix epoch"),
        ("events?until=1h", "seconds since the Unix epoch"),
    ] {
        let answer = operate(&world, Method::GET, path, Value::Null).await;
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(
            status == 400 && text.contains(part),
            "{path}: {status} {text}"
        );
    }
}

#[tokio::test]
async fn an_invitation_that_nobody_could_accept_is_refused_and_a_second_one_replaces_the_first() {
    let invitation = |email: &str| json!({ "email": email, "org": "acme" });
    let org = json!({ "name": "Acme" });
    let world_where_none = world().await;
    operate(&world_where_none, Method::PUT, "orgs/acme", org.clone()).await;
    let answer = operate(
        &world_where_none,
        Method::POST,
        "invitations",
        invitation("a@x.example"),
    )
    .await;
    let problem = problem(answer).await;
    assert!(
        problem.mistakes.concat().contains("USHER_PROVISIONING"),
        "{problem:?}"
    );

    let world = world_with(json!({ "USHER_PROVISIONING": "first-sight" })).await;
    operate(&world, Method::PUT, "orgs/acme", org).await;
    say(&world, json!({ "email": "Guy@x.example" })).await;
    let known = operate(
        &world,
        Method::POST,
        "invitations",
        invitation("guy@X.example"),
    )
    .await;
    assert_eq!(known.status(), 409);
    for _twice in 0..2 {
        let answer = operate(
            &world,
            Method::POST,
            "invitations",
            invitation("a@x.example"),
        )
        .await;
        assert_eq!(answer.status(), 200);
    }
    let open = operate(&world, Method::GET, "invitations?state=open", Value::Null).await;
    let open: Value = open.json().await.unwrap();
    assert_eq!(open["total"], 1, "{open}");
}

#[tokio::test]
async fn what_kv_does_not_keep_is_said_with_the_place_where_it_is_kept() {
    let world = world_with(json!({ "USHER_AUTHORITY": "kv" })).await;
    for path in [
        "users",
        "orgs/acme",
        "sessions",
        "events",
        "invitations",
        "instances/i-1/history",
    ] {
        let answer = operate(&world, Method::GET, path, Value::Null).await;
        assert_eq!(answer.status(), 404);
        let text = answer.text().await.unwrap();
        assert!(text.contains("USHER_AUTHORITY"), "{path}: {text}");
    }
}
