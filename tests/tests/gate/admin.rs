//! The admin API: operators only, one legal step at a time, and every mistake said in a sentence.

use policy::contract::{InstanceList, InstanceRecord, Me, Problem, StandingRecord};
use policy::status::Status;
use reqwest::Method;
use serde_json::{Value, json};
use stage::KeepAt;
use tests::World;

use crate::cast::{account, logged, operate, program, told, world};

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
