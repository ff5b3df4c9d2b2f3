//! What the stores answer is believed only if it is whole, ours and about the visitor; anything else is no answer.

use serde_json::{Value, json};
use stage::KeepAt;
use tests::gate::rig::{BUSY, Failure, Fault};

use crate::cast::{
    IN, account, clock_at, elsewhere, fault, lasting, logged, rigged_world, seen, storage_key,
    write_status,
};

#[tokio::test]
async fn nonsense_from_the_registry_admits_nobody_and_is_not_remembered() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let visitor = lasting(&world, &guy);
    let record = |changed: Value| {
        let mut record = json!({
            "issuer": world.stage.addresses().identity, "subject": guy.subject, "membership": "member", "org": null,
            "role": "member", "instance_id": "i-1", "instance_url": guy.instance.as_ref().unwrap().url, "status": "ready",
            "since": 1, "version": 9_000_000_000_000_u64,
        });
        record
            .as_object_mut()
            .unwrap()
            .extend(changed.as_object().unwrap().clone());
        Value::String(record.to_string())
    };
    // That the record would be believed without a change: the others fail for the change.
    clock_at(&world, 100).await;
    fault(&world, Fault::D1Answers(record(json!({})))).await;
    assert_eq!(seen(visitor.get("/").await).await, IN);

    for (round, nonsense) in [
        json!("{}"),
        json!("}{"),
        json!("null"),
        json!("[]"),
        record(json!({ "status": "running" })),
        record(json!({ "status": "Ready" })),
        record(json!({ "subject": "somebody else" })),
        record(json!({ "issuer": "https://elsewhere.example" })),
        record(json!({ "instance_url": "http://169.254.169.254" })),
        record(json!({ "role": "god" })),
        record(json!({ "version": -1 })),
    ]
    .into_iter()
    .enumerate()
    {
        clock_at(&world, 1_000 * (round as u64 + 1)).await;
        fault(&world, Fault::D1Answers(nonsense.clone())).await;
        assert_eq!(
            seen(visitor.get("/").await).await,
            "standing_unreadable",
            "{nonsense}"
        );
        world.gate.healthy().await.unwrap();
        assert_eq!(seen(visitor.get("/").await).await, IN, "after {nonsense}");
    }
}

#[tokio::test]
async fn what_kv_holds_is_a_miss_unless_it_is_whole_and_ours() {
    let world = rigged_world().await;
    let [guy, eve] = [
        account(&world, "guy", KeepAt::Ready).await,
        account(&world, "eve", KeepAt::Ready).await,
    ];
    let stored = async |of| {
        world
            .gate
            .kv_get(&storage_key(&world, of))
            .await
            .unwrap()
            .unwrap()
    };
    let (own, eves) = (stored(&guy).await, stored(&eve).await);
    // Somebody who is out, whatever KV says.
    write_status(&world, &guy, "suspended").await;
    let with = |part: &str, other: &str| {
        let changed = own.replace(part, other);
        assert_ne!(changed, own, "{part}");
        changed
    };
    for (round, record) in [
        String::new(),
        "}{".to_owned(),
        "null".to_owned(),
        own.get(..own.len() / 2).unwrap().to_owned(),
        format!("{own}{}", " ".repeat(9_000)),
        "x".repeat(1_000_000),
        eves,
        // A later release of the gate, whose words may mean something else.
        with("\"v\":2", "\"v\":3"),
        with("\"ready\"", "\"running\""),
        with("http://127.0.0.1", "http://169.254.169.254"),
    ]
    .into_iter()
    .enumerate()
    {
        // A memory of another isolate has passed by then.
        clock_at(&world, 100 * (round as u64 + 1)).await;
        fault(&world, Fault::KvGetAnswers(record.clone())).await;
        let beginning = record.get(..40).unwrap_or(&record);
        assert_eq!(
            seen(elsewhere(&world, &guy).get("/").await).await,
            "instance_suspended",
            "{beginning}"
        );
    }
    logged(&world, "kv_record_unreadable").await;
}

#[tokio::test]
async fn a_record_of_a_later_release_with_more_members_is_believed() {
    let world = rigged_world().await;
    let guy = account(&world, "guy", KeepAt::Ready).await;
    let key = storage_key(&world, &guy);
    let own = world.gate.kv_get(&key).await.unwrap().unwrap();
    let later = own
        .replacen('{', "{\"region\":\"weur\",\"more\":{\"a\":[1]},", 1)
        .replace("\"membership\"", "\"plan\":\"pro\",\"membership\"");
    world.gate.kv_put(&key, &later).await.unwrap();
    fault(&world, Fault::D1(Failure::Throws(BUSY))).await;
    assert_eq!(seen(elsewhere(&world, &guy).get("/").await).await, IN);
}
