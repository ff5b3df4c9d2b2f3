//! The tokens, as a stranger with the published keys reads them.

use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation};
use reqwest::Method;
use serde_json::{Value, json};
use stage::KeepAt;

use crate::world::{EMAIL, World, answer};

#[tokio::test]
async fn the_published_key_verifies_a_token_that_says_what_was_promised() {
    let world = World::start().await;
    let token = world.token_of_new_user(EMAIL).await;
    let (_, user) = world.me(&token).await;

    let read = verified(&world, &token).await;
    assert_eq!(read.header.typ.as_deref(), Some("JWT"));
    assert_eq!(
        read.header.kid.as_deref(),
        key(&world).await["kid"].as_str()
    );
    let issued = read.claims["iat"].as_u64().unwrap();
    assert_eq!(
        read.claims,
        json!({
            "iss": world.stage.addresses().identity, "aud": "usher", "sub": user["id"],
            "email": EMAIL, "email_verified": true, "iat": issued, "exp": issued + 3600,
        })
    );
}

#[tokio::test]
async fn the_key_set_is_one_public_es256_key() {
    let world = World::start().await;
    let key = key(&world).await;
    let members: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(members, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    assert_eq!(
        [&key["kty"], &key["crv"], &key["alg"], &key["use"]],
        ["EC", "P-256", "ES256", "sig"]
    );
}

#[tokio::test]
async fn the_discovery_document_says_where_the_keys_are() {
    let world = World::start().await;
    let addresses = world.stage.addresses();
    let (status, told) = answer(world.call(Method::GET, "/.well-known/openid-configuration")).await;
    assert_eq!(status, 200);
    assert_eq!(told["issuer"], addresses.identity.as_str());
    assert_eq!(told["jwks_uri"], addresses.jwks_url.as_str());
}

#[tokio::test]
async fn signed_claims_are_exactly_the_ones_given() {
    let world = World::start().await;
    let claims =
        json!({ "sub": "somebody else", "exp": 4_102_444_800_u64, "aud": ["a", "b"], "odd": null });
    assert_eq!(
        verified(&world, &world.stage.sign(&claims)).await.claims,
        claims
    );
}

#[tokio::test]
async fn a_ready_made_token_is_one_a_log_in_would_have_given() {
    let world = World::start().await;
    let account = world.account(KeepAt::Ready).await;
    let (status, user) = world.me(&world.stage.access_token(&account)).await;
    assert_eq!((status, &user["email"]), (200, &json!(EMAIL)));
    let (_, tokens) = world.log_in(EMAIL, &account.password).await;
    let logged_in = verified(&world, tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(logged_in.claims["sub"], account.subject.as_str());
}

#[tokio::test]
async fn the_service_refuses_a_token_that_is_expired_or_not_for_it() {
    let world = World::start().await;
    let account = world.account(KeepAt::Ready).await;
    let token = world.stage.access_token(&account);
    let claims = verified(&world, &token).await.claims;
    assert_eq!(world.me(&world.stage.sign(&claims)).await.0, 200);
    for (claim, value) in [
        ("exp", json!(claims["iat"].as_u64().unwrap() - 3600)),
        ("aud", json!("somebody else")),
        ("iss", json!("http://127.0.0.1:1")),
        ("sub", json!("nobody")),
    ] {
        let mut changed = claims.clone();
        changed[claim] = value;
        assert_eq!(
            world.me(&world.stage.sign(&changed)).await.0,
            401,
            "{claim}"
        );
    }
    let other = World::start().await;
    assert_eq!(world.me(&other.stage.sign(&claims)).await.0, 401);
    assert_eq!(world.me("").await.0, 401);
}

/// The only key of the published set.
async fn key(world: &World) -> Value {
    let (status, set) = answer(world.client.get(&world.stage.addresses().jwks_url)).await;
    assert_eq!((status, set["keys"].as_array().unwrap().len()), (200, 1));
    set["keys"][0].clone()
}

async fn verified(world: &World, token: &str) -> TokenData<Value> {
    let key = key(world).await;
    let [x, y] = [&key["x"], &key["y"]].map(|coordinate| coordinate.as_str().unwrap());
    let mut rules = Validation::new(Algorithm::ES256);
    // What the claims say is compared by the tests; this is about the signature.
    rules.validate_aud = false;
    jsonwebtoken::decode(
        token,
        &DecodingKey::from_ec_components(x, y).unwrap(),
        &rules,
    )
    .unwrap()
}
