//! Apps that dawdle, break off, are gone for a moment, or say more than is good for their visitor.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tests::{Visitor, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::cast::{guy_with, header, told, world_with};

/// What an app does with a connection.
#[derive(Clone)]
enum Does {
    /// Answers with these bytes, and ends.
    Says(String),
    /// Ends without an answer.
    BreaksOff,
    /// Never answers.
    Dawdles,
    /// Answers with headers at once, and with a body after this time.
    Streams(Duration),
}

/// An app that does these things, one a connection, and then the last again and again; and how many connections it had.
async fn app(does: Vec<Does>) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let number = counted.fetch_add(1, Ordering::SeqCst);
            let does = does[number.min(does.len() - 1)].clone();
            tokio::spawn(async move {
                let mut head = [0; 8192];
                let _read = stream.read(&mut head).await;
                match does {
                    Does::BreaksOff => {}
                    Does::Dawdles => std::future::pending().await,
                    Does::Says(answer) => {
                        let _sent = stream.write_all(answer.as_bytes()).await;
                    }
                    Does::Streams(after) => {
                        let head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
                        let _sent = stream.write_all(head.as_bytes()).await;
                        tokio::time::sleep(after).await;
                        let _sent = stream.write_all(b"late").await;
                    }
                }
            });
        }
    });
    (origin, count)
}

/// A gate whose one visitor's instance is this app.
async fn before(app: &str, vars: Value) -> (World, Visitor) {
    let world = world_with(vars).await;
    let token = guy_with(&world, app).await;
    let visitor = world.api().with_bearer(&token);
    (world, visitor)
}

fn ok(headers: &str) -> Does {
    Does::Says(format!(
        "HTTP/1.1 200 OK\r\n{headers}Content-Length: 2\r\nConnection: close\r\n\r\nok"
    ))
}

async fn post(visitor: &Visitor) -> Response {
    visitor
        .send(visitor.request(Method::POST, "/").body("order"))
        .await
}

#[tokio::test]
async fn an_app_that_breaks_off_is_asked_once_more_for_what_changes_nothing() {
    let (origin, count) = app(vec![Does::BreaksOff, ok("")]).await;
    let (_world, visitor) = before(&origin, json!({})).await;
    let answer = visitor.get("/").await;
    assert_eq!(answer.status(), 200);
    assert_eq!(count.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn what_might_be_done_twice_is_never_sent_twice() {
    let (origin, count) = app(vec![Does::BreaksOff, ok("")]).await;
    let (_world, visitor) = before(&origin, json!({})).await;
    let (status, reason, _) = told(post(&visitor).await).await;
    assert_eq!((status, reason.as_str()), (502, "instance_unreachable"));
    assert_eq!(count.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_app_that_dawdles_is_said_to_and_a_slow_body_is_not() {
    let (origin, count) = app(vec![Does::Dawdles]).await;
    let (_world, visitor) = before(&origin, json!({ "USHER_INSTANCE_SECONDS": 1 })).await;
    for _either in 0..2 {
        let (status, reason, _) = told(visitor.get("/").await).await;
        assert_eq!((status, reason.as_str()), (504, "instance_timed_out"));
    }
    assert_eq!(
        count.load(Ordering::SeqCst),
        2,
        "a late answer may have done something"
    );

    let (origin, _) = app(vec![Does::Streams(Duration::from_secs(3))]).await;
    let (_world, visitor) = before(&origin, json!({ "USHER_INSTANCE_SECONDS": 1 })).await;
    assert_eq!(visitor.get("/").await.text().await.unwrap(), "late");
}

#[tokio::test]
async fn nobody_on_the_way_may_keep_what_a_visitor_is_shown() {
    for (said, passed) in [
        ("", "private"),
        (
            "Cache-Control: public, max-age=60\r\n",
            "private, max-age=60",
        ),
        (
            "Cache-Control: max-age=60, s-maxage=600\r\nCDN-Cache-Control: max-age=600\r\n",
            "private, max-age=60",
        ),
        (
            "Cache-Control: private=\"set-cookie\", max-age=60\r\n",
            "private, max-age=60",
        ),
        ("Cache-Control: no-store\r\n", "no-store"),
        (
            "Cache-Control: PRIVATE, max-age=1\r\n",
            "PRIVATE, max-age=1",
        ),
    ] {
        let (origin, _) = app(vec![ok(said)]).await;
        let (_world, visitor) = before(&origin, json!({})).await;
        let answer = visitor.get("/x.css").await;
        assert_eq!(header(&answer, "cache-control"), passed, "{said}");
        assert_eq!(header(&answer, "cdn-cache-control"), "");
        assert_eq!(answer.text().await.unwrap(), "ok");
    }
}

/// An app that redirects to this address, in which `OWN` is its own origin.
async fn redirecting(location: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let location = location.replace("OWN", &origin);
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = [0; 8192];
            let _read = stream.read(&mut head).await;
            let _sent = stream.write_all(answer.as_bytes()).await;
        }
    });
    origin
}

#[tokio::test]
async fn a_redirect_to_the_apps_own_address_stays_at_the_gate_and_any_other_is_the_apps() {
    for (location, passed) in [
        ("OWN/login?next=%2F", "GATE/login?next=%2F"),
        ("OWN", "GATE"),
        ("OWN?a", "GATE?a"),
        ("OWN0/elsewhere", "OWN0/elsewhere"),
        ("OWN.evil.example/", "OWN.evil.example/"),
        ("https://elsewhere.example/", "https://elsewhere.example/"),
        ("/relative", "/relative"),
    ] {
        let origin = redirecting(location).await;
        let (world, visitor) = before(&origin, json!({})).await;
        let answer = visitor.get("/").await;
        let passed = passed
            .replace("OWN", &origin)
            .replace("GATE", &world.gate.url);
        assert_eq!(header(&answer, "location"), passed);
    }
}

#[tokio::test]
async fn no_app_sets_a_cookie_for_its_neighbours() {
    let cookies = "Set-Cookie: own=1; Path=/\r\nSet-Cookie: own2=2; Domain=127.0.0.1\r\nSet-Cookie: all=3; Domain=.example.com\r\n\
                   Set-Cookie: all2=4; domain = EXAMPLE.com ; Secure\r\nSet-Cookie: all3=5; Domain=127.0.0.1; Domain=example.com\r\n\
                   Set-Cookie: own3=6; Domain=\r\n";
    let (origin, _) = app(vec![ok(cookies)]).await;
    let (_world, visitor) = before(&origin, json!({})).await;
    let answer = visitor.get("/").await;
    let kept: Vec<_> = answer
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned())
        .collect();
    assert_eq!(kept, ["own=1", "own2=2", "own3=6"]);
}
