//! JSON Schema (draft 2020-12) of a status and of the records that hold one.
//!
//! The schema as a whole takes any of the records; `#/$defs/Instance` and the others take one kind.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use crate::contract::MembershipWord;
use crate::contract::record::{self, Field, Kind, Record};
use crate::standing::Role;
use crate::status::Status;

/// The schema.
pub fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("Status".into(), status());
    definitions.extend(record::ALL.map(|record| (record.name.into(), object(record))));
    let any = record::ALL.map(|record| reference(record.name));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The contract of Usher",
        "description": "Who somebody is to the platform, and how far their instance is.",
        "anyOf": any,
        "$defs": definitions,
    })
}

/// A word with its meaning is a `const`; `enum` has no place for meanings.
fn status() -> Value {
    let words = Status::ALL
        .map(|status| json!({ "const": status.word(), "description": status.meaning() }));
    json!({ "description": "The platform's word for an instance.", "oneOf": words })
}

fn object(record: &Record) -> Value {
    let properties: Map<_, _> = record
        .fields
        .iter()
        .map(|field| (field.name.into(), member(field)))
        .collect();
    let required: Vec<_> = record
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.name)
        .collect();
    let mut object = json!({
        "description": record.meaning,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": !record.closed,
    });
    if record.suspends
        && let Some(members) = object.as_object_mut()
    {
        members.extend(only_while_suspended());
    }
    object
}

/// Says what it was before exactly while it is suspended.
fn only_while_suspended() -> [(String, Value); 3] {
    let before = Status::suspendable().map(Status::word).collect::<Vec<_>>();
    let suspended = json!({ "properties": { "status": { "const": Status::Suspended.word() } } });
    let with = |schema: Value| json!({ "properties": { "suspended_from": schema } });
    [
        ("if".into(), suspended),
        ("then".into(), with(json!({ "enum": before }))),
        ("else".into(), with(json!({ "type": "null" }))),
    ]
}

fn member(field: &Field) -> Value {
    let mut schema = match field.kind {
        Kind::Count => json!({ "type": "integer", "minimum": 0 }),
        Kind::InstanceId => json!({ "type": "string", "pattern": "^[A-Za-z0-9._-]{1,128}$" }),
        Kind::Membership => json!({ "enum": MembershipWord::ALL }),
        Kind::NewInstance => reference(record::NEW_INSTANCE.name),
        Kind::Role => json!({ "enum": Role::ALL }),
        Kind::Status => reference("Status"),
        Kind::SuspendedFrom => {
            let words = Status::suspendable().map(|status| Value::from(status.word()));
            json!({ "enum": words.chain([Value::Null]).collect::<Vec<_>>() })
        }
        Kind::Text => json!({ "type": "string" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::TextOrNull => json!({ "type": ["string", "null"] }),
    };
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".into(), field.meaning.into());
    }
    schema
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/$defs/{name}") })
}
