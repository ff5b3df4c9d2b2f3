//! The stand-in as two real drivers see it: the same of both, and the numbers of the server's errors.

use bson::{Document, doc};
use futures_util::TryStreamExt as _;
use mongodb::error::{Error, ErrorKind, WriteFailure};
use mongodb::options::IndexOptions;
use mongodb::{Client, Collection, IndexModel};
use serde_json::{Value, json};
use tests::Mongo;

use crate::cast::{python, script};

/// What each of them has to see.
fn expected() -> Value {
    json!({
        "ping": 1.0,
        "all": 250,
        "some": [249, 248, 247],
        "count": 10,
        "groups": 125,
        "made": "n_1",
        "codes": {
            "again": 0,
            "other name": 85,
            "other options": 85,
            "same name": 86,
            "not sparse": 0,
            "duplicates": 11000,
            "duplicate": 11000,
            "of many": 11000,
            "unknown index": 27,
            "not judged": 2,
            "unknown command": 59,
            "reader reads": 0,
            "reader lists indexes": 13,
            "reader writes": 13,
            "wrong password": 18,
        },
        "indexes": ["_id_", "n_1", "n_whole"],
        "left": ["_id_", "n_1"],
        "upserted": true,
        "updated": 1,
        "collections": ["rows"],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn pymongo_sees_of_the_stand_in_what_it_would_see_of_a_server() {
    let Some(python) = python("THE STAND-IN FOR MONGODB WAS NOT HELD TO PYMONGO") else {
        return;
    };
    let mongo = Mongo::start().await.unwrap();
    let ended = script(&python, "driver.py")
        .arg(mongo.url(&Mongo::APP, "app"))
        .arg(mongo.url(&Mongo::READER, "app"))
        .arg(mongo.url_with("app", "wrong", "app"))
        .output()
        .await
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{said}");
    let seen: Value = serde_json::from_slice(&ended.stdout).unwrap();
    assert_eq!(seen, expected(), "{said}");
    // In batches, and the cursor that was closed is ended.
    assert!(mongo.asked("getMore") >= 2 && mongo.asked("killCursors") >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_driver_in_rust_sees_of_the_stand_in_what_it_would_see_of_a_server() {
    let mongo = Mongo::start().await.unwrap();
    let client = Client::with_uri_str(mongo.url(&Mongo::APP, "app"))
        .await
        .unwrap();
    let database = client.default_database().unwrap();
    let ping = database.run_command(doc! { "ping": 1 }).await.unwrap();
    let rows = database.collection::<Document>("rows");
    let all = (0..250)
        .map(|n| doc! { "n": n, "half": f64::from(n) / 2.0, "code": format!("c{}", n % 125) });
    rows.insert_many(all).await.unwrap();
    let found = rows.find(doc! {}).batch_size(100).await.unwrap();
    let found: Vec<Document> = found.try_collect().await.unwrap();
    let some = doc! { "n": { "$gte": 247 }, "code": { "$ne": null } };
    let some = rows.find(some).sort(doc! { "n": -1 }).await.unwrap();
    let some: Vec<Document> = some.try_collect().await.unwrap();
    let some: Vec<i32> = some.iter().map(|row| row.get_i32("n").unwrap()).collect();
    let groups = [
        doc! { "$group": { "_id": { "a": "$code" }, "count": { "$sum": 1 } } },
        doc! { "$match": { "count": { "$gt": 1 } } },
    ];
    let groups = rows.aggregate(groups).await.unwrap();
    let groups: Vec<Document> = groups.try_collect().await.unwrap();
    let count = rows
        .count_documents(doc! { "half": { "$lt": 5 } })
        .await
        .unwrap();
    let made = rows.create_index(index("n", None, true)).await.unwrap();
    let codes = codes(&rows, &mongo).await;
    let indexes = rows.list_index_names().await.unwrap();
    rows.drop_index("n_whole").await.unwrap();
    let left = rows.list_index_names().await.unwrap();
    let wish = doc! { "$setOnInsert": { "code": "new" }, "$set": { "half": 1.5 } };
    let new = rows.update_one(doc! { "n": 500 }, wish).upsert(true);
    let upserted = new.await.unwrap().upserted_id.is_some();
    let again = rows.update_one(doc! { "n": 500 }, doc! { "$set": { "half": 2 } });
    let updated = again.upsert(true).await.unwrap().modified_count;
    let collections = database.list_collection_names().await.unwrap();
    let seen = json!({
        "ping": ping.get_f64("ok").unwrap(),
        "all": found.len(),
        "some": some,
        "count": count,
        "groups": groups.len(),
        "made": made.index_name,
        "codes": codes,
        "indexes": indexes,
        "left": left,
        "upserted": upserted,
        "updated": updated,
        "collections": collections,
    });
    assert_eq!(seen, expected());
    assert!(mongo.asked("getMore") >= 2);
}

async fn codes(rows: &Collection<Document>, mongo: &Mongo) -> Value {
    let of = async |url: String| {
        let client = Client::with_uri_str(url).await.unwrap();
        let database = client.default_database().unwrap();
        database.collection::<Document>("rows")
    };
    let reader = of(mongo.url(&Mongo::READER, "app")).await;
    let wrong = of(mongo.url_with("app", "wrong", "app")).await;
    let expiring = IndexModel::builder().keys(doc! { "n": 1 }).options(
        IndexOptions::builder()
            .unique(true)
            .sparse(true)
            .expire_after(std::time::Duration::from_secs(5))
            .build(),
    );
    let whole = IndexModel::builder().keys(doc! { "n": 1 }).options(
        IndexOptions::builder()
            .unique(true)
            .name("n_whole".to_owned())
            .build(),
    );
    let by_code = IndexModel::builder()
        .keys(doc! { "code": 1 })
        .options(IndexOptions::builder().name("n_1".to_owned()).build());
    let unique = IndexModel::builder()
        .keys(doc! { "code": 1 })
        .options(IndexOptions::builder().unique(true).build());
    let regex = doc! { "code": { "$regex": "^c" } };
    let set = doc! { "$set": { "n": 8 } };
    json!({
        "again": code(rows.create_index(index("n", None, true)).await),
        "other name": code(rows.create_index(index("n", Some("n_unique"), true)).await),
        "other options": code(rows.create_index(expiring.build()).await),
        "same name": code(rows.create_index(by_code.build()).await),
        "not sparse": code(rows.create_index(whole.build()).await),
        "duplicates": code(rows.create_index(unique.build()).await),
        "duplicate": code(rows.insert_one(doc! { "n": 7 }).await),
        "of many": code(rows.insert_many([doc! { "n": 300 }, doc! { "n": 7 }]).await),
        "unknown index": code(rows.drop_index("nobody").await),
        "not judged": code(rows.find(regex).await),
        "unknown command": code(rows.find_one_and_update(doc! { "n": 7 }, set).await),
        "reader reads": code(reader.find_one(doc! {}).await),
        "reader lists indexes": code(reader.list_indexes().await),
        "reader writes": code(reader.insert_one(doc! { "n": 400 }).await),
        "wrong password": code(wrong.find_one(doc! {}).await),
    })
}

fn index(field: &str, name: Option<&str>, is_sparse: bool) -> IndexModel {
    let mut options = IndexOptions::default();
    options.unique = Some(true);
    options.sparse = Some(is_sparse);
    options.name = name.map(str::to_owned);
    let mut key = Document::new();
    key.insert(field, 1);
    IndexModel::builder().keys(key).options(options).build()
}

/// The number of the error, or 0.
fn code<T>(answer: Result<T, Error>) -> i32 {
    let Err(error) = answer else {
        return 0;
    };
    let kind = error.kind.as_ref();
    if let ErrorKind::Command(said) = kind {
        said.code
    } else if let ErrorKind::Write(WriteFailure::WriteError(said)) = kind {
        said.code
    } else if let ErrorKind::InsertMany(said) = kind {
        said.write_errors.as_ref().unwrap()[0].code
    } else if error.to_string().contains("Authentication failed") {
        // The driver keeps the number in a text.
        18
    } else {
        panic!("{error:?}")
    }
}
