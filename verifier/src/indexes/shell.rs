//! Lines for mongosh.

use bson::{Bson, Document};

use crate::configuration::database::Mongodb;
use crate::indexes::declared::Declared;
use crate::indexes::specification::{Specification, whole};

/// A collection as mongosh reaches it.
pub(super) fn collection(place: &Mongodb, name: &str) -> String {
    let database = database(place);
    // A method of the database hides a collection of its name.
    if is_identifier(name) && !name.starts_with('_') && !METHODS.contains(&name) {
        format!("{database}.{name}")
    } else {
        format!("{database}.getCollection({})", quoted(name))
    }
}

/// The one that the connection string leads to is `db`.
fn database(place: &Mongodb) -> String {
    if place.is_named_by_url {
        "db".to_owned()
    } else {
        format!("db.getSiblingDB({})", quoted(&place.database))
    }
}

pub(super) fn drop_index(place: &Mongodb, declared: &Declared, name: &str) -> String {
    let collection = collection(place, &declared.collection);
    format!("{collection}.dropIndex({})", quoted(name))
}

/// With the name, whether it is said or not: both are what the code gets.
pub(super) fn create_index(place: &Mongodb, declared: &Declared) -> String {
    let collection = collection(place, &declared.collection);
    let Specification {
        name, key, written, ..
    } = &declared.specification;
    let mut options = written.clone();
    options.remove("key");
    options.insert("name", name.as_str());
    format!(
        "{collection}.createIndex({}, {})",
        literal(&key.clone().into()),
        literal(&options.into())
    )
}

/// Another life time of documents, where that is all that differs: the index itself stays.
pub(super) fn change_expiry(
    place: &Mongodb,
    declared: &Declared,
    existing: &Specification,
) -> Option<String> {
    let wanted = &declared.specification;
    let seconds = wanted.expire_after_seconds?;
    existing.expire_after_seconds?;
    let is_all = existing.name == wanted.name
        && (existing.unique, existing.sparse) == (wanted.unique, wanted.sparse)
        && existing.partial == wanted.partial;
    let index = bson::doc! { "name": &existing.name, "expireAfterSeconds": seconds };
    let change = bson::doc! { "collMod": &declared.collection, "index": index };
    let change = literal(&change.into());
    is_all.then(|| format!("{}.runCommand({change})", database(place)))
}

/// Documents that have the same key: what keeps a unique index from being made.
pub(super) fn aggregate(place: &Mongodb, collection_name: &str, pipeline: &[Document]) -> String {
    let stages: Vec<Bson> = pipeline.iter().cloned().map(Bson::from).collect();
    let collection = collection(place, collection_name);
    format!("{collection}.aggregate({})", literal(&Bson::Array(stages)))
}

/// A value as JavaScript.
pub(super) fn literal(value: &Bson) -> String {
    if let Some(number) = whole(value) {
        return number.to_string();
    }
    match value {
        Bson::Document(document) => object(document),
        Bson::Array(items) => {
            let items: Vec<_> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Bson::String(text) => quoted(text),
        Bson::Boolean(truth) => truth.to_string(),
        Bson::Null => "null".to_owned(),
        Bson::ObjectId(id) => format!("ObjectId(\"{id}\")"),
        Bson::Binary(_)
        | Bson::DateTime(_)
        | Bson::DbPointer(_)
        | Bson::Decimal128(_)
        | Bson::Double(_)
        | Bson::Int32(_)
        | Bson::Int64(_)
        | Bson::JavaScriptCode(_)
        | Bson::JavaScriptCodeWithScope(_)
        | Bson::MaxKey
        | Bson::MinKey
        | Bson::RegularExpression(_)
        | Bson::Symbol(_)
        | Bson::Timestamp(_)
        | Bson::Undefined => {
            let extended = value.clone().into_canonical_extjson();
            format!("EJSON.deserialize({extended})")
        }
    }
}

fn object(document: &Document) -> String {
    if document.is_empty() {
        return "{}".to_owned();
    }
    let members = document.iter().map(|(name, value)| {
        let name = if is_identifier(name) {
            name.clone()
        } else {
            quoted(name)
        };
        format!("{name}: {}", literal(value))
    });
    format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn is_identifier(text: &str) -> bool {
    let is_letter = |character: char| character.is_ascii_alphabetic() || "_$".contains(character);
    text.starts_with(is_letter)
        && text
            .chars()
            .all(|character| is_letter(character) || character.is_ascii_digit())
}

/// Those whose names a collection could have.
const METHODS: [&str; 8] = [
    "aggregate",
    "auth",
    "commands",
    "help",
    "logout",
    "stats",
    "version",
    "watch",
];

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    #[test]
    fn what_is_printed_is_javascript_that_says_the_same() {
        let value =
            doc! { "code": 1.0, "a.b": -1, "s": "it's \"q\"", "l": [true, null, { "$gt": 5_i64 }] };
        assert_eq!(
            literal(&value.into()),
            r#"{ code: 1, "a.b": -1, s: "it's \"q\"", l: [true, null, { $gt: 5 }] }"#
        );
        let odd = bson::oid::ObjectId::parse_str("65f000000000000000000001").unwrap();
        assert_eq!(
            literal(&odd.into()),
            "ObjectId(\"65f000000000000000000001\")"
        );
        assert_eq!(
            literal(&Bson::Double(0.5)),
            "EJSON.deserialize({\"$numberDouble\":\"0.5\"})"
        );
    }
}
