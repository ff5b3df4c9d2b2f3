//! What `usher audit` and `usher diagnose` read in MongoDB.

use bson::oid::ObjectId;
use bson::{DateTime, Document, doc};
use tests::Mongo;

use crate::cast::Place;

const AUDIT: &str = r#"
[[databases]]
name = "main"
kind = "mongodb"
url_env = "MONGODB_URL"

[[audit.sources]]
name = "idp"
role = "identity"
kind = "ndjson"
file = "idp.ndjson"
key = "id"
created = "created"

[[audit.sources]]
name = "users"
role = "users"
kind = "mongodb"
database = "main"
collection = "users"
filter = { deleted = { "$ne" = true }, at = { "$gte" = { "$date" = "2026-01-01T00:00:00Z" } } }
key = "/identities/0/id"
agree = [{ field = "mail", as = "email" }]

[[audit.sources]]
name = "accounts"
role = "accounts"
kind = "mongodb"
database = "main"
collection = "accounts"
joins = "users"
matches = "_id"
key = "/user"
"#;

fn id(n: u32) -> ObjectId {
    ObjectId::parse_str(format!("{n:024x}")).unwrap()
}

fn user(n: u32) -> Document {
    doc! {
        "_id": id(n), "identities": [{ "id": format!("u{n}") }], "mail": format!("U{n}@example.com"),
        "at": DateTime::from_millis(1_767_225_600_000 + i64::from(n)),
    }
}

async fn platform() -> (Place, Mongo) {
    let mongo = Mongo::start().await.unwrap();
    let place = Place::new(mongo.url(&Mongo::READER, "app"));
    let rows = (1..=1203).map(|n| {
        format!("{{\"id\": \"u{n}\", \"mail\": \"u{n}@example.com\", \"created\": \"2026-01-02T00:00:00Z\"}}\n")
    });
    place.write("idp.ndjson", &rows.collect::<String>());
    place.write("usher.toml", AUDIT);
    let mut users: Vec<Document> = (1..=1202).map(user).collect();
    users[6].insert("deleted", true);
    users[7].insert("at", DateTime::from_millis(0));
    users[8].insert("mail", "other@example.com");
    mongo.seed("app", "users", users).unwrap();
    let accounts = (1..=1201).map(|n| doc! { "user": id(n) });
    mongo.seed("app", "accounts", accounts).unwrap();
    (place, mongo)
}

