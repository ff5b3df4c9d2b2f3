//! Nobody is let in by a credential that is not exactly right.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use policy::contract::Problem;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};
use stage::{Account, KeepAt};
use tests::World;

use crate::cast::{
    account, app, claims, header, logged, program, told, unix_seconds, world, world_with,
};

async fn ready() -> (World, Account) {
    let world = world().await;
    let account = account(&world, "ready", KeepAt::Ready).await;
    (world, account)
}

async fn refused(world: &World, token: &str) -> String {
    let response = world.api().with_bearer(token).get("/").await;
    assert_eq!(
        header(&response, "www-authenticate"),
        "Bearer error=\"invalid_token\""
    );
    let (status, reason, body) = told(response).await;
    assert_eq!(status, 401, "{body}");
    reason
}

fn changed(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    claims
}

#[tokio::test]
async fn a_good_token_is_let_in_by_header_and_by_cookie() {
    let (world, account) = ready().await;
    assert_eq!(
        app(program(&world, &account).get("/").await).await["usher-user"],
        json!(account.subject)
    );
    let token = world.stage.access_token(&account);
    let visitor = world.api().with_cookie(tests::world::COOKIE, &token);
    assert_eq!(
        app(visitor.get("/").await).await["usher-user"],
        json!(account.subject)
    );
}

#[tokio::test]
async fn an_expired_token_is_never_let_in_and_is_called_expired() {
    let (world, account) = ready().await;
    let expired = changed(claims(&world, &account), "exp", json!(unix_seconds() - 61));
    assert_eq!(
        refused(&world, &world.stage.sign(&expired)).await,
        "token_expired"
    );
}

#[tokio::test]
async fn a_remembered_token_expires_too() {
    let (world, account) = ready().await;
    // The leeway is 60 s, so this one has two seconds left.
    let token = world.stage.sign(&changed(
        claims(&world, &account),
        "exp",
        json!(unix_seconds() - 58),
    ));
    app(world.api().with_bearer(&token).get("/").await).await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(refused(&world, &token).await, "token_expired");
}

#[tokio::test]
async fn a_tampered_token_is_never_let_in() {
    let (world, account) = ready().await;
    let token = world.stage.access_token(&account);
    app(world.api().with_bearer(&token).get("/").await).await;
    let parts: Vec<&str> = token.split('.').collect();
    let other = world.stage.sign(&changed(
        claims(&world, &account),
        "sub",
        json!("somebody-else"),
    ));
    let other: Vec<&str> = other.split('.').collect();
    for forged in [
        format!("{}.{}.{}", parts[0], other[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], other[2]),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{token}x"),
        token.to_uppercase(),
    ] {
        assert_eq!(refused(&world, &forged).await, "token_invalid", "{forged}");
    }
}

#[tokio::test]
async fn a_token_for_another_audience_or_from_another_issuer_is_never_let_in() {
    let (world, account) = ready().await;
    let good = claims(&world, &account);
    for (name, value) in [
        ("aud", json!("another-app")),
        ("iss", json!("https://evil.example")),
        (
            "iss",
            json!(format!("{}/", world.stage.addresses().identity)),
        ),
        ("exp", json!("4102444800")),
        ("nbf", json!(unix_seconds() + 3600)),
        ("sub", json!("")),
    ] {
        let token = world
            .stage
            .sign(&changed(good.clone(), name, value.clone()));
        assert_eq!(
            refused(&world, &token).await,
            "token_invalid",
            "{name} {value}"
        );
    }
}

#[tokio::test]
async fn two_credentials_in_one_header_are_ambiguous() {
    let (world, account) = ready().await;
    let token = world.stage.access_token(&account);
    for visitor in [
        world.api().with_bearer(&format!("{token}, Bearer {token}")),
        world.api().with_cookie(
            tests::world::COOKIE,
            &format!("{token}; {}={token}", tests::world::COOKIE),
        ),
    ] {
        let (status, reason, _) = told(visitor.get("/").await).await;
        assert_eq!((status, reason.as_str()), (400, "credential_ambiguous"));
    }
}

#[tokio::test]
async fn a_broken_header_never_falls_back_to_a_good_cookie() {
    let (world, account) = ready().await;
    let token = world.stage.access_token(&account);
    let visitor = world
        .api()
        .with_cookie(tests::world::COOKIE, &token)
        .with_bearer("x");
    assert_eq!(told(visitor.get("/").await).await.0, 401);
}

#[tokio::test]
async fn a_token_in_the_query_is_no_credential() {
    let (world, account) = ready().await;
    let token = world.stage.access_token(&account);
    let (status, reason, _) = told(world.api().get(&format!("/?access_token={token}")).await).await;
    assert_eq!((status, reason.as_str()), (401, "login_required"));
}

#[tokio::test]
async fn no_token_is_ever_repeated_in_an_answer_or_in_the_log() {
    let (world, account) = ready().await;
    let token = world.stage.access_token(&account);
    app(world.api().with_bearer(&token).get("/").await).await;
    let forged = token.replace('.', ".x");
    let (_, _, body) = told(world.api().with_bearer(&forged).get("/").await).await;
    let problem: Problem = serde_json::from_str(&body).unwrap();
    assert_eq!(problem.reason, "token_invalid");
    let signature = token.rsplit('.').next().unwrap();
    logged(&world, "let_in").await;
    logged(&world, "token_invalid").await;
    assert!(!body.contains(signature));
    assert!(
        world
            .gate
            .logs()
            .iter()
            .all(|line| !line.contains(signature)),
        "a token is in the log"
    );
    assert!(
        world
            .gate
            .logs()
            .iter()
            .all(|line| !line.contains(&account.email)),
        "an e-mail address is in the log"
    );
}

