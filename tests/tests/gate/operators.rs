//! Who may call the admin API, and what is written down about every change.

use jsonwebtoken::{EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};
use tests::gate::rig::{BUSY, Failure, Fault};
use tests::{Visitor, World, WorldOptions};

use crate::cast::{fault, operate, told, unix_seconds, world, world_with};

const SECRET: &str = "an issuer's shared secret of enough length, 0123456789";

/// A world whose only issuer names operators.
async fn world_with_operators() -> World {
    world_with(issuers()).await
}

fn issuers() -> Value {
    json!({
        "OPS_SECRET": SECRET,
        "USHER_ISSUERS": [{
            "issuer": "ops", "audience": "usher", "algorithm": "HS256", "secret": "OPS_SECRET",
            "operators": { "claim": "groups", "value": "usher-operators" },
        }],
    })
}

fn token(more: &Value) -> String {
    let mut claims = json!({ "iss": "ops", "sub": "ann", "aud": "usher", "iat": unix_seconds(), "exp": unix_seconds() + 600 });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    encode(
        &Header::default(),
        &claims,
        &EncodingKey::from_secret(SECRET.as_bytes()),
    )
    .unwrap()
}

fn ann() -> String {
    token(&json!({ "groups": ["staff", "usher-operators"] }))
}

async fn reason(visitor: &Visitor) -> String {
    told(visitor.get("/.usher/admin/v1/events").await).await.1
}

#[tokio::test]
async fn whom_the_issuer_names_is_an_operator_and_nobody_else() {
    let world = world_with_operators().await;
    let operator = world.api().with_bearer(&ann());
    assert_eq!(operator.get("/.usher/admin/v1/events").await.status(), 200);
    for other in [
        token(&json!({})),
        token(&json!({ "groups": [] })),
        token(&json!({ "groups": "usher-operators-not" })),
        token(&json!({ "groups": ["Usher-Operators"] })),
        token(&json!({ "groups": { "usher-operators": true } })),
        token(&json!({ "group": "usher-operators" })),
        token(&json!({ "groups": "usher-operators", "exp": unix_seconds() - 600 })),
        token(&json!({ "groups": "usher-operators", "aud": "another app" })),
        format!("{}x", ann()),
    ] {
        assert_eq!(
            reason(&world.api().with_bearer(&other)).await,
            "operator_required"
        );
    }
    // A browser sends a cookie for any site; it never makes an operator.
    let cookie = world.api().with_cookie(tests::world::COOKIE, &ann());
    assert_eq!(reason(&cookie).await, "operator_required");
}

#[tokio::test]
async fn an_operator_is_not_told_that_they_are_none_while_nobody_can_tell() {
    let options = WorldOptions {
        rigged: true,
        vars: issuers().as_object().unwrap().clone(),
        ..WorldOptions::default()
    };
    let world = World::with(options).await.unwrap();
    let operator = world.api().with_bearer(&ann());
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    let (status, reason, _) = told(operator.get("/.usher/admin/v1/events").await).await;
    assert_eq!((status, &*reason), (503, "authority_unavailable"));
    world.gate.healthy().await.unwrap();
    assert_eq!(operator.get("/.usher/admin/v1/events").await.status(), 200);
}

#[tokio::test]
async fn an_operator_who_was_logged_out_is_one_no_more() {
    let world = world_with_operators().await;
    let standing = json!({ "issuer": "ops", "subject": "ann", "membership": "member" });
    let put = operate(&world, Method::PUT, "standings", standing).await;
    assert_eq!(put.status(), 200);
    let early = token(&json!({ "groups": "usher-operators", "iat": unix_seconds() - 60 }));
    let operator = world.api().with_bearer(&early);
    let users: Value = operator
        .get("/.usher/admin/v1/users")
        .await
        .json()
        .await
        .unwrap();
    let id = users["users"][0]["id"].as_str().unwrap();
    let ended = operate(
        &world,
        Method::DELETE,
        &format!("users/{id}/sessions"),
        json!(null),
    )
    .await;
    assert_eq!(ended.status(), 204);
    assert_eq!(reason(&operator).await, "operator_required");
}

