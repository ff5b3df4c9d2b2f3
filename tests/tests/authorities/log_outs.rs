//! A log-out ends what was issued before it also where the registry is not the authority; where it cannot, that is said.

use reqwest::{Method, Response};
use serde_json::json;

use crate::cast::{outcome, platform_with, ready, token, unix_seconds, visitor, world_with};
use crate::control_plane::Answer;
use tests::Visitor;

async fn log_out(visitor: &Visitor) -> Response {
    visitor
        .send(visitor.request(Method::POST, "/.usher/logout"))
        .await
}

#[tokio::test]
async fn a_control_plane_that_takes_the_log_out_is_told_with_a_signature() {
    let platform = platform_with(json!({})).await;
    let guy = platform.visitor("guy");
    assert_eq!(outcome(&guy).await, "let in");
    platform
        .control_plane
        .answers(Answer::json(200, &json!({})));
    assert_eq!(log_out(&guy).await.status(), 204);
    let heads = platform.control_plane.heads();
    let told = heads
        .iter()
        .find(|head| head.starts_with("POST /api/sign-outs "));
    let told = told
        .unwrap_or_else(|| panic!("{heads:#?}"))
        .to_ascii_lowercase();
    assert!(told.contains("usher-signature: t="), "{told}");
    let mut over = ready(&platform.app);
    over["signed_out_before"] = json!(unix_seconds() + 1);
    over["version"] = json!(6);
    platform.control_plane.answers(Answer::json(200, &over));
    assert_eq!(outcome(&guy).await, "session_ended");
}

#[tokio::test]
async fn where_no_log_outs_are_kept_a_program_is_told_that_nothing_ended() {
    let platform = platform_with(json!({})).await;
    let guy = platform.visitor("guy");
    assert_eq!(outcome(&guy).await, "let in");
    platform
        .control_plane
        .answers(Answer::json(404, &json!({})));
    let answer = log_out(&guy).await;
    assert_eq!(answer.status(), 404);
    let said = answer.text().await.unwrap();
    assert!(said.contains("keeps no log-outs"), "{said}");
    // A browser forgets all the same.
    let person = platform.world.browser();
    let person = person.with_cookie(tests::world::COOKIE, &token(&platform.world, "guy"));
    let answer = log_out(&person).await;
    assert_eq!(answer.status(), 303);
    assert!(
        answer.headers()["set-cookie"]
            .to_str()
            .unwrap()
            .contains("Max-Age=0")
    );
}

#[tokio::test]
async fn a_control_plane_that_fails_leaves_nobody_in_the_belief_that_they_are_out() {
    let platform = platform_with(json!({})).await;
    let guy = platform.visitor("guy");
    assert_eq!(outcome(&guy).await, "let in");
    platform
        .control_plane
        .answers(Answer::json(500, &json!({})));
    let answer = log_out(&guy).await;
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("sessions_not_ended"));
}

#[tokio::test]
async fn a_log_out_where_kv_is_the_authority_is_obeyed_at_the_next_request() {
    let world = world_with(json!({ "USHER_AUTHORITY": "kv" })).await;
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let standing = json!({
        "issuer": world.stage.addresses().identity, "subject": "guy", "membership": "member",
        "instance": { "id": "i-guy", "url": "http://127.0.0.1:9" },
    });
    let put = |path: &'static str, body| {
        let request = operator.request(Method::PUT, &format!("/.usher/admin/v1/{path}"));
        operator.send(request.json(&body))
    };
    assert_eq!(put("standings", standing).await.status(), 200);
    let mut guy = visitor(&world, "guy");
    assert_eq!(outcome(&guy).await, "instance_provisioning");
    assert_eq!(log_out(&guy).await.status(), 204);
    assert_eq!(outcome(&guy).await, "session_ended");
    // A new log-in is welcome as soon as the clock has moved on.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while outcome(&guy).await == "session_ended" {
        assert!(std::time::Instant::now() < deadline);
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        let addresses = world.stage.addresses();
        let claims = json!({
            "iss": addresses.identity, "aud": addresses.audience, "sub": "guy", "iat": unix_seconds(), "exp": unix_seconds() + 600,
        });
        guy = world.api().with_bearer(&world.stage.sign(&claims));
    }
    assert_eq!(outcome(&guy).await, "instance_provisioning");
}
