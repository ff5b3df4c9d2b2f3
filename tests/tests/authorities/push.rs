//! `PUT /.usher/admin/v1/sightings`: what a control plane says unasked is obeyed at the next request, if it is believed.

use policy::contract::Problem;
use policy::signed_call::{SIGNATURE_HEADER, SignedCall};
use policy::time::Moment;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::cast::{NEW, OLD, Platform, outcome, platform_with, ready, unix_seconds, world_with};

const TARGET: &str = "/.usher/admin/v1/sightings";

impl Platform {
    /// What the control plane pushes of the subject `guy`.
    fn standing(&self, status: &str, version: u64) -> Value {
        let mut standing = ready(&self.app);
        standing["issuer"] = json!(self.world.stage.addresses().identity);
        standing["subject"] = json!("guy");
        standing["instance"]["status"] = json!(status);
        standing["version"] = json!(version);
        standing
    }

    async fn push(&self, body: &Value, secret: &str) -> Response {
        let body = body.to_string();
        self.push_as(&body, &signature(&body, secret, unix_seconds()))
            .await
    }

    async fn push_as(&self, body: &str, signature: &str) -> Response {
        let program = self.world.api();
        let request = program.request(Method::PUT, TARGET).body(body.to_owned());
        program
            .send(request.header(SIGNATURE_HEADER, signature))
            .await
    }
}

fn signature(body: &str, secret: &str, seconds: u64) -> String {
    let call = SignedCall {
        method: "PUT",
        target: TARGET,
        body: body.as_bytes(),
    };
    call.sign(secret, Moment::from_unix_seconds(seconds))
}

async fn problem(response: Response) -> (u16, String) {
    let problem: Problem = response.json().await.unwrap();
    (problem.status, problem.mistakes.join("\n"))
}

#[tokio::test]
async fn what_is_pushed_is_obeyed_at_the_next_request_and_what_is_older_loses() {
    let platform = platform_with(json!({})).await;
    let guy = platform.visitor("guy");
    assert_eq!(outcome(&guy).await, "let in");

    let suspended = platform.standing("suspended", 6);
    assert_eq!(platform.push(&suspended, NEW).await.status(), 204);
    assert_eq!(outcome(&guy).await, "instance_suspended");

    let (status, sentence) =
        problem(platform.push(&platform.standing("ready", 5), NEW).await).await;
    assert_eq!(status, 409);
    assert!(
        sentence.contains("version 6") && sentence.contains("5 is older"),
        "{sentence}"
    );
    assert_eq!(outcome(&guy).await, "instance_suspended");

    // The secret that is being replaced is still believed, and saying the same twice is no mistake.
    for secret in [OLD, OLD] {
        assert_eq!(
            platform
                .push(&platform.standing("ready", 7), secret)
                .await
                .status(),
            204
        );
    }
    assert_eq!(outcome(&guy).await, "let in");

    let gone = json!({ "issuer": platform.world.stage.addresses().identity, "subject": "guy", "membership": "stranger", "version": 8 });
    assert_eq!(platform.push(&gone, NEW).await.status(), 204);
    assert_eq!(outcome(&guy).await, "no_instance");
}

#[tokio::test]
async fn a_late_answer_of_the_control_plane_never_undoes_what_was_pushed() {
    let vars = json!({ "USHER_FRESH_SECONDS": 1, "USHER_FRESH_WAITING_SECONDS": 1, "USHER_STALE_SECONDS": 1 });
    let platform = platform_with(vars).await;
    let guy = platform.visitor("guy");
    assert_eq!(outcome(&guy).await, "let in");
    assert_eq!(
        platform
            .push(&platform.standing("suspended", 6), NEW)
            .await
            .status(),
        204
    );
    // A replica of theirs still says version 5, `ready`.
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    assert_eq!(outcome(&guy).await, "instance_suspended");
}

#[tokio::test]
async fn an_operator_may_push_and_nobody_else_without_a_signature() {
    let platform = platform_with(json!({})).await;
    let body = platform.standing("suspended", 6);
    for (secret, status) in [
        (platform.world.gate.admin_secret.as_str(), 204),
        ("x", 401),
        (NEW, 401),
    ] {
        let program = platform.world.api().with_bearer(secret);
        let request = program.request(Method::PUT, TARGET).json(&body);
        assert_eq!(program.send(request).await.status(), status);
    }
    let program = platform.world.api();
    let request = program.request(Method::PUT, TARGET).json(&body);
    assert_eq!(program.send(request).await.status(), 401);
}

#[tokio::test]
async fn a_signature_that_does_not_fit_changes_nothing_and_says_why() {
    let platform = platform_with(json!({})).await;
    let guy = platform.visitor("guy");
    assert_eq!(outcome(&guy).await, "let in");
    let body = platform.standing("suspended", 6).to_string();
    let now = unix_seconds();
    for (signature, part) in [
        (
            signature(&body, "another secret of thirty-two characters", now),
            "shared secret",
        ),
        (
            signature(&body.replace('6', "7"), NEW, now),
            "shared secret",
        ),
        (signature(&body, NEW, now - 400), "older than five minutes"),
        (signature(&body, NEW, now + 400), "from the future"),
        ("v1=00".to_owned(), "of the form"),
    ] {
        let (status, sentence) = problem(platform.push_as(&body, &signature).await).await;
        assert_eq!(status, 401);
        assert!(sentence.contains(part), "{sentence}");
    }
    assert_eq!(outcome(&guy).await, "let in");
}

#[tokio::test]
async fn what_cannot_be_trusted_is_refused_when_it_is_pushed() {
    let platform = platform_with(json!({})).await;
    let mut foreign = platform.standing("ready", 6);
    foreign["issuer"] = json!("https://eve.example");
    let mut elsewhere = platform.standing("ready", 6);
    elsewhere["instance"]["url"] = json!("https://eve.example");
    for (body, part) in [
        (
            platform.standing("running", 6),
            "unknown status word `running`",
        ),
        (foreign, "whose tokens nobody here believes"),
        (elsewhere, "address is not allowed"),
        (json!({}), "`membership` is not a text"),
    ] {
        let (status, sentence) = problem(platform.push(&body, NEW).await).await;
        assert_eq!(status, 400);
        assert!(sentence.contains(part), "{sentence}");
    }
}

#[tokio::test]
async fn what_an_authority_cannot_do_is_said_with_the_place_where_it_is_done() {
    let platform = platform_with(json!({})).await;
    let operator = |world: &tests::World| world.api().with_bearer(&world.gate.admin_secret);
    for path in [
        "standings",
        "instances/i-1/status",
        "instances?status=active",
    ] {
        let response = operator(&platform.world)
            .get(&format!("/.usher/admin/v1/{path}"))
            .await;
        let (status, sentence) = problem(response).await;
        assert_eq!(status, 404);
        assert!(
            sentence.contains("PUT /.usher/admin/v1/sightings"),
            "{path}: {sentence}"
        );
    }
    let world = world_with(json!({})).await;
    let program = operator(&world);
    let request = program.request(Method::PUT, TARGET).json(&json!({}));
    let (status, sentence) = problem(program.send(request).await).await;
    assert_eq!(status, 404);
    assert!(sentence.contains("PUT standings"), "{sentence}");
}
