//! KV itself as the authority: written by operators, read by the gate, and nothing else in it.

use policy::contract::{InstanceRecord, Problem, StandingRecord};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tests::gate::rig::{Failure, Fault, KV_INTERNAL_ERROR};
use tests::{World, WorldOptions};

use crate::cast::{app, outcome, visitor, world_with};

async fn platform() -> World {
    world_with(json!({ "USHER_AUTHORITY": "kv" })).await
}

async fn operate(world: &World, method: Method, path: &str, body: Value) -> Response {
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let request = operator.request(method, &format!("/.usher/admin/v1/{path}"));
    operator.send(request.json(&body)).await
}

async fn put(world: &World, subject: &str, instance: Value) -> Response {
    let issuer = &world.stage.addresses().identity;
    let body = json!({
        "issuer": issuer, "subject": subject, "email": "guy@visitors.example", "membership": "member", "role": "org_owner", "instance": instance,
    });
    operate(world, Method::PUT, "standings", body).await
}

async fn change(world: &World, status: &str) -> Response {
    operate(
        world,
        Method::PUT,
        "instances/i-1/status",
        json!({ "status": status }),
    )
    .await
}

fn query(world: &World, subject: &str) -> String {
    format!(
        "standings?issuer={}&subject={subject}",
        world.stage.addresses().identity
    )
}

async fn mistake(response: Response) -> (u16, String) {
    let problem: Problem = response.json().await.unwrap();
    (problem.status, problem.mistakes.join("\n"))
}

#[tokio::test]
async fn a_removal_that_kv_interrupts_leaves_no_instance_without_an_owner() {
    let Value::Object(vars) = json!({ "USHER_AUTHORITY": "kv" }) else {
        panic!("a table of values")
    };
    let options = WorldOptions {
        rigged: true,
        vars,
        ..WorldOptions::default()
    };
    let world = World::with(options).await.unwrap();
    let instance = json!({ "id": "i-1", "url": app().await });
    assert_eq!(put(&world, "guy", instance.clone()).await.status(), 200);
    let remove = async || {
        let answer = operate(&world, Method::DELETE, &query(&world, "guy"), Value::Null).await;
        answer.status().as_u16()
    };
    let fails = Fault::KvGet(Failure::Throws(KV_INTERNAL_ERROR));
    world.gate.fault(fails).await.unwrap();
    assert_eq!(remove().await, 503);
    world.gate.healthy().await.unwrap();
    assert_eq!(remove().await, 204);
    assert_eq!(put(&world, "eve", instance).await.status(), 200);
}

#[tokio::test]
async fn a_visitor_is_let_in_and_out_as_the_operator_says_and_a_new_isolate_knows_it_too() {
    let mut world = platform().await;
    let guy = visitor(&world, "guy");
    assert_eq!(outcome(&guy).await, "no_instance");
    let response = put(&world, "guy", json!({ "id": "i-1", "url": app().await })).await;
    assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
    for (status, expected) in [
        ("provisioning", "instance_provisioning"),
        ("active", "instance_active"),
        ("ready", "let in"),
        ("suspended", "instance_suspended"),
        ("ready", "let in"),
    ] {
        let record: InstanceRecord = change(&world, status).await.json().await.unwrap();
        assert_eq!(record.status.word(), status);
        assert_eq!(outcome(&guy).await, expected);
    }
    world.gate.restart().await.unwrap();
    let guy = visitor(&world, "guy");
    assert_eq!(outcome(&guy).await, "let in");
    assert_eq!(change(&world, "suspended").await.status(), 200);
    world.gate.restart().await.unwrap();
    assert_eq!(outcome(&visitor(&world, "guy")).await, "instance_suspended");

    let removed = operate(&world, Method::DELETE, &query(&world, "guy"), Value::Null).await;
    assert_eq!(removed.status(), 204);
    assert_eq!(outcome(&visitor(&world, "guy")).await, "no_instance");
    let left = world.gate.kv_list().await.unwrap();
    assert!(
        left.iter().all(|key| key.starts_with("v1:jwks:")),
        "{left:?}"
    );
}