#[tokio::test]
async fn a_shared_secret_lets_in_whom_its_issuer_signed() {
    let secret = "a secret of at least thirty-two characters";
    let issuer = json!({ "issuer": "own", "audience": "usher", "algorithm": "HS256", "secret": "LOGIN_SECRET" });
    let world = world_with(json!({ "USHER_ISSUERS": [issuer], "LOGIN_SECRET": secret })).await;
    let sign = |secret: &str| {
        let claims =
            json!({ "iss": "own", "aud": "usher", "sub": "guy", "exp": unix_seconds() + 60 });
        let key = EncodingKey::from_secret(secret.as_bytes());
        jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap()
    };
    let (status, reason, _) = told(world.api().with_bearer(&sign(secret)).get("/").await).await;
    assert_eq!((status, reason.as_str()), (403, "no_instance"));
    assert_eq!(
        refused(&world, &sign("another secret of at least thirty-two")).await,
        "token_invalid"
    );
}

/// The example of RFC 8037 appendix A.
const ED25519_PRIVATE: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
const ED25519_PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn sign(
    algorithm: jsonwebtoken::Algorithm,
    key_id: &str,
    claims: &Value,
    key: &EncodingKey,
) -> String {
    let mut header = jsonwebtoken::Header::new(algorithm);
    header.kid = Some(key_id.to_owned());
    jsonwebtoken::encode(&header, claims, key).unwrap()
}

#[tokio::test]
async fn an_ed25519_key_written_down_lets_in_whom_it_signed_for_this_party() {
    let issuer = json!({
        "issuer": "https://clerk.example", "authorized_parties": ["https://app.example"], "algorithm": "EdDSA",
        "jwks": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "ed", "x": ED25519_PUBLIC }] },
    });
    let world = world_with(json!({ "USHER_ISSUERS": [issuer] })).await;
    let key = EncodingKey::from_ed_pem(ED25519_PRIVATE.as_bytes()).unwrap();
    let sign = |key_id: &str, party: &str| {
        let claims = json!({ "iss": "https://clerk.example", "azp": party, "sub": "guy", "exp": unix_seconds() + 60 });
        sign(jsonwebtoken::Algorithm::EdDSA, key_id, &claims, &key)
    };
    let good = sign("ed", "https://app.example");
    let (status, reason, _) = told(world.api().with_bearer(&good).get("/").await).await;
    assert_eq!((status, reason.as_str()), (403, "no_instance"));
    for bad in [
        sign("other", "https://app.example"),
        sign("ed", "https://evil.example"),
        good.replace("eyJ", "eyI"),
    ] {
        assert_eq!(refused(&world, &bad).await, "token_invalid");
    }
}

#[tokio::test]
async fn an_rsa_key_written_down_lets_in_whom_it_signed() {
    let private = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let [n, e] =
        [private.n(), private.e()].map(|number| URL_SAFE_NO_PAD.encode(number.to_bytes_be()));
    let issuer = json!({
        "issuer": "https://rsa.example", "audience": "usher", "algorithm": "RS256",
        "jwks": { "keys": [{ "kty": "RSA", "kid": "rsa", "n": n, "e": e }] },
    });
    let world = world_with(json!({ "USHER_ISSUERS": [issuer] })).await;
    let key = EncodingKey::from_rsa_der(private.to_pkcs1_der().unwrap().as_bytes());
    let claims = json!({ "iss": "https://rsa.example", "aud": "usher", "sub": "guy", "exp": unix_seconds() + 60 });
    let good = sign(jsonwebtoken::Algorithm::RS256, "rsa", &claims, &key);
    let (status, reason, _) = told(world.api().with_bearer(&good).get("/").await).await;
    assert_eq!((status, reason.as_str()), (403, "no_instance"));
    let confused = EncodingKey::from_secret(n.as_bytes());
    for bad in [
        sign(jsonwebtoken::Algorithm::RS384, "rsa", &claims, &key),
        sign(jsonwebtoken::Algorithm::HS256, "rsa", &claims, &confused),
        sign(jsonwebtoken::Algorithm::RS256, "other", &claims, &key),
    ] {
        assert_eq!(refused(&world, &bad).await, "token_invalid");
    }
}

#[tokio::test]
async fn a_key_endpoint_that_is_down_is_never_called_a_bad_log_in() {
    let nowhere = json!({
        "issuer": "https://id.example", "audience": "usher", "algorithm": "ES256", "jwks_url": "http://127.0.0.1:9/jwks.json",
    });
    let world = world_with(json!({ "USHER_ISSUERS": [nowhere] })).await;
    let token = world.stage.sign(&json!({ "iss": "https://id.example", "aud": "usher", "sub": "guy", "exp": unix_seconds() + 60 }));
    let (status, reason, _) = told(world.api().with_bearer(&token).get("/").await).await;
    assert_eq!((status, reason.as_str()), (503, "issuer_unavailable"));
}
