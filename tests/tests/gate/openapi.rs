//! The `OpenAPI` document says what the admin API is: every place, every method, every answer.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};
use tests::World;

use crate::cast::{header, operate, world, world_with};

async fn document(world: &World) -> Value {
    let answer = operate(world, Method::GET, "openapi.json", json!(null)).await;
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

/// The schema of a body, able to refer to the others.
fn validator(document: &Value, schema: &Value) -> jsonschema::Validator {
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    jsonschema::draft202012::new(&whole).unwrap()
}

#[tokio::test]
async fn every_place_takes_the_methods_that_the_document_says_and_no_other() {
    let world = world().await;
    let document = document(&world).await;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let place = path
            .trim_start_matches('/')
            .replace("{id}", "x")
            .replace("{user}", "x");
        let answer = operate(&world, Method::OPTIONS, &place, json!(null)).await;
        assert_eq!(answer.status(), 405, "{path}");
        let allowed: BTreeSet<String> = header(&answer, "allow")
            .split(", ")
            .map(str::to_ascii_lowercase)
            .collect();
        let said: BTreeSet<String> = operations.as_object().unwrap().keys().cloned().collect();
        assert_eq!(allowed, said, "{path}");
    }
}

/// A call, and what it is in the document.
struct Call {
    method: Method,
    path: &'static str,
    place: String,
    body: Value,
}

fn call(method: Method, path: &'static str, place: &str, body: Value) -> Call {
    Call {
        method,
        path,
        place: place.to_owned(),
        body,
    }
}

/// A story in which every operation succeeds once, and each of several fails.
#[expect(
    clippy::too_many_lines,
    reason = "one call after the other, which is what a story is"
)]
fn story(world: &World, user: &str) -> Vec<Call> {
    let issuer = &world.stage.addresses().identity;
    let (get, put, delete) = (Method::GET, Method::PUT, Method::DELETE);
    let standing = json!({ "issuer": issuer, "subject": "guy", "email": "guy@x.example", "membership": "member", "org": "acme",
                           "role": "org_owner", "instance": { "id": "i-1", "url": "http://127.0.0.1:4000" } });
    let query = format!("standings?issuer={issuer}&subject=guy");
    vec![
        call(put.clone(), "/standings", "standings", standing),
        call(get.clone(), "/standings", &query, json!(null)),
        call(
            get.clone(),
            "/instances",
            "instances?status=provisioning",
            json!(null),
        ),
        call(get.clone(), "/instances/{id}", "instances/i-1", json!(null)),
        call(get.clone(), "/instances/{id}", "instances/i-2", json!(null)),
        call(
            Method::PATCH,
            "/instances/{id}",
            "instances/i-1",
            json!({ "addresses": ["guy", "app.guy.example"], "org": null }),
        ),
        call(
            Method::PATCH,
            "/instances/{id}",
            "instances/i-1",
            json!({ "addresses": ["Guy"] }),
        ),
        call(
            Method::PATCH,
            "/instances/{id}",
            "instances/i-1",
            json!({ "org": "nowhere" }),
        ),
        call(
            put.clone(),
            "/instances/{id}/status",
            "instances/i-1/status",
            json!({ "status": "active" }),
        ),
        call(
            put.clone(),
            "/instances/{id}/status",
            "instances/i-1/status",
            json!({ "status": "provisioning" }),
        ),
        call(
            put.clone(),
            "/instances/{id}/status",
            "instances/i-1/status",
            json!({ "status": "rady" }),
        ),
        call(
            get.clone(),
            "/instances/{id}/history",
            "instances/i-1/history",
            json!(null),
        ),
        call(
            get.clone(),
            "/users",
            "users?org=acme&instance=some&status=active&membership=member&email=GUY@x.example",
            json!(null),
        ),
        call(
            get.clone(),
            "/users/{id}",
            &format!("users/{user}"),
            json!(null),
        ),
        call(get.clone(), "/users/{id}", "users/nobody", json!(null)),
        call(
            Method::PATCH,
            "/users/{id}",
            &format!("users/{user}"),
            json!({ "platform_owner": true, "org": null }),
        ),
        call(
            Method::PATCH,
            "/users/{id}",
            &format!("users/{user}"),
            json!({ "org": "elsewhere" }),
        ),
        call(
            put.clone(),
            "/orgs/{id}",
            "orgs/corp%20of%20x",
            json!({ "name": "Corp", "domains": ["x.example"] }),
        ),
        call(
            put.clone(),
            "/orgs/{id}",
            "orgs/other",
            json!({ "name": "Other", "domains": ["x.example"] }),
        ),
        call(
            put.clone(),
            "/orgs/{id}",
            "orgs/other",
            json!({ "name": "Other", "domains": ["a@b"] }),
        ),
        call(get.clone(), "/orgs", "orgs?domain=X.example", json!(null)),
        call(get.clone(), "/orgs/{id}", "orgs/acme", json!(null)),
        call(
            put.clone(),
            "/orgs/{id}/members/{user}",
            &format!("orgs/corp%20of%20x/members/{user}"),
            json!({ "role": "org_owner" }),
        ),
        call(
            get.clone(),
            "/orgs/{id}/members",
            "orgs/acme/members",
            json!(null),
        ),
        call(
            delete.clone(),
            "/orgs/{id}/members/{user}",
            &format!("orgs/corp%20of%20x/members/{user}"),
            json!(null),
        ),
        call(
            delete.clone(),
            "/orgs/{id}",
            "orgs/corp%20of%20x",
            json!(null),
        ),
        call(
            Method::POST,
            "/invitations",
            "invitations",
            json!({ "email": "New@x.example", "org": "acme" }),
        ),
        call(
            Method::POST,
            "/invitations",
            "invitations",
            json!({ "email": "a@b@x.example", "org": "acme" }),
        ),
        call(
            Method::POST,
            "/invitations",
            "invitations",
            json!({ "email": "a@x.example", "org": "none" }),
        ),
        call(
            get.clone(),
            "/invitations",
            "invitations?state=open&org=acme&email=NEW@x.example",
            json!(null),
        ),
        call(get.clone(), "/sessions", "sessions?state=open", json!(null)),
        call(
            delete.clone(),
            "/sessions/{id}",
            "sessions/abcdefghijklmnopqrstuv",
            json!(null),
        ),
        call(
            delete.clone(),
            "/users/{id}/sessions",
            &format!("users/{user}/sessions"),
            json!(null),
        ),
        call(
            get.clone(),
            "/events",
            "events?since=1&until=99999999999",
            json!(null),
        ),
        call(
            get.clone(),
            "/events",
            "events?since=yesterday",
            json!(null),
        ),
        call(put.clone(), "/sightings", "sightings", json!({})),
        call(get.clone(), "/openapi.json", "openapi.json", json!(null)),
        call(
            delete.clone(),
            "/instances/{id}",
            "instances/i-1",
            json!(null),
        ),
        call(
            delete.clone(),
            "/users/{id}",
            &format!("users/{user}"),
            json!(null),
        ),
        call(delete, "/standings", &query, json!(null)),
    ]
}

