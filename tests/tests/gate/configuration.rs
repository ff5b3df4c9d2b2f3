//! A gate that is configured wrongly lets nobody in and says what is wrong.

use policy::contract::Problem;
use serde_json::{Value, json};

use crate::cast::{logged, told, world, world_with};

async fn mistakes(vars: Value) -> Vec<String> {
    let world = world_with(vars).await;
    for visitor in [world.browser(), world.api().with_bearer("x.y.z")] {
        for path in ["/", "/.usher/me", "/.usher/admin/v1/instances/i-1"] {
            let (status, reason, _) = told(visitor.get(path).await).await;
            assert_eq!((status, reason.as_str()), (503, "misconfigured"), "{path}");
        }
    }
    assert_eq!(world.api().get("/.usher/health").await.status(), 200);
    let (status, _, body) = told(world.api().get("/.usher/ready").await).await;
    assert_eq!(status, 503);
    let problem: Problem = serde_json::from_str(&body).unwrap();
    for mistake in &problem.mistakes {
        logged(&world, mistake).await;
    }
    problem.mistakes
}

#[tokio::test]
async fn a_missing_secret_is_named_with_the_cure() {
    let mistakes = mistakes(json!({ "USHER_ADMIN_SECRET": null })).await;
    assert_eq!(
        mistakes,
        [
            "the secret USHER_ADMIN_SECRET is missing; set it with `wrangler secret put USHER_ADMIN_SECRET` (in development: a line in .dev.vars)"
        ]
    );
}

#[tokio::test]
async fn all_mistakes_are_listed_at_once() {
    let mistakes = mistakes(
        json!({ "USHER_LOGIN_URL": "here", "USHER_STALE_SECOND": 5, "USHER_INSTANCE_HOSTS": null }),
    )
    .await;
    assert_eq!(mistakes.len(), 3, "{mistakes:#?}");
}

#[tokio::test]
async fn a_registry_that_was_never_migrated_is_named() {
    let world = world().await;
    assert_eq!(world.api().get("/.usher/ready").await.status(), 200);
    world.gate.d1("DROP TABLE identities", &[]).await.unwrap();
    let (status, _, body) = told(world.api().get("/.usher/ready").await).await;
    assert_eq!(status, 503);
    assert!(
        body.contains("no such table: identities") && body.contains("wrangler d1 migrations apply"),
        "{body}"
    );
}

#[tokio::test]
async fn an_issuer_whose_keys_cannot_be_had_is_named() {
    let nowhere = json!({
        "issuer": "https://id.example", "audience": "usher", "algorithm": "ES256", "jwks_url": "http://127.0.0.1:9/jwks.json",
    });
    let world = world_with(json!({ "USHER_ISSUERS": [nowhere] })).await;
    let (status, _, body) = told(world.api().get("/.usher/ready").await).await;
    assert_eq!(status, 503);
    assert!(
        body.contains("https://id.example cannot be had from http://127.0.0.1:9/jwks.json"),
        "{body}"
    );
}

#[tokio::test]
async fn development_mode_answers_loopback_only() {
    let world = world().await;
    let response = world
        .api()
        .with(reqwest::header::HOST, "app.example.com")
        .get("/")
        .await;
    assert_eq!(told(response).await.1, "misconfigured");
}
