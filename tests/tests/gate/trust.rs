//! A record that does not make sense lets nobody in, wherever it comes from.

use serde_json::{Value, json};
use stage::{Account, KeepAt};
use tests::World;

use crate::cast::{account, app, claims, logged, program, told, unix_seconds, world, world_with};

#[tokio::test]
async fn a_status_word_nobody_agreed_on_never_lets_in() {
    let world = world_with(json!({ "USHER_FRESH_SECONDS": 1, "USHER_STALE_SECONDS": 2, "USHER_FRESH_WAITING_SECONDS": 1 })).await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    // A registry whose constraint somebody dropped (incident I1).
    world
        .gate
        .d1("PRAGMA ignore_check_constraints = 1", &[])
        .await
        .ok();
    let forced = world
        .gate
        .d1("UPDATE instances SET status = 'running'", &[])
        .await;
    if forced.is_err() {
        rebuild_without_constraints(&world).await;
        world
            .gate
            .d1("UPDATE instances SET status = 'running'", &[])
            .await
            .unwrap();
    }
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let (status, reason, _) = told(program(&world, &account).get("/").await).await;
    assert_eq!((status, reason.as_str()), (503, "standing_unreadable"));
    logged(&world, "standing_unreadable").await;
}

async fn rebuild_without_constraints(world: &World) {
    for statement in [
        "CREATE TABLE loose AS SELECT * FROM instances",
        "DROP TABLE instances",
        "ALTER TABLE loose RENAME TO instances",
    ] {
        world.gate.d1(statement, &[]).await.unwrap();
    }
}

#[tokio::test]
async fn the_registry_itself_refuses_an_unknown_status_word() {
    let world = world().await;
    account(&world, "guy", KeepAt::Ready).await;
    let problem = world
        .gate
        .d1("UPDATE instances SET status = 'running'", &[])
        .await
        .unwrap_err()
        .to_string();
    assert!(problem.contains("CHECK constraint failed"), "{problem}");
}

/// The only key in KV, and what it holds.
async fn stored(world: &World) -> (String, Value) {
    let keys = world.gate.kv_list().await.unwrap();
    assert_eq!(keys.len(), 1, "{keys:?}");
    let text = world.gate.kv_get(&keys[0]).await.unwrap().unwrap();
    (keys[0].clone(), serde_json::from_str(&text).unwrap())
}

/// A gate that has never seen anybody, with this record in KV for a user whose registry row says `suspended`.
async fn with_stored(edit: impl Fn(&mut Value, &Account)) -> (World, Account) {
    let mut world = world().await;
    let account = account(&world, "guy", KeepAt::Suspended).await;
    let (key, mut record) = stored(&world).await;
    record["standing"]["status"] = json!("ready");
    record["seen_at"] = json!(unix_seconds() * 1000);
    edit(&mut record, &account);
    world.gate.kv_put(&key, &record.to_string()).await.unwrap();
    world
        .gate
        .restart()
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    (world, account)
}

#[tokio::test]
async fn a_good_record_in_kv_is_used_by_an_isolate_that_has_never_seen_the_visitor() {
    // The counterpart of the tests below: were KV never read, they would prove nothing.
    let (world, account) = with_stored(|_, _| {}).await;
    app(program(&world, &account).get("/").await).await;
}

#[tokio::test]
async fn somebody_elses_record_in_kv_never_lets_in() {
    let (world, account) =
        with_stored(|record, _| record["standing"]["subject"] = json!("somebody-else")).await;
    assert_eq!(
        told(program(&world, &account).get("/").await).await.1,
        "instance_suspended"
    );
    logged(&world, "kv_record_unreadable").await;
}

#[tokio::test]
async fn an_unknown_status_word_in_kv_never_lets_in() {
    let (world, account) =
        with_stored(|record, _| record["standing"]["status"] = json!("running")).await;
    assert_eq!(
        told(program(&world, &account).get("/").await).await.1,
        "instance_suspended"
    );
}

#[tokio::test]
async fn garbage_in_kv_never_lets_in() {
    for garbage in [
        json!("}{"),
        json!(5),
        json!({ "v": 2 }),
        json!({ "v": 1, "standing": "ready" }),
    ] {
        let (world, account) = with_stored(|record, _| *record = garbage.clone()).await;
        assert_eq!(
            told(program(&world, &account).get("/").await).await.1,
            "instance_suspended",
            "{garbage}"
        );
    }
}

#[tokio::test]
async fn a_record_that_leads_elsewhere_never_lets_in() {
    let evil = |record: &mut Value, _: &Account| {
        record["standing"]["instance_url"] = json!("http://169.254.169.254");
    };
    let (world, account) = with_stored(evil).await;
    assert_eq!(
        told(program(&world, &account).get("/").await).await.1,
        "instance_suspended"
    );
}

#[tokio::test]
async fn a_record_from_the_future_never_lets_in() {
    let (world, account) =
        with_stored(|record, _| record["seen_at"] = json!((unix_seconds() + 3600) * 1000)).await;
    assert_eq!(
        told(program(&world, &account).get("/").await).await.1,
        "instance_suspended"
    );
}

#[tokio::test]
async fn the_same_subject_of_another_issuer_is_somebody_else() {
    let issuers = |world: &World| world.stage.addresses().identity.clone();
    let world = world().await;
    let account = account(&world, "guy", KeepAt::Ready).await;
    let mut foreign = claims(&world, &account);
    foreign["iss"] = json!(format!("{}.evil.example", issuers(&world)));
    let (status, reason, _) = told(
        world
            .api()
            .with_bearer(&world.stage.sign(&foreign))
            .get("/")
            .await,
    )
    .await;
    assert_eq!((status, reason.as_str()), (401, "token_invalid"));
}
