//! `/.usher/explain` says how the gate would decide about somebody and from what, as it would decide, to operators alone, and without
//! changing what it explains.

use policy::contract::explanation::{Explanation, Look};
use policy::freshness::FreshnessRules;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use stage::{Account, KeepAt};
use tests::World;
use tests::gate::rig::{BUSY, Failure, Fault};

use crate::cast::{
    IN, account, clock_at, fault, header, lasting, operate, program, rigged_world, seen, told,
    unix_seconds, world, world_with, write_status,
};

async fn ask(world: &World, query: &[(&str, &str)]) -> Response {
    let operator = world.api().with_bearer(&world.gate.admin_secret);
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(query)
        .finish();
    operator.get(&format!("/.usher/explain?{query}")).await
}

async fn explained_at(world: &World, subject: &str, url: &str) -> Explanation {
    let issuer = &world.stage.addresses().identity;
    let query = [
        ("issuer", issuer.as_str()),
        ("subject", subject),
        ("url", url),
    ];
    let answer = ask(world, &query).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "cache-control"), "no-store");
    answer.json().await.unwrap()
}

async fn explained(world: &World, account: &Account) -> Explanation {
    explained_at(world, &account.subject, &world.gate.at("/")).await
}

/// What a store said: the status, and what may be done with it.
fn said<'e>(explanation: &'e Explanation, store: &str) -> (&'e str, &'e str) {
    let look = look(explanation, store);
    let standing = look.standing.as_ref();
    let status = standing.and_then(|standing| standing.status.as_deref());
    (
        status.unwrap_or_default(),
        look.freshness.as_deref().unwrap_or_default(),
    )
}

fn look<'e>(explanation: &'e Explanation, store: &str) -> &'e Look {
    let mut looks = explanation.looks.iter();
    looks.find(|look| look.store == store).unwrap()
}

fn outcome(explanation: &Explanation) -> (&str, &str) {
    (&explanation.reason, &explanation.decided_by)
}

#[tokio::test]
async fn every_store_is_shown_beside_the_others_and_looking_changes_none_of_them() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting(&world, &guy);
    assert_eq!(seen(visitor.get("/").await).await, IN);
    write_status(&world, &guy, "suspended").await;
    clock_at(&world, 5).await;
    // Twice: the first did not tell memory what the authority says now.
    for _ in 0..2 {
        let behind = explained(&world, &guy).await;
        assert_eq!(outcome(&behind), ("admitted", "memory"));
        assert_eq!(said(&behind, "memory"), ("ready", "fresh"));
        assert_eq!(look(&behind, "memory").age_millis, Some(5000));
        assert_eq!(said(&behind, "authority"), ("suspended", "fresh"));
    }
    assert_eq!(seen(visitor.get("/").await).await, IN);

    clock_at(&world, FreshnessRules::default().stale.as_secs()).await;
    let after = explained(&world, &guy).await;
    assert_eq!(outcome(&after), ("instance_suspended", "authority"));
    assert_eq!(said(&after, "memory"), ("ready", "grace"));
    assert_eq!(seen(visitor.get("/").await).await, "instance_suspended");
}

#[tokio::test]
async fn while_the_authority_fails_it_is_said_why_and_who_is_let_in_nevertheless() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting(&world, &guy);
    assert_eq!(seen(visitor.get("/").await).await, IN);
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    clock_at(&world, FreshnessRules::default().stale.as_secs() + 1).await;
    let known = explained(&world, &guy).await;
    assert_eq!(
        (known.admitted, &*known.rule),
        (true, "ready_in_grace"),
        "{known:?}"
    );
    let problem = look(&known, "authority").problem.as_deref();
    assert!(problem.unwrap().contains("locked"), "{problem:?}");
    assert_eq!(seen(visitor.get("/").await).await, IN);

    let eve = explained_at(&world, "eve", &world.gate.at("/")).await;
    assert_eq!(outcome(&eve), ("authority_unavailable", "authority"));
    assert!(!eve.admitted);
}

#[tokio::test]
async fn nobody_is_made_by_being_explained() {
    let world = world_with(json!({ "USHER_PROVISIONING": "first-sight" })).await;
    let stranger = explained_at(&world, "nobody", &world.gate.at("/")).await;
    assert_eq!(outcome(&stranger), ("no_instance", "authority"));
    assert!(!stranger.admitted && stranger.at_first_sight);
    for store in ["memory", "kv"] {
        assert!(look(&stranger, store).standing.is_none(), "{store}");
    }
    for table in ["users", "identities", "events"] {
        let count = format!("SELECT COUNT(*) AS rows FROM {table}");
        let rows = world.gate.d1(&count, &[]).await.unwrap();
        assert_eq!(rows, [json!({ "rows": 0 })], "{table}");
    }
}

