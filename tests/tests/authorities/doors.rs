//! At the host of an instance, the control plane is asked for that door, and its answer counts for no other.

use policy::signed_call::{SIGNATURE_HEADER, SignedCall};
use policy::time::Moment;
use reqwest::Method;
use reqwest::header::HOST;
use serde_json::{Value, json};

use crate::cast::{NEW, Platform, outcome, platform_with, ready, unix_seconds};
use crate::control_plane::Answer;

async fn platform() -> Platform {
    platform_with(
        json!({ "USHER_APP_DOMAIN": "apps.localhost", "USHER_SHARED_HOSTS": ["127.0.0.1"] }),
    )
    .await
}

/// What the control plane says of whoever is asked for, at this address.
fn ready_at(platform: &Platform, address: &Value) -> Value {
    let mut standing = ready(&platform.app);
    standing["address"] = address.clone();
    standing
}

#[tokio::test]
async fn an_answer_opens_the_door_that_was_asked_for_and_no_other() {
    let platform = platform().await;
    for (address, seen) in [
        (json!(null), "standing_unreadable"),
        (json!("eve"), "standing_unreadable"),
        (json!("Guy"), "standing_unreadable"),
        (json!("guy"), "let in"),
    ] {
        let answer = Answer::json(200, &ready_at(&platform, &address));
        platform.control_plane.answers(answer);
        let guy = platform.visitor("guy").with(HOST, "guy.apps.localhost");
        assert_eq!(outcome(&guy).await, seen, "{address}");
    }
    let asked = platform.control_plane.heads().concat();
    assert!(asked.contains("&sub=guy&address=guy HTTP/1.1"), "{asked}");
    // At the shared host an answer about somebody's address is about another door.
    assert_eq!(
        outcome(&platform.visitor("guy")).await,
        "standing_unreadable"
    );
}

#[tokio::test]
async fn what_is_pushed_about_a_door_is_obeyed_there_and_nowhere_else() {
    let platform = platform().await;
    let shared = platform.visitor("guy");
    assert_eq!(outcome(&shared).await, "let in");
    let answer = Answer::json(200, &ready_at(&platform, &json!("guy")));
    platform.control_plane.answers(answer);
    let own = platform.visitor("guy").with(HOST, "guy.apps.localhost");
    assert_eq!(outcome(&own).await, "let in");

    let mut suspended = ready_at(&platform, &json!("guy"));
    suspended["issuer"] = json!(platform.world.stage.addresses().identity);
    suspended["subject"] = json!("guy");
    suspended["instance"]["status"] = json!("suspended");
    suspended["version"] = json!(6);
    let body = suspended.to_string();
    let call = SignedCall {
        method: "PUT",
        target: "/.usher/admin/v1/sightings",
        body: body.as_bytes(),
    };
    let signature = call.sign(NEW, Moment::from_unix_seconds(unix_seconds()));
    let program = platform.world.api();
    let request = program.request(Method::PUT, call.target).body(body.clone());
    let answer = program
        .send(request.header(SIGNATURE_HEADER, signature))
        .await;
    assert_eq!(answer.status(), 204);
    assert_eq!(outcome(&own).await, "instance_suspended");
    assert_eq!(outcome(&shared).await, "let in");
}
