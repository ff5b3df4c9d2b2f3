//! What a control plane answers, rightly or wrongly, and what becomes of somebody known to be ready and of somebody new.

use std::time::Duration;

use policy::signed_call::SignedCall;
use policy::time::Moment;
use reqwest::header::{COOKIE, HeaderName};
use serde_json::{Value, json};

use crate::cast::{NEW, Platform, outcome, platform, ready, said, token, unix_seconds, visitor};
use crate::control_plane::{Answer, GOOD_HEAD};

const LET_IN: &str = "let in";
const UNAVAILABLE: &str = "authority_unavailable";
const UNREADABLE: &str = "standing_unreadable";

/// Puts each answer before somebody who was seen ready a second ago and before somebody new.
async fn assert_answers(platform: &Platform, cases: &[(&str, Answer, [&str; 2])]) {
    for (position, _) in cases.iter().enumerate() {
        let known = platform.visitor(&format!("known-{position}"));
        assert_eq!(outcome(&known).await, LET_IN);
    }
    tokio::time::sleep(Duration::from_millis(1100)).await;
    for (position, (name, answer, [known, new])) in cases.iter().enumerate() {
        platform.control_plane.answers(answer.clone());
        let visitors = ["known", "new"].map(|who| platform.visitor(&format!("{who}-{position}")));
        assert_eq!(outcome(&visitors[0]).await, *known, "{name}: known");
        assert_eq!(outcome(&visitors[1]).await, *new, "{name}: new");
        // Failures in a row would open the circuit, which is another promise (circuit.rs).
        platform.heal();
        let between = platform.visitor(&format!("between-{position}"));
        assert_eq!(outcome(&between).await, LET_IN, "after {name}");
        // Nothing of what was wrong was remembered.
        assert_eq!(outcome(&visitors[1]).await, LET_IN, "after {name}");
    }
}

