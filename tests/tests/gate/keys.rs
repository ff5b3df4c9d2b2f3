//! Whose signature counts: keys that are fetched, rotated, lost, spoiled, or written down.

use serde_json::{Value, json};
use tests::World;

use crate::cast::{header, logged, told, world_with};
use crate::key_server::{Answer, Key, KeyServer, set};

const ISSUER: &str = "https://id.example";

/// A world that believes the issuer behind this endpoint.
async fn believing(server: &KeyServer) -> World {
    world_with(json!({ "USHER_ISSUERS": [server.issuer(ISSUER)] })).await
}

/// What a token's bearer is told. Somebody who is admitted and has no instance is told just that.
async fn reason(world: &World, token: &str) -> String {
    told(world.api().with_bearer(token).get("/").await).await.1
}

async fn assert_admitted(world: &World, token: &str) {
    assert_eq!(reason(world, token).await, "no_instance");
}

async fn assert_refused(world: &World, token: &str) {
    assert_eq!(reason(world, token).await, "token_invalid");
}

#[tokio::test]
async fn a_rotation_loses_no_user_and_needs_no_restart() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let server = KeyServer::start(Answer::Body(set(&[&old]))).await;
    let world = believing(&server).await;
    assert_admitted(&world, &old.sign(ISSUER, "guy")).await;
    server.answers(Answer::Body(set(&[&old, &new])));
    assert_admitted(&world, &new.sign(ISSUER, "guy")).await;
    assert_admitted(&world, &old.sign(ISSUER, "fry")).await;
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn names_of_keys_made_up_by_a_stranger_fetch_at_most_once_in_the_cool_down() {
    let key = Key::new("good");
    let server = KeyServer::start(Answer::Body(set(&[&key]))).await;
    let world = believing(&server).await;
    assert_admitted(&world, &key.sign(ISSUER, "guy")).await;
    let stranger = Key::new("stranger");
    for number in 0..40 {
        let name = format!("../../{number}\r\n' OR 1=1");
        assert_refused(&world, &stranger.sign_as(&name, ISSUER, "eve")).await;
    }
    assert_eq!(server.asked(), 2);
    assert_admitted(&world, &key.sign(ISSUER, "fry")).await;
}