#[tokio::test]
async fn every_change_is_written_down_with_who_and_why() {
    let world = world_with_operators().await;
    let operator = world.api().with_bearer(&ann());
    let put = operator
        .request(Method::PUT, "/.usher/admin/v1/orgs/acme")
        .header("usher-why", "a new customer%2C signed today")
        .json(&json!({ "name": "Acme" }));
    assert_eq!(operator.send(put).await.status(), 200);
    let shared = world.api().with_bearer(&world.gate.admin_secret);
    let delete = shared
        .request(Method::DELETE, "/.usher/admin/v1/orgs/acme")
        .header("usher-who", "guy")
        .header("usher-why", "left%20us");
    assert_eq!(shared.send(delete).await.status(), 204);
    let events: Value = operate(&world, Method::GET, "events", json!(null))
        .await
        .json()
        .await
        .unwrap();
    let said: Vec<_> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            [&event["event"], &event["actor"], &event["why"]]
                .map(|value| value.as_str().unwrap_or("").to_owned())
        })
        .collect();
    assert_eq!(
        said,
        [
            ["org_removed", "secret, as guy", "left us"],
            ["org_changed", "ann of ops", "a new customer, signed today"]
        ]
    );
    let long = shared
        .request(Method::DELETE, "/.usher/admin/v1/orgs/acme")
        .header("usher-why", "x".repeat(501));
    assert_eq!(told(shared.send(long).await).await.1, "bad_request");
}

#[tokio::test]
async fn a_status_has_a_history_with_names() {
    let world = world().await;
    let issuer = &world.stage.addresses().identity;
    let standing = json!({ "issuer": issuer, "subject": "guy", "membership": "member",
                           "instance": { "id": "i-1", "url": "http://127.0.0.1:4000" } });
    operate(&world, Method::PUT, "standings", standing).await;
    for status in ["active", "suspended", "active"] {
        let change = operate(
            &world,
            Method::PUT,
            "instances/i-1/status",
            json!({ "status": status }),
        )
        .await;
        assert_eq!(change.status(), 200, "{status}");
    }
    let history: Value = operate(&world, Method::GET, "instances/i-1/history", json!(null))
        .await
        .json()
        .await
        .unwrap();
    let steps: Vec<_> = history["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| (step["from"].clone(), step["to"].clone()))
        .collect();
    let step = |from: Value, to: &str| (from, json!(to));
    assert_eq!(
        steps,
        [
            step(json!("suspended"), "active"),
            step(json!("active"), "suspended"),
            step(json!("provisioning"), "active"),
            step(json!(null), "provisioning"),
        ]
    );
    assert_eq!(history["history"][0]["actor"], "secret");
}

#[tokio::test]
async fn a_list_comes_in_pages_that_miss_nothing_and_repeat_nothing() {
    let world = world().await;
    for number in 0..7 {
        let org = operate(
            &world,
            Method::PUT,
            &format!("orgs/org-{number}"),
            json!({ "name": "x" }),
        )
        .await;
        assert_eq!(org.status(), 200);
    }
    for (list, name, key) in [
        ("orgs", "orgs", "id"),
        ("events?event=org_changed", "events", "id"),
    ] {
        let separator = if list.contains('?') { '&' } else { '?' };
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let path = format!("{list}{separator}limit=3{after}");
            let page: Value = operate(&world, Method::GET, &path, json!(null))
                .await
                .json()
                .await
                .unwrap();
            assert_eq!(page["total"], 7);
            seen.extend(
                page[name]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row[key].to_string()),
            );
            let Some(next) = page["next"].as_str() else {
                break;
            };
            after = format!("&after={next}");
        }
        let mut distinct = seen.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!((seen.len(), distinct.len()), (7, 7), "{seen:?}");
    }
    for wrong in [
        "orgs?limit=0",
        "orgs?limit=101",
        "orgs?limti=3",
        "orgs?after=a&after=b",
        "events?event=logni",
    ] {
        let refused = operate(&world, Method::GET, wrong, json!(null)).await;
        assert_eq!(told(refused).await.1, "bad_request", "{wrong}");
    }
}