#[tokio::test]
async fn a_control_plane_that_fails_costs_no_known_visitor_anything_and_gains_nobody() {
    let platform = platform().await;
    let app = &platform.app;
    let good = ready(app).to_string();
    let html = |status| Answer::Says(status, "content-type: text/html\r\n", good.clone());
    let location = "location: /canary\r\ncontent-type: application/json\r\n";
    let status = |status| Answer::json(status, &json!({}));
    let half = format!("{GOOD_HEAD}5\r\n{{\"iss\r\n");
    let promised = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n{good}"
    );
    let fails = [LET_IN, UNAVAILABLE];
    assert_answers(
        &platform,
        &[
            ("silence", Answer::Silence, fails),
            (
                "headers and no body",
                Answer::HalfOpen(GOOD_HEAD.to_owned()),
                fails,
            ),
            ("a body that stops", Answer::HalfOpen(half.clone()), fails),
            ("a body that breaks off", Answer::Broken(half), fails),
            (
                "a body shorter than promised",
                Answer::Broken(promised),
                fails,
            ),
            ("a body that drips", Answer::Drip, fails),
            ("100 MB", Answer::Huge, fails),
            ("no HTTP", Answer::Broken("hello\r\n\r\n".to_owned()), fails),
            ("500", status(500), fails),
            ("502", status(502), fails),
            ("503", status(503), fails),
            ("429", status(429), fails),
            ("204", status(204), fails),
            ("418", status(418), fails),
            ("401: our credential", status(401), fails),
            ("403: our credential", status(403), fails),
            ("HTML with 200", html(200), fails),
            ("HTML with 404", html(404), fails),
            ("301", Answer::Says(301, location, good.clone()), fails),
            ("302", Answer::Says(302, location, good.clone()), fails),
            ("307", Answer::Says(307, location, good.clone()), fails),
        ],
    )
    .await;
    let heads = platform.control_plane.heads();
    assert!(
        heads.iter().all(|head| !head.contains("canary")),
        "a redirect was followed"
    );
    let logs = platform.world.gate.logs();
    let alarm = logs
        .iter()
        .find(|line| line.contains("authority_refuses_our_credential"));
    assert!(
        alarm.unwrap().contains("USHER_CONTROL_PLANE_SECRET"),
        "{alarm:?}"
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_trusted_lets_nobody_in_and_is_not_remembered() {
    let platform = platform().await;
    let good = ready(&platform.app);
    let with = |pointer: &str, value: Value| {
        let mut changed = good.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap()[name] = value;
        Answer::json(200, &changed)
    };
    let text = |text: String| Answer::Says(200, "content-type: application/json\r\n", text);
    let good_text = good.to_string();
    let twice = good_text.replace("\"version\":5", "\"version\":5,\"version\":5");
    assert_ne!(twice, good_text);
    let refused = [UNREADABLE; 2];
    assert_answers(
        &platform,
        &[
            (
                "truncated",
                text(good_text.trim_end_matches('}').to_owned()),
                refused,
            ),
            ("a member twice", text(twice), refused),
            ("no JSON", text("<html>".to_owned()), refused),
            ("a list", Answer::json(200, &json!([good])), refused),
            ("an empty object", Answer::json(200, &json!({})), refused),
            (
                "an unknown status",
                with("/instance/status", json!("running")),
                refused,
            ),
            (
                "an unknown membership",
                with("/membership", json!("admin")),
                refused,
            ),
            ("an unknown role", with("/role", json!("root")), refused),
            ("somebody else", with("/subject", json!("eve")), refused),
            (
                "another issuer",
                with("/issuer", json!("https://eve.example")),
                refused,
            ),
            (
                "another host",
                with("/instance/url", json!("https://eve.example")),
                refused,
            ),
            ("a wrong type", with("/version", json!("5")), refused),
            (
                "half an instance",
                with("/instance/id", Value::Null),
                refused,
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_right_answer_is_obeyed() {
    let platform = platform().await;
    let at = |status: &str| {
        let mut standing = ready(&platform.app);
        standing["instance"]["status"] = json!(status);
        standing["instance"]["since"] = json!(unix_seconds());
        standing["version"] = json!(6);
        Answer::json(200, &standing)
    };
    let mut invited = ready(&platform.app);
    invited["membership"] = json!("needs_invitation");
    invited["version"] = json!(6);
    let both = |reason| [reason, reason];
    let cases = [
        (
            "404",
            Answer::json(404, &json!({ "detail": "nobody" })),
            both("no_instance"),
        ),
        ("suspended", at("suspended"), both("instance_suspended")),
        ("active", at("active"), both("instance_active")),
        (
            "provisioning",
            at("provisioning"),
            both("instance_provisioning"),
        ),
        (
            "invitation",
            Answer::json(200, &invited),
            both("invitation_required"),
        ),
    ];
    for (position, (name, answer, [known, new])) in cases.iter().enumerate() {
        platform.heal();
        let visitors = ["known", "new"].map(|who| platform.visitor(&format!("{who}-{position}")));
        assert_eq!(outcome(&visitors[0]).await, LET_IN);
        tokio::time::sleep(Duration::from_millis(1100)).await;
        platform.control_plane.answers(answer.clone());
        assert_eq!(outcome(&visitors[0]).await, *known, "{name}: known");
        assert_eq!(outcome(&visitors[1]).await, *new, "{name}: new");
    }
}

#[tokio::test]
async fn what_goes_to_the_control_plane_is_signed_and_holds_nothing_of_the_visitors_request() {
    let platform = platform().await;
    // Characters that addresses spell in more than one way.
    let subject = "auth0|o'brien +&=%2F/../ü";
    let token = token(&platform.world, subject);
    let visitor = visitor(&platform.world, subject)
        .with(COOKIE, "canary=1")
        .with(HeaderName::from_static("x-canary"), "1")
        .with(HeaderName::from_static("usher-signature"), "t=1,v1=canary");
    let response = visitor.get("/canary?canary").await;
    assert_eq!(said(&response), LET_IN);
    let [head] = &platform.control_plane.heads()[..] else {
        panic!("asked once")
    };
    assert!(!head.contains("canary") && !head.contains(&token), "{head}");
    assert!(!head.to_ascii_lowercase().contains("\r\ncookie:"), "{head}");

    let target = head.split(' ').nth(1).unwrap();
    assert!(head.starts_with("GET /api/standings?iss="), "{head}");
    let line = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("usher-signature")
            .then_some(value)
    });
    let call = SignedCall {
        method: "GET",
        target,
        body: b"",
    };
    let now = Moment::from_unix_seconds(unix_seconds());
    assert!(call.verify(line.unwrap(), [NEW], now).is_ok(), "{head}");
}

#[tokio::test]
async fn a_control_plane_that_fails_every_other_time_never_makes_a_visitor_come_and_go() {
    let platform = platform().await;
    let visitor = platform.visitor("guy");
    assert_eq!(outcome(&visitor).await, LET_IN);
    let both = [
        Answer::json(200, &ready(&platform.app)),
        Answer::json(500, &json!({})),
    ];
    platform
        .control_plane
        .answers(Answer::Flaps(Box::new(both)));
    for _ in 0..30 {
        assert_eq!(outcome(&visitor).await, LET_IN);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(platform.control_plane.asked() > 2);
}

#[tokio::test]
async fn a_control_plane_that_is_gone_is_an_outage_and_no_answer() {
    let platform = platform().await;
    let known = platform.visitor("guy");
    assert_eq!(outcome(&known).await, LET_IN);
    platform.control_plane.refuse();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(outcome(&known).await, LET_IN);
    assert_eq!(outcome(&platform.visitor("eve")).await, UNAVAILABLE);
}