#[tokio::test]
async fn it_says_what_the_visitor_is_told() {
    let world = world().await;
    for (name, keep_at) in [
        ("paul", KeepAt::Provisioning),
        ("anna", KeepAt::Active),
        ("rosa", KeepAt::Ready),
    ] {
        let account = account(&world, name, keep_at).await;
        let me = program(&world, &account).get("/.usher/me").await;
        let me: Value = me.json().await.unwrap();
        let explained = explained(&world, &account).await;
        let said = json!({
            "admitted": explained.admitted, "reason": explained.reason, "rule": explained.rule,
            "title": explained.title, "detail": explained.detail, "next": explained.next,
        });
        for (member, value) in said.as_object().unwrap() {
            assert_eq!(&me[member], value, "{name}: {member}");
        }
    }
}

#[tokio::test]
async fn the_door_and_the_place_are_those_of_the_address_that_is_asked_about() {
    let world = world_with(json!({
        "USHER_APP_DOMAIN": "apps.example.com",
        "USHER_SUSPENDED_PATHS": ["/billing"],
    }))
    .await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let elsewhere = explained_at(
        &world,
        &guy.subject,
        "https://rosa.apps.example.com/billing/7",
    )
    .await;
    assert_eq!(elsewhere.address.as_deref(), Some("rosa"));
    assert_eq!(elsewhere.place, "open_when_suspended");
    assert_eq!(elsewhere.reason, "no_instance");
    let own = explained(&world, &guy).await;
    assert_eq!((own.address, &*own.place), (None, "app"));
    assert!(own.admitted);
}

#[tokio::test]
async fn only_operators_are_told_and_a_question_nobody_can_answer_says_what_it_lacks() {
    let world = world_with(json!({ "USHER_APP_DOMAIN": "apps.example.com" })).await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    for visitor in [world.api(), program(&world, &guy)] {
        let told = told(visitor.get("/.usher/explain?issuer=a&subject=b").await).await;
        assert_eq!((told.0, &*told.1), (401, "operator_required"));
    }
    let issuer = &world.stage.addresses().identity;
    let (issuer, subject) = (("issuer", issuer.as_str()), ("subject", "guy"));
    for (query, complaint) in [
        (vec![issuer], "no `subject`"),
        (vec![subject], "no `issuer`"),
        (
            vec![("issuer", "https://evil.example"), subject],
            "USHER_ISSUERS",
        ),
        (
            vec![issuer, subject, ("url", "nowhere")],
            "url is `nowhere`",
        ),
        (
            vec![issuer, subject, ("url", "https://a_b.apps.example.com/")],
            "nobody's app",
        ),
        (
            vec![issuer, subject, ("url", "https://x.example/a/%2e%2e/b")],
            "path_ambiguous",
        ),
        (vec![issuer, subject, ("user", "guy")], "`user`"),
    ] {
        let (status, reason, body) = told(ask(&world, &query).await).await;
        assert_eq!((status, &*reason), (400, "bad_request"), "{query:?}");
        assert!(body.contains(complaint), "{query:?}: {body}");
    }
}

const SECRET: &str = "an issuer's shared secret of enough length, 0123456789";

#[tokio::test]
async fn only_an_operator_sees_where_their_request_waited() {
    let world = world_with(json!({
        "OPS_SECRET": SECRET,
        "USHER_ISSUERS": [{
            "issuer": "ops", "audience": "usher", "algorithm": "HS256", "secret": "OPS_SECRET",
            "operators": { "claim": "groups", "value": "usher-operators" },
        }],
    }))
    .await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let app = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(async || [("server-timing", "db;dur=1")]);
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let standing = json!({
        "issuer": "ops", "subject": "ann", "membership": "member", "instance": { "id": "i-ann", "url": app },
    });
    let put = operate(&world, Method::PUT, "standings", standing).await;
    assert_eq!(put.status(), 200);
    let waits = async |groups: Value| {
        let claims = json!({
            "iss": "ops", "sub": "ann", "aud": "usher", "iat": unix_seconds(), "exp": unix_seconds() + 600,
            "groups": groups,
        });
        let key = jsonwebtoken::EncodingKey::from_secret(SECRET.as_bytes());
        let token = jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).unwrap();
        let answer = world.api().with_bearer(&token).get("/").await;
        let waits = answer.headers().get_all("server-timing").iter();
        let waits: Vec<_> = waits.map(|value| value.to_str().unwrap()).collect();
        waits.join(", ")
    };
    let operators = json!(["usher-operators"]);
    // On a page of the gate's.
    let page = waits(operators.clone()).await;
    assert!(
        page.starts_with("usher-token;desc=\"verified\";dur="),
        "{page}"
    );
    assert!(page.contains("usher-standing;desc=\""), "{page}");
    assert_eq!(waits(json!([])).await, "");
    for status in ["active", "ready"] {
        let body = json!({ "status": status });
        let answer = operate(&world, Method::PUT, "instances/i-ann/status", body).await;
        assert_eq!(answer.status(), 200);
    }
    // And on the app's answers, also when memory has everything.
    for _ in 0..2 {
        let carried = waits(operators.clone()).await;
        assert!(
            carried.starts_with("db;dur=1, usher-token;desc=\""),
            "{carried}"
        );
        assert!(
            carried.contains("usher-instance;desc=\"first byte\";dur="),
            "{carried}"
        );
    }
    assert_eq!(waits(json!([])).await, "db;dur=1");
}
