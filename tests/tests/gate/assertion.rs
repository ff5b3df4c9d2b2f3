//! What an app is told is signed for it alone, for a minute, with a key that it can find.

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::Method;
use serde_json::{Value, json};
use stage::{Account, KeepAt};
use tests::{Visitor, World, WorldOptions};

use crate::cast::{
    account, app, clock_at, header, lasting, operate, program, seen, unix_seconds, world,
    world_with,
};

/// RFC 7515 appendix A.3.1.
fn key(name: &str) -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "kid": name,
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    })
}

/// RFC 6979 appendix A.2.5.
fn other_key(name: &str) -> Value {
    json!({
        "kty": "EC", "crv": "P-256", "kid": name,
        "x": "YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y", "y": "eQP-EAi4vHmGkupVijKkr-ikU3LB0f6P6oc6kdeqKMk",
        "d": "ya-piQkxaIunyVs3xOk80Yan4fuFZmv7tDoqCXTX9iE",
    })
}

async fn signing(keys: Value) -> World {
    world_with(json!({ "USHER_ASSERTION_KEY": keys.to_string() })).await
}

/// The assertion that reaches the app with this visitor's request.
async fn told(visitor: &Visitor) -> Option<String> {
    let echo = app(visitor.get("/echo").await).await;
    let headers = echo["headers"].as_array().unwrap().clone();
    let mut assertions = headers
        .iter()
        .filter(|header| header[0] == json!("usher-assertion"));
    let assertion = assertions.next()?;
    assert!(assertions.next().is_none(), "{echo}");
    Some(assertion[1].as_str().unwrap().to_owned())
}

/// What the assertion says to an app that checks it as it should: with the gate's published keys, for itself.
async fn checked(world: &World, account: &Account, assertion: &str) -> (String, Value) {
    let keys: JwkSet = world
        .api()
        .get("/.usher/jwks.json")
        .await
        .json()
        .await
        .unwrap();
    let head = jsonwebtoken::decode_header(assertion).unwrap();
    assert_eq!(head.typ.as_deref(), Some("usher-assertion+jwt"));
    let name = head.kid.unwrap();
    let mut rules = Validation::new(Algorithm::ES256);
    rules.leeway = 0;
    rules.validate_nbf = true;
    rules.set_issuer(&[&world.gate.url]);
    rules.set_audience(&[&account.instance.as_ref().unwrap().id]);
    rules.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    let key = DecodingKey::from_jwk(keys.find(&name).unwrap()).unwrap();
    let token = jsonwebtoken::decode(assertion, &key, &rules).unwrap();
    (name, token.claims)
}

#[tokio::test]
async fn an_app_is_told_who_is_there_under_our_signature_for_a_minute() {
    let world = signing(key("a")).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let before = unix_seconds();
    let assertion = told(&program(&world, &guy)).await.unwrap();
    let (_, claims) = checked(&world, &guy, &assertion).await;
    assert_eq!(claims["sub"], json!(guy.subject));
    assert_eq!(
        claims["identity_issuer"],
        json!(world.stage.addresses().identity)
    );
    assert_eq!(claims["email"], json!(guy.email));
    assert_eq!(claims["role"], json!("member"));
    let time = |name: &str| claims[name].as_u64().unwrap();
    assert!((before..=unix_seconds()).contains(&time("iat")));
    assert_eq!(
        (time("exp"), time("nbf")),
        (time("iat") + 60, time("iat") - 30)
    );
}

#[tokio::test]
async fn whoever_sends_an_assertion_is_not_believed() {
    for world in [world().await, signing(key("a")).await] {
        let guy = account(&world, "guy", KeepAt::Ready).await;
        let known = told(&program(&world, &guy)).await;
        for name in ["Usher-Assertion", "usher_assertion", "USHER.ASSERTION"] {
            let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap();
            let forger = program(&world, &guy).with(name, "forged");
            let echo = app(forger.get("/echo").await).await;
            assert!(!echo.to_string().contains("forged"), "{echo}");
            assert_eq!(told(&forger).await.is_some(), known.is_some());
        }
    }
}

#[tokio::test]
async fn an_assertion_is_used_again_for_half_a_minute_and_never_after() {
    let options = WorldOptions {
        rigged: true,
        vars: json!({ "USHER_ASSERTION_KEY": key("a").to_string() })
            .as_object()
            .cloned()
            .unwrap(),
        ..WorldOptions::default()
    };
    let world = World::with(options)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    clock_at(&world, 0).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting(&world, &guy);
    let first = told(&visitor).await;
    clock_at(&world, 29).await;
    assert_eq!(told(&visitor).await, first);
    clock_at(&world, 30).await;
    assert_ne!(told(&visitor).await, first);
}

#[tokio::test]
async fn whoever_has_another_role_is_said_to_have_it_at_once() {
    let world = signing(key("a")).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = program(&world, &guy);
    told(&visitor).await.unwrap();
    let standing = json!({
        "issuer": world.stage.addresses().identity, "subject": guy.subject, "membership": "member", "role": "platform_owner",
    });
    let answer = operate(&world, Method::PUT, "standings", standing).await;
    assert!(answer.status().is_success(), "{answer:?}");
    let (_, claims) = checked(&world, &guy, &told(&visitor).await.unwrap()).await;
    assert_eq!(claims["role"], json!("platform_owner"));
}

#[tokio::test]
async fn visitors_at_once_are_each_told_apart() {
    let world = signing(key("a")).await;
    let mut visitors = Vec::new();
    for number in 0..8 {
        visitors.push(account(&world, &format!("guy-{number}"), KeepAt::Ready).await);
    }
    for _round in 0..3 {
        let asked = visitors.iter().map(async |guy| {
            let assertion = told(&program(&world, guy)).await.unwrap();
            let (_, claims) = checked(&world, guy, &assertion).await;
            assert_eq!(claims["sub"], json!(guy.subject));
        });
        futures_util::future::join_all(asked).await;
    }
}

#[tokio::test]
async fn the_first_key_signs_and_the_others_are_known() {
    let world = signing(json!({ "keys": [key("new"), other_key("old")] })).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let assertion = told(&program(&world, &guy)).await.unwrap();
    assert_eq!(checked(&world, &guy, &assertion).await.0, "new");
    let answer = world.api().get("/.usher/jwks.json").await;
    assert_eq!(header(&answer, "cache-control"), "public, max-age=300");
    let published = answer.text().await.unwrap();
    assert!(published.contains("\"old\""), "{published}");
    for secret in [key("new"), other_key("old")] {
        assert!(!published.contains(secret["d"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn without_a_key_nothing_is_signed_and_the_set_is_empty() {
    let world = world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    assert_eq!(told(&program(&world, &guy)).await, None);
    let set: Value = world
        .api()
        .get("/.usher/jwks.json")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(set, json!({ "keys": [] }));
}

#[tokio::test]
async fn a_key_that_cannot_sign_lets_nobody_in_and_is_named() {
    let mut torn = key("torn");
    torn["d"] = other_key("torn")["d"].clone();
    let mut off_the_curve = key("off");
    off_the_curve["y"] = other_key("off")["y"].clone();
    for broken in [torn, off_the_curve] {
        let world = signing(broken.clone()).await;
        let guy = account(&world, "guy", KeepAt::Ready).await;
        assert_eq!(
            seen(program(&world, &guy).get("/").await).await,
            "misconfigured"
        );
        let ready = world.api().get("/.usher/ready").await.text().await.unwrap();
        assert!(ready.contains("USHER_ASSERTION_KEY"), "{broken}: {ready}");
    }
}
