//! A visitor reaches their instance as if the gate were not there, and nothing they send is taken for the gate's word.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header::HeaderName;
use serde_json::{Value, json};
use stage::{Account, KeepAt};
use tests::{Visitor, World};

use crate::cast::{account, app, header, program, raw, told, world, world_with};

async fn ready() -> (World, Account, Visitor) {
    let world = world().await;
    let account = account(&world, "ready", KeepAt::Ready).await;
    let visitor = program(&world, &account);
    (world, account, visitor)
}

/// The values of a header that reached the app.
fn reached(echo: &Value, name: &str) -> Vec<String> {
    let headers = echo["headers"].as_array().unwrap().iter();
    let matching = headers.filter(|header| header[0] == json!(name));
    matching
        .map(|header| header[1].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn method_path_query_and_body_arrive_as_they_were_sent() {
    let (_world, _account, visitor) = ready().await;
    for method in [
        Method::GET,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
    ] {
        let target = "/echo/a%20b/%2e%2Fc?x=%20&x=2&empty=&%C3%BC";
        let body = if method == Method::GET {
            String::new()
        } else {
            "the body".repeat(1000)
        };
        let request = visitor.request(method.clone(), target).body(body.clone());
        let echo = app(visitor.send(request).await).await;
        assert_eq!(
            (&echo["method"], &echo["target"]),
            (&json!(method.as_str()), &json!(target))
        );
        assert_eq!(echo["body_bytes"], json!(body.len()));
    }
}

#[tokio::test]
async fn the_app_is_told_who_is_there_and_never_gets_the_credential() {
    let (world, account, visitor) = ready().await;
    let echo = app(visitor.get("/echo").await).await;
    assert_eq!(reached(&echo, "usher-user").concat(), account.subject);
    assert_eq!(reached(&echo, "usher-email").concat(), account.email);
    assert_eq!(reached(&echo, "usher-role"), ["member"]);
    assert_eq!(reached(&echo, "authorization"), [""; 0]);

    let cookies = format!(
        "theme=dark; {}={}; lang=de",
        tests::world::COOKIE,
        world.stage.access_token(&account)
    );
    let visitor = world.api().with(reqwest::header::COOKIE, &cookies);
    assert_eq!(
        reached(&app(visitor.get("/echo").await).await, "cookie"),
        ["theme=dark; lang=de"]
    );
}

#[tokio::test]
async fn the_app_is_told_at_which_host_and_how_the_visitor_came_and_by_nobody_else() {
    let (world, _account, visitor) = ready().await;
    let forged = [
        ("X-Forwarded-Host", "evil.example"),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Forwarded-For", "6.6.6.6"),
        ("X-Forwarded-Prefix", "/admin"),
        ("Forwarded", "host=evil.example"),
        ("X-Real-IP", "6.6.6.6"),
    ];
    let mut request = visitor.request(Method::GET, "/echo");
    for (name, value) in forged {
        request = request.header(name, value);
    }
    let echo = app(visitor.send(request).await).await;
    let host = world.gate.url.strip_prefix("http://").unwrap();
    assert_eq!(reached(&echo, "x-forwarded-host"), [host]);
    assert_eq!(reached(&echo, "x-forwarded-proto"), ["http"]);
    let all = echo.to_string();
    assert!(
        !all.contains("evil") && !all.contains("6.6.6.6") && !all.contains("/admin"),
        "{all}"
    );
}

#[tokio::test]
async fn no_spelling_of_our_headers_survives_from_a_client() {
    let (_world, account, visitor) = ready().await;
    for name in [
        "Usher-User",
        "USHER-USER",
        "usher_user",
        "Usher_User",
        "usher.user",
        "usher~user",
        "usher-org",
        "usher_org",
        "x-usher-user",
        "x-user-id",
        "X_User_Id",
        "x-forwarded-user",
        "x_forwarded_email",
        "x-forwarded-host",
        "x-forwarded-prefix",
        "forwarded",
        "x-real-ip",
        "remote-user",
        "remote_user",
        "x-original-url",
        "x-rewrite-url",
        "cf-access-jwt-assertion",
        "fly-force-instance-id",
        "true-client-ip",
        "x-auth-request-email",
    ] {
        let header = HeaderName::from_bytes(name.as_bytes()).unwrap();
        let echo = app(visitor.clone().with(header, "admin").get("/echo").await).await;
        let values = echo["headers"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|header| header[1] == json!("admin"));
        assert_eq!(values.count(), 0, "{name} reached the app: {echo}");
        assert_eq!(
            reached(&echo, "usher-user").concat(),
            account.subject,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_hop_by_hop_header_cannot_make_our_word_disappear() {
    let (_world, account, visitor) = ready().await;
    let visitor = visitor.with(
        HeaderName::from_static("connection"),
        "keep-alive, usher-user, usher-email",
    );
    let response = visitor.get("/echo").await;
    if response.status() == 200 {
        assert_eq!(
            reached(&app(response).await, "usher-user"),
            [account.subject]
        );
    } else {
        assert_eq!(response.status(), 400);
    }
}

#[tokio::test]
async fn chunks_arrive_one_by_one() {
    let (_world, _account, visitor) = ready().await;
    let started = Instant::now();
    let mut response = visitor.get("/stream").await;
    let mut arrivals = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        arrivals.extend(
            String::from_utf8_lossy(&chunk)
                .lines()
                .map(|_| started.elapsed()),
        );
    }
    assert_eq!(arrivals.len(), 5);
    // The app takes 400 ms for all of them; buffered, they would come together.
    assert!(
        arrivals[4] > arrivals[0] + Duration::from_millis(200),
        "{arrivals:?}"
    );
}

#[tokio::test]
async fn a_large_upload_arrives_whole() {
    let (_world, _account, visitor) = ready().await;
    let bytes = 24 * 1024 * 1024;
    let request = visitor
        .request(Method::POST, "/upload")
        .body(vec![7_u8; bytes]);
    assert_eq!(
        app(visitor.send(request).await).await["bytes"],
        json!(bytes)
    );
}

#[tokio::test]
async fn redirects_and_errors_of_the_app_are_the_apps() {
    let (_world, _account, visitor) = ready().await;
    let response = visitor.get("/redirect").await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "location")),
        (302, "/landed")
    );
    for code in [204, 304, 403, 404, 500, 503] {
        let response = visitor.get(&format!("/status/{code}")).await;
        assert_eq!(
            (
                response.status().as_u16(),
                header(&response, "usher-response")
            ),
            (code, "")
        );
    }
}

#[tokio::test]
async fn an_app_can_neither_replace_our_cookie_nor_speak_as_us() {
    let (_world, _account, visitor) = ready().await;
    let response = visitor
        .get(&format!(
            "/cookies?set={}%3Devil%3B%20Path%3D/",
            tests::world::COOKIE
        ))
        .await;
    let cookies: Vec<_> = response
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert_eq!(cookies, ["a=1", "b=2"]);
    let nameless = format!("/cookies?set=%3D{}%3Devil", tests::world::COOKIE);
    let response = visitor.get(&nameless).await;
    assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
    assert_eq!(header(&response, "usher-response"), "");
}

#[tokio::test]
async fn an_app_that_is_gone_is_said_to_be_gone() {
    let (world, account, visitor) = ready().await;
    app(visitor.get("/").await).await;
    let statement = "UPDATE instances SET url = 'http://127.0.0.1:9', version = version + 1";
    world.gate.d1(statement, &[]).await.unwrap();
    let path = format!("instances/{}/status", account.instance.unwrap().id);
    // A change through the gate makes it look at the registry anew.
    crate::cast::operate(&world, Method::PUT, &path, json!({ "status": "suspended" })).await;
    crate::cast::operate(&world, Method::PUT, &path, json!({ "status": "ready" })).await;
    // It may only be starting, so who just looks may wait for it; what was sent is lost.
    let answer = visitor.get("/").await;
    assert_eq!(header(&answer, "retry-after"), "2");
    let (status, reason, _) = told(answer).await;
    assert_eq!((status, reason.as_str()), (503, "instance_waking"));
    let sent = visitor
        .send(visitor.request(Method::POST, "/").body("order"))
        .await;
    let (status, reason, _) = told(sent).await;
    assert_eq!((status, reason.as_str()), (502, "instance_unreachable"));
}

#[tokio::test]
async fn another_site_cannot_change_anything_with_the_cookie() {
    let (world, account, _visitor) = ready().await;
    let visitor = world
        .api()
        .with_cookie(tests::world::COOKIE, &world.stage.access_token(&account));
    let post = |origin: &str| {
        visitor.send(
            visitor
                .request(Method::POST, "/echo")
                .header("origin", origin),
        )
    };
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        assert_eq!(
            told(post(origin).await).await.1,
            "cross_site_request",
            "{origin}"
        );
    }
    app(post(&world.gate.url).await).await;
}

