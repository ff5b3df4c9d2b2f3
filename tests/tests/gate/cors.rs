//! Scripts of other origins call the apps where the operator has listed them, with a token of their own and never with a cookie.

use reqwest::{Method, Response};
use serde_json::json;
use stage::KeepAt;
use tests::Visitor;

use crate::cast::{IN, account, header, person, program, seen, world, world_with};

const LISTED: &str = "https://dashboard.example.com";

async fn preflight(visitor: &Visitor, path: &str, origin: &str) -> Response {
    let request = visitor
        .request(Method::OPTIONS, path)
        .header("origin", origin);
    let request = request
        .header("access-control-request-method", "PUT")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    visitor.send(request).await
}

#[tokio::test]
async fn a_listed_origin_is_given_permission_without_a_way_to_the_app() {
    let world = world_with(json!({ "USHER_CORS_ORIGINS": [LISTED] })).await;
    let answer = preflight(&world.api(), "/echo", LISTED).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(header(&answer, "access-control-allow-origin"), LISTED);
    assert_eq!(header(&answer, "access-control-allow-methods"), "PUT");
    assert_eq!(
        header(&answer, "access-control-allow-headers"),
        "authorization,content-type"
    );
    assert_eq!(header(&answer, "access-control-allow-credentials"), "");
    assert_eq!(header(&answer, "usher-response"), "gate");
    for origin in [
        "null",
        "https://dashboard.example.com.evil.example",
        "http://dashboard.example.com",
    ] {
        let answer = preflight(&world.api(), "/echo", origin).await;
        assert_eq!(
            header(&answer, "access-control-allow-origin"),
            "",
            "{origin}"
        );
        assert_eq!(header(&answer, "usher-reason"), "cross_site_request");
    }
}

#[tokio::test]
async fn a_script_of_a_listed_origin_reads_why_it_was_refused_and_is_in_with_a_token() {
    let world = world_with(json!({ "USHER_CORS_ORIGINS": [LISTED] })).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let origin = reqwest::header::ORIGIN;
    let refused = world.api().with(origin.clone(), LISTED).get("/echo").await;
    assert_eq!(refused.status(), 401);
    assert_eq!(header(&refused, "access-control-allow-origin"), LISTED);
    assert!(header(&refused, "access-control-expose-headers").contains("Usher-Reason"));
    let caller = program(&world, &guy).with(origin.clone(), LISTED);
    let request = caller.request(Method::PUT, "/echo").body("x");
    assert_eq!(seen(caller.send(request).await).await, IN);
    // The cookie of the visitor's own browser is still nobody else's to use.
    let browser = person(&world, &guy).with(origin, LISTED);
    let request = browser
        .request(Method::PUT, "/echo")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(
        seen(browser.send(request).await).await,
        "cross_site_request"
    );
}

#[tokio::test]
async fn without_a_list_no_other_origin_is_told_anything() {
    let world = world().await;
    let answer = preflight(&world.api(), "/echo", LISTED).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), "");
    let refused = world
        .api()
        .with(reqwest::header::ORIGIN, LISTED)
        .get("/echo")
        .await;
    assert_eq!(header(&refused, "access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_script_of_the_log_in_page_gets_the_cookie_from_another_origin() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let login = world.stage.addresses().identity.clone();
    let answer = preflight(&world.api(), "/.usher/session", &login).await;
    assert_eq!(answer.status(), 204);
    assert_eq!(header(&answer, "access-control-allow-credentials"), "true");
    let foreign = preflight(&world.api(), "/.usher/session", LISTED).await;
    assert_eq!(header(&foreign, "access-control-allow-origin"), "");
    let program = world.api();
    let request = program
        .request(Method::POST, "/.usher/session")
        .header("origin", &login);
    let body = json!({ "token": world.stage.access_token(&guy) });
    let answer = program.send(request.json(&body)).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), login);
    assert_eq!(header(&answer, "access-control-allow-credentials"), "true");
    assert!(!header(&answer, "set-cookie").is_empty());
}
