//! A user's app shows what reached it, and has an address for each way an answer can look.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use stage::KeepAt;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{World, answer, header, page};

#[tokio::test]
async fn a_person_sees_escaped_whom_the_gate_says_they_are() {
    let world = World::start().await;
    let request = world.client.get(world.app().await);
    let request = request
        .header("accept", "text/html,*/*;q=0.8")
        .header("usher-user", "<script>alert(1)</script>")
        .header("usher-email", "\"guy\" & co <guy@visitors.example>")
        .header("x-user-id", "admin");
    let (status, html) = page(request).await;
    assert_eq!(status, 200);
    assert!(
        !html.contains("<script>") && !html.contains("<guy@"),
        "{html}"
    );
    assert!(
        !html.contains("admin"),
        "only the gate's words count: {html}"
    );
    for part in [
        "usher-user",
        "&#60;script&#62;alert(1)",
        "&#34;guy&#34; &#38; co",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[tokio::test]
async fn a_program_reads_whom_the_gate_says_they_are() {
    let world = World::start().await;
    let instance = world.account(KeepAt::Ready).await.instance.unwrap();
    let request = world.client.get(format!("{}/landed", instance.url));
    let request = request
        .header("usher-user", "u-1")
        .header("usher-org", "Acme <Ltd>")
        .header("usher-role", "member");
    let said = json!({
        "instance": instance.id, "usher-user": "u-1", "usher-org": "Acme <Ltd>", "usher-role": "member",
    });
    assert_eq!(answer(request).await, (200, said));
}

/// Sent by hand, because a good client tidies a request up.
#[tokio::test]
async fn an_echo_is_exactly_what_came() {
    let world = World::start().await;
    let app = world.app().await;
    let authority = app.strip_prefix("http://").unwrap();
    for target in [
        "/echo",
        "/echo/",
        "/echo?",
        "/echo/a%2Fb/../c//d?x=%20&&y=%zz+",
    ] {
        let request = format!(
            "PURGE {target} HTTP/1.1\r\nHost: {authority}\r\nX-B: 1\r\nX-A: 2\r\nX-A: 3\r\n\
             Content-Length: 5\r\nConnection: close\r\n\r\nhello"
        );
        let expected = json!({
            "method": "PURGE",
            "target": target,
            "headers": [
                ["host", authority], ["x-b", "1"], ["x-a", "2"], ["x-a", "3"], ["content-length", "5"],
                ["connection", "close"],
            ],
            "body_bytes": 5,
            "body": "hello",
        });
        assert_eq!(sent_by_hand(authority, &request).await, expected);
    }
}

#[tokio::test]
async fn an_echo_counts_a_long_body_and_shows_its_beginning() {
    let world = World::start().await;
    let request = world.client.post(format!("{}/echo", world.app().await));
    let (status, echo) = answer(request.body("x".repeat(5000))).await;
    assert_eq!((status, &echo["body_bytes"]), (200, &json!(5000)));
    assert_eq!(echo["body"], "x".repeat(4096));
}

#[tokio::test]
async fn a_stream_comes_chunk_by_chunk() {
    let world = World::start().await;
    let request = world.client.get(format!("{}/stream", world.app().await));
    let mut response = request.send().await.unwrap();
    let mut text = Vec::from(response.chunk().await.unwrap().unwrap());
    assert_eq!(text, b"chunk 1\n");
    let since_first = Instant::now();
    while let Some(chunk) = response.chunk().await.unwrap() {
        text.extend_from_slice(&chunk);
    }
    assert_eq!(text, b"chunk 1\nchunk 2\nchunk 3\nchunk 4\nchunk 5\n");
    assert!(since_first.elapsed() > Duration::from_millis(300));
}

#[tokio::test]
async fn an_app_redirects_sets_cookies_and_answers_any_status() {
    let world = World::start().await;
    let app = world.app().await;
    let get = |path: &str| world.client.get(format!("{app}{path}")).send();

    let redirect = get("/redirect").await.unwrap();
    assert_eq!(redirect.status(), StatusCode::FOUND);
    assert_eq!(header(&redirect, "location"), "/landed");

    let cookies = get("/cookies?set=c%3D3%3B%20Path%3D%2F&other=x&set=d")
        .await
        .unwrap();
    let cookies: Vec<_> = cookies.headers().get_all("set-cookie").iter().collect();
    assert_eq!(cookies, ["a=1", "b=2", "c=3; Path=/", "d"]);

    for code in [200, 204, 404, 503] {
        assert_eq!(
            get(&format!("/status/{code}")).await.unwrap().status(),
            code
        );
    }
}

#[tokio::test]
async fn an_upload_is_counted_to_the_last_byte() {
    let world = World::start().await;
    let request = world.client.post(format!("{}/upload", world.app().await));
    let bytes = 3 * 1024 * 1024 + 1;
    let counted = answer(request.body(vec![0; bytes])).await;
    assert_eq!(counted, (200, json!({ "bytes": bytes })));
}

async fn sent_by_hand(authority: &str, request: &str) -> Value {
    let mut connection = TcpStream::connect(authority).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    connection.read_to_string(&mut response).await.unwrap();
    let (_head, body) = response.split_once("\r\n\r\n").unwrap();
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no echo: {response}"))
}