#[tokio::test]
async fn a_path_that_climbs_is_refused_and_opens_nothing() {
    let world = world_with(json!({ "USHER_SUSPENDED_PATHS": ["/billing"] })).await;
    let account = account(&world, "guy", KeepAt::Suspended).await;
    let bearer = format!(
        "Authorization: Bearer {}",
        world.stage.access_token(&account)
    );
    let (status, _) = raw(
        &world,
        &format!("GET /billing/invoices HTTP/1.1\r\n{bearer}"),
    )
    .await;
    assert_eq!(status, 200);
    let (status, _) = raw(&world, &format!("GET /admin HTTP/1.1\r\n{bearer}")).await;
    assert_eq!(status, 403);
    for target in [
        "/billing/../admin",
        "/billing/%2e%2e/admin",
        "/billing/.%2E/admin",
        "/x/../.usher/health",
        "/a\\b",
    ] {
        let (status, answer) = raw(&world, &format!("GET {target} HTTP/1.1\r\n{bearer}")).await;
        assert_eq!(status, 400, "{target}: {answer}");
        assert!(answer.contains("path_ambiguous"), "{target}: {answer}");
    }
}

#[tokio::test]
async fn two_cookie_fields_never_carry_the_token_to_the_app() {
    let (world, account, _visitor) = ready().await;
    let token = world.stage.access_token(&account);
    let cookies = format!("Cookie: a=1\r\nCookie: {}={token}", tests::world::COOKIE);
    for head in [
        format!("GET /echo HTTP/1.1\r\n{cookies}"),
        format!("GET /echo HTTP/1.1\r\nAuthorization: Bearer {token}\r\n{cookies}"),
    ] {
        let (status, answer) = raw(&world, &head).await;
        assert_eq!(status, 400, "{answer}");
        assert!(answer.contains("credential_ambiguous"), "{answer}");
    }
}

