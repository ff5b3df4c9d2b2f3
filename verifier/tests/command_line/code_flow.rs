//! A log-in by OAuth's code flow (RFC 6749 section 4.1), as far as a program can go it: a form, redirects, a code in an address, a token.

use std::collections::HashMap;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde_json::json;

use crate::usher::{Ended, Usher};

/// How the server answers who is logged in and wants a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Answers {
    Code,
    /// With the token itself, in the fragment (RFC 6749 section 4.2).
    Token,
    /// It does not want to.
    Refusal,
    /// It asks for the password again.
    LogIn,
}

/// What a code may look like, and what it looks like in an address.
const CODE: &str = "canary/code+with=&signs é";
const CODE_IN_ADDRESS: &str = "canary%2Fcode%2Bwith%3D%26signs+%C3%A9";
const STATE: &str = "canary-state-of-the-client";

async fn start(answers: Answers) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new()
        .route("/", get(home))
        .route("/users", post(async || StatusCode::CREATED))
        .route(
            "/users/me",
            axum::routing::delete(async || StatusCode::NO_CONTENT),
        )
        .route("/log-in", post(log_in))
        .route("/authorize", get(authorize))
        .route("/token", post(token))
        .with_state(answers);
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn to(address: &str) -> Response {
    (StatusCode::FOUND, [("location", address)]).into_response()
}

async fn home(headers: HeaderMap) -> StatusCode {
    let shown = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    match shown {
        Some("Bearer canary-access-token") => StatusCode::OK,
        Some(_) | None => StatusCode::UNAUTHORIZED,
    }
}

async fn log_in() -> Response {
    let cookie = ("set-cookie", "canary-sid=canary-session; Path=/; HttpOnly");
    (StatusCode::SEE_OTHER, [cookie, ("location", "/authorize")]).into_response()
}

async fn authorize(
    State(answers): State<Answers>,
    Query(asked): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let cookie = headers.get("cookie").and_then(|value| value.to_str().ok());
    if cookie != Some("canary-sid=canary-session") {
        return to("/log-in");
    }
    let (back, state) = (&asked["redirect_uri"], &asked["state"]);
    match answers {
        Answers::Code => to(&format!("{back}?code={CODE_IN_ADDRESS}&state={state}")),
        Answers::Token => to(&format!(
            "{back}#access_token=canary%2Daccess-token&state={state}"
        )),
        Answers::Refusal => to(&format!(
            "{back}?error=access_denied&error_description=The+client+may+not.&state={state}"
        )),
        Answers::LogIn => to("/log-in?prompt=login"),
    }
}

async fn token(Form(asked): Form<HashMap<String, String>>) -> Response {
    if asked["code"] == CODE && asked["grant_type"] == "authorization_code" {
        Json(json!({ "access_token": "canary-access-token" })).into_response()
    } else {
        (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        )
            .into_response()
    }
}

const AUTHORIZE: &str = r#"[[log_in.before]]
method = "POST"
url = "{app}/log-in"
form = { email = "{email}", password = "{password}" }
status = [303]

[[log_in.before]]
url = "{app}/authorize?response_type=code&client_id=usher&redirect_uri={app}/callback&state=canary-state-of-the-client"
status = [302]
expect = [{ location = "query.state", equals = "canary-state-of-the-client" }]
capture = { code = { location = "query.code" } }

[log_in]
url = "{app}/token"
form = { grant_type = "authorization_code", code = "{code}", redirect_uri = "{app}/callback" }
token = "/access_token"
"#;

const IMPLICIT: &str = r#"[[log_in.before]]
method = "POST"
url = "{app}/log-in"
status = [303]

[log_in]
method = "GET"
url = "{app}/authorize?response_type=token&redirect_uri={app}/callback&state=s"
status = [302]
token = { location = "fragment.access_token" }
"#;

async fn verified(answers: Answers, log_in: &str, report: &str) -> Ended {
    let address = start(answers).await;
    let text = format!(
        "[target]\napp = \"{address}\"\n\n[register]\nurl = \"{{app}}/users\"\n\n{log_in}\n[remove_user]\nurl = \"{{app}}/users/me\"\n"
    );
    Usher::configured(&text).verify(&["--report", report]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_taken_from_the_address_decoded_and_changed_into_a_token() {
    let ended = verified(Answers::Code, AUTHORIZE, "json").await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_taken_from_the_fragment() {
    let ended = verified(Answers::Token, IMPLICIT, "json").await;
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    for secret in ["canary-access-token", "canary%2Daccess-token"] {
        assert!(!ended.stdout.contains(secret), "{}", ended.stdout);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_not_there_is_said_with_what_is_there_instead() {
    for (answers, said) in [
        (
            Answers::Refusal,
            "it says `access_denied`: The client may not.",
        ),
        (Answers::LogIn, "/log-in, with `prompt` there"),
        (
            Answers::Token,
            "nothing; it is in its fragment: `fragment.state`",
        ),
    ] {
        let ended = verified(answers, AUTHORIZE, "human").await;
        assert_eq!(ended.code, 1, "{}", ended.stdout);
        assert!(
            ended.report().contains(said),
            "{answers:?}: {}",
            ended.stdout
        );
        // Although nothing was captured.
        assert!(!ended.stdout.contains("access-token"), "{}", ended.stdout);
    }
    let without_state = AUTHORIZE.replace("expect = [{ location", "# expect = [{ location");
    let ended = verified(Answers::Token, &without_state, "human").await;
    let said = "the answer does not have `code` in the query of the location";
    assert!(ended.report().contains(said), "{}", ended.stdout);
}

/// In no form in which it stood anywhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_captured_code_is_in_no_report() {
    let refused = AUTHORIZE.replace("\"authorization_code\"", "\"password\"");
    for report in ["human", "json", "junit", "html"] {
        let ended = verified(Answers::Code, &refused, report).await;
        assert_eq!(ended.code, 1, "{}", ended.stdout);
        for secret in [CODE, CODE_IN_ADDRESS, "canary/code", "canary%2Fcode"] {
            assert!(!ended.stdout.contains(secret), "{report}: {}", ended.stdout);
        }
    }
    assert!(AUTHORIZE.contains(STATE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_is_none_is_a_mistake_with_what_was_expected() {
    let wrong = AUTHORIZE.replace("\"query.code\"", "\"code\"");
    let ended = verified(Answers::Code, &wrong, "human").await;
    assert_eq!(ended.code, 2, "{}", ended.stdout);
    let said = "expected a parameter of an address such as `query.code` or `fragment.access_token`, found `code`";
    assert!(ended.stderr.contains(said), "{}", ended.stderr);
}