#[tokio::test]
async fn the_last_good_set_counts_while_the_endpoint_fails() {
    let key = Key::new("good");
    for (failure, said) in [
        (Answer::Status(500), "answered 500"),
        (Answer::Redirect, "answered 302"),
        (Answer::Endless, "more than"),
        (Answer::Silence, "issuer_keys"),
        (Answer::Body("<html>".to_owned()), "no key set"),
        (Answer::Body(r#"{"keys":[]}"#.to_owned()), "no key set"),
    ] {
        let server = KeyServer::start(Answer::Body(set(&[&key]))).await;
        let world = believing(&server).await;
        assert_admitted(&world, &key.sign(ISSUER, "guy")).await;
        server.answers(failure);
        // A name that is not in the set makes the gate ask again.
        let unknown = Key::new("unknown").sign(ISSUER, "eve");
        assert_eq!(reason(&world, &unknown).await, "issuer_unavailable");
        assert_eq!(server.asked(), 2);
        logged(&world, said).await;
        assert_admitted(&world, &key.sign(ISSUER, "fry")).await;
    }
}

#[tokio::test]
async fn a_new_isolate_takes_the_set_from_kv_while_the_endpoint_is_down() {
    let key = Key::new("good");
    let server = KeyServer::start(Answer::Body(set(&[&key]))).await;
    let mut world = believing(&server).await;
    assert_admitted(&world, &key.sign(ISSUER, "guy")).await;
    let stored = stored_set(&world).await;
    server.answers(Answer::Status(503));
    world.gate.restart().await.unwrap();
    assert_admitted(&world, &key.sign(ISSUER, "fry")).await;
    assert_eq!(server.asked(), 1, "{stored}");
}

#[tokio::test]
async fn nonsense_in_kv_is_no_key_set() {
    let key = Key::new("good");
    let server = KeyServer::start(Answer::Body(set(&[&key]))).await;
    let mut world = believing(&server).await;
    assert_admitted(&world, &key.sign(ISSUER, "guy")).await;
    let name = stored_set(&world).await;
    for nonsense in [
        "",
        "null",
        "{",
        r#"{"fetched_at":99999999999999,"body":"{}"}"#,
        r#"{"fetched_at":1,"body":5}"#,
    ] {
        world.gate.kv_put(&name, nonsense).await.unwrap();
        world.gate.restart().await.unwrap();
        assert_admitted(&world, &key.sign(ISSUER, "fry")).await;
    }
    assert_eq!(server.asked(), 6);
}

/// The name of the set in KV, once it is there: it is written after the answer.
async fn stored_set(world: &World) -> String {
    for _ in 0..100 {
        let names = world.gate.kv_list().await.unwrap();
        if let Some(name) = names.into_iter().find(|name| name.starts_with("v1:jwks:")) {
            return name;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("no set was stored")
}

#[tokio::test]
async fn one_bad_key_is_left_out_and_named_in_the_log() {
    let key = Key::new("good");
    let mut off_curve = Key::new("off-curve").jwk();
    off_curve["y"] = off_curve["x"].clone();
    let mut private = Key::new("private").jwk();
    private["d"] = json!("AAAA");
    let short = json!({ "kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AQ" });
    let secret = json!({ "kty": "oct", "kid": "secret", "k": "AAAA" });
    let keys = json!({ "keys": [off_curve, private, short, secret, key.jwk()] });
    let server = KeyServer::start(Answer::Body(keys.to_string())).await;
    let world = believing(&server).await;
    assert_admitted(&world, &key.sign(ISSUER, "guy")).await;
    for name in ["off-curve", "private", "short", "secret"] {
        logged(&world, name).await;
    }
}

#[tokio::test]
async fn the_same_name_at_two_issuers_is_two_keys() {
    let (one, other) = (Key::new("same"), Key::new("same"));
    let one_server = KeyServer::start(Answer::Body(set(&[&one]))).await;
    let other_server = KeyServer::start(Answer::Body(set(&[&other]))).await;
    let issuers = [
        one_server.issuer("https://one.example"),
        other_server.issuer("https://other.example"),
    ];
    let world = world_with(json!({ "USHER_ISSUERS": issuers })).await;
    assert_admitted(&world, &one.sign("https://one.example", "guy")).await;
    assert_refused(&world, &one.sign("https://other.example", "guy")).await;
    assert_admitted(&world, &other.sign("https://other.example", "guy")).await;
    assert_refused(&world, &other.sign("https://one.example", "guy")).await;
}

fn written(name: &str, value: Value) -> Value {
    let mut issuer = json!({ "issuer": ISSUER, "audience": "usher", "algorithm": "ES256" });
    issuer[name] = value;
    json!({ "USHER_ISSUERS": [issuer] })
}

#[tokio::test]
async fn a_pem_key_admits_under_whatever_name_its_issuer_gives_it() {
    let (old, new) = (Key::new("old"), Key::new("new"));
    let world = world_with(written("pem", json!([old.pem(), new.pem()]))).await;
    assert_admitted(&world, &old.sign(ISSUER, "guy")).await;
    assert_admitted(&world, &new.sign_as("any", ISSUER, "guy")).await;
    assert_refused(&world, &Key::new("old").sign(ISSUER, "guy")).await;
}

#[tokio::test]
async fn the_header_of_a_provider_lets_in_and_is_no_way_around_the_origin() {
    let key = Key::new("good");
    let mut issuer =
        json!({ "provider": "cloudflare-access", "audience": "usher", "algorithm": "ES256" });
    issuer["issuer"] = json!("https://acme.cloudflareaccess.com");
    issuer["jwks"] = json!({ "keys": [key.jwk()] });
    let world = world_with(json!({ "USHER_ISSUERS": [issuer] })).await;
    let token = key.sign("https://acme.cloudflareaccess.com", "guy");
    let ask = async |method, origin: &str, authorization: Option<&str>| {
        let mut request = world
            .api()
            .request(method, "/")
            .header("cf-access-jwt-assertion", &token)
            .header("origin", origin);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let response = world.api().send(request).await;
        (
            response.status().as_u16(),
            header(&response, "usher-reason").to_owned(),
        )
    };
    let said = |status: u16, reason: &str| (status, reason.to_owned());
    let (get, post) = (reqwest::Method::GET, reqwest::Method::POST);
    let own = world.gate.url.as_str();
    assert_eq!(ask(get.clone(), own, None).await, said(403, "no_instance"));
    assert_eq!(ask(post.clone(), own, None).await, said(403, "no_instance"));
    assert_eq!(
        ask(post, "https://evil.example", None).await,
        said(403, "cross_site_request")
    );
    assert_eq!(
        ask(get, own, Some("Bearer x")).await,
        said(400, "credential_ambiguous")
    );
}