#[tokio::test]
async fn every_answer_is_one_that_the_document_says() {
    let world = world_with(json!({ "USHER_PROVISIONING": "first-sight" })).await;
    let document = document(&world).await;
    let issuer = &world.stage.addresses().identity;
    let identity = policy::standing::Identity {
        issuer: policy::standing::IssuerUrl::new(issuer).unwrap(),
        subject: policy::standing::Subject::new("guy").unwrap(),
    };
    let user = policy::storage_key::StorageKey::of(&identity).to_string();
    let mut story = story(&world, &user);
    let mut succeeded: BTreeMap<String, bool> = BTreeMap::new();
    let mut position = 0;
    while position < story.len() {
        let step = &story[position];
        position += 1;
        let method = step.method.as_str().to_ascii_lowercase();
        let operation = &document["paths"][step.path][&method];
        let id = operation["operationId"].as_str().unwrap().to_owned();
        let place = format!("{method} {}", step.place);
        let answer = operate(&world, step.method.clone(), &step.place, step.body.clone()).await;
        let status = answer.status();
        let said = &operation["responses"][status.as_str()];
        assert!(
            said.is_object(),
            "{place}: {status} {}",
            answer.text().await.unwrap()
        );
        *succeeded.entry(id.clone()).or_default() |= status.is_success();
        let Some(content) = said.get("content") else {
            assert_eq!(answer.text().await.unwrap(), "", "{place}");
            continue;
        };
        let kind = header(&answer, "content-type").to_owned();
        let body: Value = answer.json().await.unwrap();
        let schema = &content[&kind]["schema"];
        assert!(schema.is_object(), "{place}: {kind}");
        if let Err(wrong) = validator(&document, schema).validate(&body) {
            panic!("{place}: {wrong}\n{body}");
        }
        if id == "invite" && status.is_success() {
            let revoke = format!("invitations/{}", body["id"].as_str().unwrap());
            story.insert(
                position + 3,
                call(Method::DELETE, "/invitations/{id}", &revoke, json!(null)),
            );
        }
    }
    // Sessions begin with a log-in (log_ins.rs), and sightings are pushed by a control plane (tests/authorities/): here is neither.
    let elsewhere = ["end_session", "put_sighting"];
    let never: Vec<_> = succeeded
        .iter()
        .filter(|(id, success)| !**success && !elsewhere.contains(&id.as_str()))
        .collect();
    assert!(never.is_empty(), "{never:?}");
    let operations = document["paths"].as_object().unwrap().values();
    let all = operations.flat_map(|place| place.as_object().unwrap().values());
    for operation in all {
        let id = operation["operationId"].as_str().unwrap();
        assert!(succeeded.contains_key(id), "{id} is not tried");
    }
}

#[test]
fn the_document_has_every_word_of_the_policy() {
    let document: Value = serde_json::from_str(include_str!("../../../edge/openapi.json")).unwrap();
    let words = |name: &str| document["components"]["schemas"][name]["enum"].clone();
    assert_eq!(
        words("Status"),
        json!(policy::status::Status::ALL.map(policy::status::Status::word))
    );
    assert_eq!(
        words("Event"),
        json!(policy::event::EventKind::ALL.map(policy::event::EventKind::word))
    );
    assert_eq!(
        words("Role"),
        json!(policy::standing::Role::ALL.map(policy::standing::Role::word))
    );
    assert_eq!(
        words("OrgRole"),
        json!(policy::org::OrgRole::ALL.map(policy::org::OrgRole::word))
    );
    assert_eq!(
        words("Membership"),
        json!(policy::contract::MembershipWord::ALL.map(policy::contract::MembershipWord::word))
    );
}
