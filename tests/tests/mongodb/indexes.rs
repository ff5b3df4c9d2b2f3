//! Declared indexes against those that are there: what `usher check schema` foretells is what the server then answers.

use axum::Router;
use axum::http::StatusCode;
use bson::{Document, doc};
use serde_json::{Value, json};
use tests::Mongo;

use crate::cast::{Ended, Place};

const DATABASE: &str = r#"
[target]
app = "APP"

[register]
url = "{app}/register"

[log_in]
url = "{app}/log-in"
token = { json = "/token" }

[ready]
url = "{app}/"

[[databases]]
name = "main"
kind = "mongodb"
url_env = "MONGODB_URL"
indexes = "indexes.json"
"#;

/// Each a declared index, the one that is there, and the number of the error.
fn cases() -> Vec<(Value, Option<Document>, i32)> {
    let code =
        || Some(doc! { "key": { "code": 1 }, "name": "code_1", "unique": true, "sparse": true });
    let plain = |more: Document| {
        let mut index = doc! { "key": { "a": 1, "b": -1 }, "name": "a_1_b_-1" };
        index.extend(more);
        Some(index)
    };
    vec![
        (
            json!({ "key": { "code": 1 }, "unique": true, "sparse": true }),
            code(),
            0,
        ),
        (
            json!({ "key": { "code": 1 }, "unique": true, "sparse": true, "name": "code_unique" }),
            code(),
            85,
        ),
        (
            json!({ "key": { "code": 1 }, "unique": true, "name": "code_unique" }),
            code(),
            0,
        ),
        (json!({ "key": { "code": 1 }, "unique": true }), code(), 86),
        (
            json!({ "key": { "code": -1 }, "name": "code_1" }),
            code(),
            86,
        ),
        (
            json!({ "key": { "at": 1 }, "expireAfterSeconds": 60 }),
            Some(doc! { "key": { "at": 1 }, "name": "at_1", "expireAfterSeconds": 30 }),
            85,
        ),
        (
            json!({ "key": { "at": 1 }, "expireAfterSeconds": 60, "name": "x" }),
            Some(doc! { "key": { "at": 1 }, "name": "at_1" }),
            85,
        ),
        (json!({ "key": { "a": -1, "b": -1 } }), plain(doc! {}), 0),
        (
            json!({ "key": { "a": 1, "b": -1 }, "partialFilterExpression": { "$and": [{ "b": { "$gt": 0 } }, { "a": 1 }] }, "name": "x" }),
            plain(doc! { "partialFilterExpression": { "a": 1, "b": { "$gt": 0 } } }),
            85,
        ),
        (
            json!({ "key": { "a": 1, "b": -1 }, "collation": { "locale": "en" }, "name": "x" }),
            plain(doc! { "collation": { "locale": "en" } }),
            85,
        ),
        (
            json!({ "key": { "a": 1, "b": -1 }, "collation": { "locale": "en", "strength": 1 } }),
            plain(doc! {}),
            86,
        ),
        (
            json!({ "key": { "a": 1, "b": -1 }, "hidden": true }),
            None,
            0,
        ),
        // The documents say no: two have the code B.
        (
            json!({ "key": { "code": 1 }, "unique": true, "sparse": true }),
            None,
            11000,
        ),
        (
            json!({ "key": { "code": 1 }, "unique": true, "partialFilterExpression": { "code": { "$gt": "C" } } }),
            None,
            0,
        ),
        (
            json!({ "key": { "mail": 1 }, "unique": true, "sparse": true }),
            None,
            0,
        ),
        (json!({ "key": { "_id": 1 }, "name": "of_ids" }), None, 0),
    ]
}

async fn platform(declared: &[Value]) -> (Place, Mongo) {
    let mongo = Mongo::start().await.unwrap();
    let place = Place::new(mongo.url(&Mongo::APP, "app"));
    place.write("indexes.json", &Value::from(declared).to_string());
    place.write("usher.toml", &DATABASE.replace("APP", "http://127.0.0.1:1"));
    (place, mongo)
}

fn commands(ended: &Ended) -> Vec<String> {
    let findings = ended.json()["findings"].as_array().cloned().unwrap();
    let commands = findings
        .iter()
        .flat_map(|finding| finding["fix"]["commands"].as_array().unwrap());
    commands
        .map(|command| command.as_str().unwrap().to_owned())
        .collect()
}

/// The stand-in decides by the rules of the server, written down a second time.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_foretold_of_an_index_is_what_the_server_answers() {
    let cases = cases();
    let name = |number: usize| format!("c{number:02}");
    let declared = cases.iter().enumerate().map(|(number, (declared, _, _))| {
        let mut declared = declared.clone();
        declared["collection"] = name(number).into();
        declared
    });
    let (place, mongo) = platform(&declared.collect::<Vec<_>>()).await;
    for (number, (_, existing, _)) in cases.iter().enumerate() {
        let collection = name(number);
        let Some(existing) = existing else {
            let documents = ["A", "B", "B"].map(|code| doc! { "code": code });
            mongo.seed("app", &collection, documents).unwrap();
            continue;
        };
        mongo.create_index("app", &collection, existing).unwrap();
    }
    let seen = place.usher(&["check", "schema", "--report", "json"]).await;
    let findings = seen.json()["findings"].as_array().cloned().unwrap();
    for (number, (declared, _, error)) in cases.iter().enumerate() {
        let collection = name(number);
        let on_it = format!("`{collection}`");
        let about = |finding: &&Value| finding["sentence"].as_str().unwrap().contains(&on_it);
        let found: Vec<&Value> = findings.iter().filter(about).collect();
        let before = mongo.indexes("app", &collection).len();
        let answered = mongo.create_index("app", &collection, &with_name(declared));
        let answer = answered.map_or_else(|refusal| refusal.code, |()| 0);
        assert_eq!(answer, *error, "{declared}");
        let is_made = mongo.indexes("app", &collection).len() > before;
        let codes: Vec<_> = found
            .iter()
            .map(|found| found["code"].as_str().unwrap())
            .collect();
        match (answer, is_made) {
            (0, false) => assert!(codes.is_empty(), "{declared}: {seen:#?}"),
            (0, true) => assert_eq!(codes, ["index_missing"], "{declared}: {seen:#?}"),
            (number, _) => {
                assert_eq!(codes, ["index_conflict"], "{declared}: {seen:#?}");
                let sentence = found[0]["sentence"].as_str().unwrap();
                assert!(
                    sentence.contains(&format!("error {number} (")),
                    "{sentence}"
                );
            }
        }
    }
}