#[tokio::test]
async fn a_socket_is_not_opened_with_the_cookie_for_another_site() {
    let (world, account, _visitor) = ready().await;
    let cookie = format!(
        "Cookie: {}={}",
        tests::world::COOKIE,
        world.stage.access_token(&account)
    );
    let upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    for origin in ["Origin: https://evil.example\r\n", "Origin: null\r\n", ""] {
        let (status, answer) = raw(
            &world,
            &format!("GET /ws HTTP/1.1\r\n{origin}{cookie}\r\n{upgrade}"),
        )
        .await;
        assert_eq!(status, 403, "{answer}");
    }
}

#[tokio::test]
async fn a_form_of_a_page_that_hides_its_origin_is_not_another_sites() {
    let (world, account, _visitor) = ready().await;
    let visitor = world
        .api()
        .with_cookie(tests::world::COOKIE, &world.stage.access_token(&account));
    let post = |site: &str| {
        let request = visitor.request(Method::POST, "/echo");
        visitor.send(
            request
                .header("origin", "null")
                .header("sec-fetch-site", site),
        )
    };
    app(post("same-origin").await).await;
    for site in ["cross-site", "same-site"] {
        assert_eq!(
            told(post(site).await).await.1,
            "cross_site_request",
            "{site}"
        );
    }
}

#[tokio::test]
async fn what_would_answer_with_the_credential_is_refused() {
    let (world, account, _visitor) = ready().await;
    let bearer = format!(
        "Authorization: Bearer {}",
        world.stage.access_token(&account)
    );
    let (status, answer) = raw(&world, &format!("TRACE /echo HTTP/1.1\r\n{bearer}")).await;
    assert!(matches!(status, 400 | 405 | 501), "{answer}");
}
