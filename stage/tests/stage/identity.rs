//! Registering, logging in and out, and going away.

use reqwest::Method;
use serde_json::{Value, json};
use stage::Fault;

use crate::world::{EMAIL, PASSWORD, World, answer};

#[tokio::test]
async fn a_user_registers_logs_in_logs_out_and_goes_away() {
    let world = World::start().await;

    let (status, user) = world.register(EMAIL).await;
    assert_eq!(status, 201, "{user}");
    let (id, created_at) = (user["id"].as_str().unwrap(), &user["created_at"]);
    assert!(created_at.is_u64());
    assert_eq!(
        user,
        json!({
            "id": id, "email": EMAIL, "username": "guy", "role": "member", "is_active": true, "created_at": created_at,
        })
    );

    let (status, tokens) = world.log_in(EMAIL, PASSWORD).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(
        (&tokens["token_type"], &tokens["expires_in"]),
        (&json!("bearer"), &json!(3600))
    );
    assert!(tokens["refresh_token"].is_string());
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(world.me(token).await, (200, user.clone()));
    assert_eq!(world.rows("refresh_tokens"), 1);

    let log_out = world.call(Method::POST, "/api/v1/auth/logout");
    assert_eq!(answer(log_out.bearer_auth(token)).await, (204, Value::Null));
    assert_eq!(world.rows("refresh_tokens"), 0);
    // An access token stays good until `exp`; without that, nobody could clean up after logging out.
    assert_eq!(world.me(token).await, (200, user.clone()));

    assert_eq!(world.remove(token).await, (204, Value::Null));
    assert_eq!(world.rows("users"), 0);
    assert_eq!(world.me(token).await.0, 401);
    assert_eq!(world.log_in(EMAIL, PASSWORD).await.0, 401);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_refused_alike() {
    let world = World::start().await;
    world.register(EMAIL).await;
    let wrong = world.log_in(EMAIL, "incorrect horse battery").await;
    assert_eq!(
        wrong,
        (401, json!({ "detail": "wrong e-mail address or password" }))
    );
    assert_eq!(
        world.log_in("nobody@visitors.example", PASSWORD).await,
        wrong
    );
    assert_eq!(world.rows("refresh_tokens"), 0);
}

#[tokio::test]
async fn an_email_address_registers_once() {
    let world = World::start().await;
    assert_eq!(world.register(EMAIL).await.0, 201);
    let taken = (409, json!({ "detail": "the e-mail address is taken" }));
    assert_eq!(world.register(EMAIL).await, taken);
    assert_eq!(world.rows("users"), 1);
}

#[tokio::test]
async fn bad_input_is_told_in_a_sentence_that_names_the_thing() {
    let world = World::start().await;
    let of = |email: &str, password: &str| json!({ "email": email, "username": "guy", "password": password });
    for (body, thing) in [
        (of("guy", PASSWORD), "e-mail address"),
        (of("@visitors.example", PASSWORD), "e-mail address"),
        (of("guy@localhost", PASSWORD), "e-mail address"),
        (of(EMAIL, "short"), "password"),
        (json!({ "email": EMAIL, "password": PASSWORD }), "username"),
    ] {
        let (status, told) = world.post("/api/v1/auth/register", &body).await;
        let sentence = told["detail"].as_str().unwrap();
        assert_eq!(status, 422, "{body}");
        assert!(sentence.contains(thing), "{body}: {sentence}");
    }
    let no_json = world
        .call(Method::POST, "/api/v1/auth/register")
        .body("email=guy");
    let (status, told) = answer(no_json).await;
    assert_eq!(status, 422);
    assert!(told["detail"].is_string());
    assert_eq!(world.rows("users"), 0);
    assert_eq!(world.gate.calls(), []);
}

#[tokio::test]
async fn a_migrated_database_proves_it() {
    let world = World::start().await;
    assert_eq!(world.rows("migrations"), 2);
}

/// Incident I5: registering failed, and the health check saw nothing.
#[tokio::test]
async fn a_database_never_migrated_fails_in_sqlites_own_words_and_looks_healthy() {
    let world = World::broken(Fault::NeverMigrated).await;
    let no_table = (500, json!({ "detail": "no such table: users" }));
    assert_eq!(world.register(EMAIL).await, no_table);
    assert_eq!(world.log_in(EMAIL, PASSWORD).await, no_table);
    assert_eq!(world.gate.calls(), []);
    let health = answer(world.call(Method::GET, "/health")).await;
    assert_eq!(health, (200, json!({ "status": "ok" })));
}
