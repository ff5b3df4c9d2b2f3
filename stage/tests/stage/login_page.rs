//! The log-in page hands a token to the connected gate and to nobody else.

use reqwest::{Method, RequestBuilder};
use stage::KeepAt;
use url::form_urlencoded::Serializer;

use crate::world::{EMAIL, PASSWORD, World, page};

#[tokio::test]
async fn a_form_is_shown_to_whom_the_gate_sends() {
    let world = World::start().await;
    let (status, html) = page(show(
        &world,
        &format!("{}/projects?a=1&b=\"", world.gate.url),
    ))
    .await;
    assert_eq!(status, 200);
    for part in [
        r#"<form method="post" action="/login">"#,
        r#"type="email" name="email""#,
        r#"type="password" name="password""#,
        "/projects?a=1&#38;b=&#34;\"",
    ] {
        assert!(html.contains(part), "{part} is not in {html}");
    }
}

#[tokio::test]
async fn the_right_password_hands_a_good_token_to_the_gate() {
    let world = World::start().await;
    world.account(KeepAt::Ready).await;
    let return_to = format!("{}/projects", world.gate.url);
    let (status, html) = page(submit(&world, PASSWORD, &return_to)).await;
    assert_eq!(status, 200);
    let form = format!(
        r#"<form method="post" action="{}/.usher/session">"#,
        world.gate.url
    );
    assert!(html.contains(&form), "{html}");
    assert_eq!(hidden(&html, "return_to"), return_to);
    assert_eq!(world.me(hidden(&html, "token")).await.0, 200);
}

#[tokio::test]
async fn a_wrong_password_shows_the_form_again_and_says_so() {
    let world = World::start().await;
    world.account(KeepAt::Ready).await;
    let (status, html) = page(submit(&world, "<wrong>", &world.gate.url)).await;
    assert_eq!(status, 401);
    assert!(
        html.contains(r#"role="alert">Wrong e-mail address or password."#),
        "{html}"
    );
    assert!(html.contains(EMAIL));
    assert!(
        !html.contains("wrong>"),
        "a password is never shown: {html}"
    );
    assert_eq!(hidden(&html, "return_to"), world.gate.url);
}

#[tokio::test]
async fn a_foreign_return_address_gets_neither_a_form_nor_a_token() {
    let world = World::start().await;
    world.account(KeepAt::Ready).await;
    let gate = &world.gate.url;
    for foreign in [
        "",
        "/projects",
        "https://evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        &format!("{gate}.evil.example/"),
        &format!("{gate}@evil.example/"),
        &format!("https://evil.example/?{gate}/"),
        &format!("{gate}0/"),
        &gate.replace("http:", "https:"),
        &gate.replace("127.0.0.1", "localhost"),
    ] {
        for request in [show(&world, foreign), submit(&world, PASSWORD, foreign)] {
            let (status, text) = page(request).await;
            assert_eq!(status, 400, "{foreign}");
            assert!(text.contains("not our gate's"), "{foreign}: {text}");
        }
    }
    assert_eq!(page(world.call(Method::GET, "/login")).await.0, 400);
    assert_eq!(world.rows("refresh_tokens"), 0);
}

#[tokio::test]
async fn a_gate_connected_with_a_slash_at_the_end_is_the_same_gate() {
    let world = World::start().await;
    let mut link = world.gate.link();
    link.url.push('/');
    world.stage.connect_gate(link);
    assert_eq!(page(show(&world, &world.gate.url)).await.0, 200);
    world.account(KeepAt::Provisioning).await;
    assert_eq!(world.gate.calls()[0].target, "/.usher/admin/v1/standings");
}

fn show(world: &World, return_to: &str) -> RequestBuilder {
    let query = encoded(&[("return_to", return_to)]);
    world.call(Method::GET, &format!("/login?{query}"))
}

fn submit(world: &World, password: &str, return_to: &str) -> RequestBuilder {
    let form = [
        ("email", EMAIL),
        ("password", password),
        ("return_to", return_to),
    ];
    world
        .call(Method::POST, "/login")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(encoded(&form))
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The value of a hidden field.
fn hidden<'h>(html: &'h str, name: &str) -> &'h str {
    let start = format!(r#"<input type="hidden" name="{name}" value=""#);
    let (_, rest) = html.split_once(&start).unwrap();
    rest.split_once('"').unwrap().0
}