/// Ids are joined as texts, the filter is the server's, and what is read comes in batches.
#[tokio::test(flavor = "multi_thread")]
async fn documents_are_read_by_a_cursor_and_join_with_other_places() {
    let (place, mongo) = platform().await;
    let seen = place.usher(&["audit", "--report", "json"]).await;
    assert_eq!(
        seen.discrepancies(),
        [
            "mismatch users u9",
            "missing accounts u1202",
            "missing users u1203",
            "missing users u7",
            "missing users u8",
            "orphan accounts 000000000000000000000007",
            "orphan accounts 000000000000000000000008",
        ],
        "{seen:#?}"
    );
    assert_eq!(mongo.asked("getMore"), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_with_its_cure_and_never_called_empty() {
    let (place, mongo) = platform().await;
    let url = |password: &str| mongo.url_with("reader", password, "app");
    let elsewhere = mongo.url(&Mongo::READER, "ap");
    let nobody = "mongodb://u:hunter22@127.0.0.1:1/app?serverSelectionTimeoutMS=100".to_owned();
    let misspelt = AUDIT.replace("collection = \"users\"", "collection = \"user\"");
    let unjudged = AUDIT.replace("\"$ne\" = true", "\"$regex\" = \"x\"");
    for (text, url, said) in [
        (
            AUDIT,
            url("hunter22"),
            "check user, password and `authSource`",
        ),
        (AUDIT, nobody, "check the address"),
        (
            AUDIT,
            elsewhere,
            "perhaps it is another database that the app uses",
        ),
        (
            &misspelt,
            url(Mongo::READER.password),
            "did you mean `users`?",
        ),
        (
            &unjudged,
            url(Mongo::READER.password),
            "(error 2, BadValue)",
        ),
    ] {
        place.write("usher.toml", text);
        let seen = place.usher_with(&["audit"], &url).await;
        let flat = seen.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.contains(said) && flat.contains("Could not look"),
            "{said}: {seen:#?}"
        );
        assert!(!seen.stdout.contains("hunter22"), "{seen:#?}");
        assert!(
            !flat.contains("Cause:") && seen.code == Some(3),
            "{seen:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_the_configuration_are_said_before_anything_is_asked() {
    let (place, mongo) = platform().await;
    let right = mongo.url(&Mongo::READER, "app");
    let replaced = |from: &str, to: &str| AUDIT.replacen(from, to, 1);
    for (text, url, said) in [
        (
            AUDIT.to_owned(),
            "mongodb://u:pass@word:x@h/app",
            "is no connection string of MongoDB",
        ),
        (
            AUDIT.to_owned(),
            "mongodb://h:27017",
            "does not say which database",
        ),
        (
            replaced("url_env", "tables = [\"users\"]\nurl_env"),
            &*right,
            "`tables` is not for a database of this kind",
        ),
        (
            replaced(
                "kind = \"mongodb\"\nurl",
                "kind = \"postgres\"\nindexes = \"i.json\"\nurl",
            ),
            &*right,
            "`indexes` is not for a database",
        ),
        (
            replaced(
                "kind = \"mongodb\"\ndatabase",
                "kind = \"postgres\"\nquery = \"SELECT 1\"\ndatabase",
            ),
            &*right,
            "`collection` is not for a source of this kind",
        ),
        (
            replaced("collection = \"users\"\n", ""),
            &*right,
            "this source needs `collection`",
        ),
        (
            replaced("\"$ne\" = true", "\"$oid\" = \"x\""),
            &*right,
            "no extended JSON",
        ),
        (
            replaced("\"$ne\" = true", "\"$ne\" = \"{nobody}\""),
            &*right,
            "nobody",
        ),
    ] {
        place.write("usher.toml", &text);
        let seen = place.usher_with(&["audit"], url).await;
        assert!(
            seen.stderr.contains(said) && seen.code == Some(2),
            "{said}: {seen:#?}"
        );
        assert!(!seen.stderr.contains("word:x"), "{seen:#?}");
    }
}

const DIAGNOSIS: &str = r#"
[target]
app = "http://127.0.0.1:1"

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

[[diagnose]]
name = "user record"
database = "main"
collection = "users"
filter = { mail = "{email}", deleted = { "$ne" = true } }
keep = { user_id = "_id", auth0_id = "/identities/0/id" }
fix = "usher audit --user {email}"

[[diagnose]]
name = "account"
database = "main"
collection = "accounts"
filter = '{"user": {"$oid": "{user_id}"}}'
fix = "make the account of {auth0_id}"
"#;

/// An address that would be an operator in another language is a text here.
#[tokio::test(flavor = "multi_thread")]
async fn a_chain_is_followed_through_collections_and_a_name_is_never_more_than_a_value() {
    let (place, _mongo) = platform().await;
    place.write("usher.toml", DIAGNOSIS);
    for (email, states, fix) in [
        ("U2@example.com", vec!["whole", "whole"], ""),
        (
            "U1202@example.com",
            vec!["whole", "broken"],
            "make the account of u1202",
        ),
        (
            "U7@example.com",
            vec!["broken"],
            "usher audit --user U7@example.com",
        ),
        (
            "{\"$ne\": null}",
            vec!["broken"],
            "usher audit --user {\"$ne\": null}",
        ),
    ] {
        let seen = place.usher(&["diagnose", email, "--report", "json"]).await;
        let links = seen.json()["links"].as_array().cloned().unwrap();
        let found: Vec<_> = links
            .iter()
            .map(|link| link["state"].as_str().unwrap())
            .collect();
        assert_eq!(found, states, "{seen:#?}");
        assert_eq!(links.last().unwrap()["fix"], fix, "{seen:#?}");
    }
}