#[tokio::test]
async fn no_copy_of_a_sighting_is_kept_beside_the_record() {
    let world = platform().await;
    put(&world, "guy", json!({ "id": "i-1", "url": app().await })).await;
    for status in ["active", "ready"] {
        assert_eq!(change(&world, status).await.status(), 200);
    }
    for _ in 0..3 {
        assert_eq!(outcome(&visitor(&world, "guy")).await, "let in");
    }
    let keys = world.gate.kv_list().await.unwrap();
    let known = ["v1:standing:", "v1:owner:i-1", "v1:jwks:"];
    assert!(
        keys.iter()
            .all(|key| known.iter().any(|prefix| key.starts_with(prefix))),
        "{keys:?}"
    );
}

#[tokio::test]
async fn the_rules_of_the_registry_hold_here_as_well() {
    let world = platform().await;
    let instance = json!({ "id": "i-1", "url": app().await });
    assert_eq!(put(&world, "guy", instance.clone()).await.status(), 200);
    assert_eq!(put(&world, "guy", instance.clone()).await.status(), 200);
    let (status, sentence) = mistake(change(&world, "ready").await).await;
    assert_eq!(status, 409);
    assert!(
        sentence.contains("`provisioning` cannot become `ready`"),
        "{sentence}"
    );
    let (status, sentence) = mistake(put(&world, "eve", instance.clone()).await).await;
    assert_eq!(status, 409);
    assert!(sentence.contains("belongs to one visitor"), "{sentence}");
    let other = json!({ "id": "i-2", "url": instance["url"] });
    assert_eq!(put(&world, "guy", other).await.status(), 409);
    assert_eq!(outcome(&visitor(&world, "eve")).await, "no_instance");

    let record = operate(&world, Method::GET, &query(&world, "guy"), Value::Null).await;
    let record: StandingRecord = record.json().await.unwrap();
    assert_eq!(
        (record.role.word(), record.instance.unwrap().id.as_str()),
        ("org_owner", "i-1")
    );
    assert_eq!(
        operate(&world, Method::GET, &query(&world, "eve"), Value::Null)
            .await
            .status(),
        404
    );
    // A change of role leaves the instance as it is.
    assert_eq!(change(&world, "active").await.status(), 200);
    assert_eq!(put(&world, "guy", Value::Null).await.status(), 200);
    let record = operate(&world, Method::GET, "instances/i-1", Value::Null).await;
    let record: InstanceRecord = record.json().await.unwrap();
    assert_eq!(record.status.word(), "active");

    let response = operate(&world, Method::GET, "instances?status=active", Value::Null).await;
    let (status, sentence) = mistake(response).await;
    assert_eq!(status, 404);
    assert!(sentence.contains("registry"), "{sentence}");
    let unauthorised = world.api().get("/.usher/admin/v1/instances/i-1").await;
    assert_eq!(unauthorised.status(), 401);
}

#[tokio::test]
async fn a_record_that_cannot_be_trusted_lets_nobody_in() {
    let mut world = platform().await;
    put(&world, "guy", json!({ "id": "i-1", "url": app().await })).await;
    for status in ["active", "ready"] {
        change(&world, status).await;
    }
    let keys = world.gate.kv_list().await.unwrap();
    let key = keys
        .iter()
        .find(|key| key.starts_with("v1:standing:"))
        .unwrap();
    let good = world.gate.kv_get(key).await.unwrap().unwrap();
    for bad in [
        good.replace("\"ready\"", "\"running\""),
        good.replace("\"guy\"", "\"eve\""),
        good.replace("\"v\":1", "\"v\":2"),
        good.replace("http://127.0.0.1", "http://169.254.169.254"),
        good.trim_end_matches('}').to_owned(),
        format!("{good}{}", " ".repeat(10_000)),
    ] {
        assert_ne!(bad, good);
        world.gate.kv_put(key, &bad).await.unwrap();
        world.gate.restart().await.unwrap();
        assert_eq!(
            outcome(&visitor(&world, "guy")).await,
            "standing_unreadable",
            "{bad}"
        );
    }
    world.gate.kv_put(key, &good).await.unwrap();
    assert_eq!(outcome(&visitor(&world, "guy")).await, "let in");
}