fn with_name(declared: &Value) -> Document {
    let mut spec: Document = serde_json::from_value(declared.clone()).unwrap();
    let key = spec.get_document("key").unwrap();
    let usual: Vec<_> = key
        .iter()
        .map(|(field, way)| {
            format!(
                "{field}_{}",
                way.as_i64().or(way.as_i32().map(i64::from)).unwrap()
            )
        })
        .collect();
    if !spec.contains_key("name") {
        spec.insert("name", usual.join("_"));
    }
    spec
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_has_both_specifications_and_the_way_that_loses_nothing() {
    let declared = [
        json!({ "collection": "users", "key": { "code": 1 }, "unique": true, "name": "code_unique" }),
        json!({ "collection": "log-ins", "key": { "at": 1 }, "expireAfterSeconds": 60 }),
    ];
    let (place, mongo) = platform(&declared).await;
    let code = doc! { "key": { "code": 1 }, "name": "code_1", "unique": true };
    mongo.create_index("app", "users", &code).unwrap();
    let at = doc! { "key": { "at": 1 }, "name": "at_1", "expireAfterSeconds": 30 };
    mongo.create_index("app", "log-ins", &at).unwrap();
    let seen = place.usher(&["check", "schema"]).await;
    let flat = seen.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "index_conflict",
        "createIndex of `code_unique` on `users` answers error 85 (IndexOptionsConflict): the same index is there as `code_1`",
        "{ v: 2, key: { code: 1 }, name: \"code_1\", unique: true }",
        "Nothing is lost if the code calls it `code_1` as well, or gives no name.",
        "(mongosh \"$MONGODB_URL\")",
    ] {
        assert!(flat.contains(said), "{said}: {seen:#?}");
    }
    let seen = place.usher(&["check", "schema", "--report", "json"]).await;
    assert_eq!(
        (seen.code, seen.codes()),
        (Some(1), vec!["index_conflict".to_owned(); 2])
    );
    assert_eq!(
        commands(&seen),
        [
            r#"db.runCommand({ collMod: "log-ins", index: { name: "at_1", expireAfterSeconds: 60 } })"#,
            r#"db.users.dropIndex("code_1")"#,
            r#"db.users.createIndex({ code: 1 }, { name: "code_unique", unique: true })"#,
        ],
        "{seen:#?}"
    );
    // By another database of the same server, which the connection string does not name.
    let text = DATABASE.replace("url_env", "database = \"other\"\nurl_env");
    place.write("usher.toml", &text.replace("APP", "http://127.0.0.1:1"));
    let seen = place.usher(&["check", "schema", "--report", "json"]).await;
    assert_eq!(
        seen.codes(),
        ["index_missing", "index_missing"],
        "{seen:#?}"
    );
    assert!(
        commands(&seen)[0]
            .starts_with("db.getSiblingDB(\"other\").getCollection(\"log-ins\").createIndex("),
        "{seen:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_look_at_indexes_is_told_so_and_a_wrong_file_is_named() {
    let (place, mongo) = platform(&[json!({ "collection": "users", "key": { "code": 1 } })]).await;
    mongo.seed("app", "users", []).unwrap();
    let reader = mongo.url(&Mongo::READER, "app");
    let seen = place.usher_with(&["check", "schema"], &reader).await;
    let flat = seen.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("give this user the role `read`") && seen.code == Some(3),
        "{seen:#?}"
    );
    place.write(
        "indexes.json",
        r#"[{ "collection": "users", "keys": { "code": 1 } }]"#,
    );
    let seen = place.usher(&["check", "schema"]).await;
    assert!(
        seen.stderr
            .contains("index 1: `keys` is not known; did you mean `key`?"),
        "{seen:#?}"
    );
    assert_eq!(seen.code, Some(2));
}

/// A sign-up that throws the error instead of swallowing it.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sign_up_is_explained_by_the_index_without_being_asked() {
    let declared = json!({ "collection": "users", "key": { "code": 1 }, "unique": true, "name": "code_unique" });
    let (place, mongo) = platform(&[declared]).await;
    let code = doc! { "key": { "code": 1 }, "name": "code_1", "unique": true };
    mongo.create_index("app", "users", &code).unwrap();
    let app = Router::new().fallback(|| async { StatusCode::INTERNAL_SERVER_ERROR });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    place.write("usher.toml", &DATABASE.replace("APP", &address));
    let run = place.usher(&["verify", "--report", "json"]).await;
    assert_eq!(
        (run.code, run.codes()),
        (Some(1), vec!["index_conflict".to_owned()]),
        "{run:#?}"
    );
}
