//! The JSON Schema, read by a validator, takes what serde writes and refuses what serde does not read.

use jsonschema::Validator;
use policy::contract::{
    InstanceRecord, MembershipWord, NewInstance, StandingRecord, StatusChange, json_schema,
};
use policy::standing::Role;
use policy::status::Status;
use serde::Serialize;
use serde_json::{Value, json};

/// The part of the schema with this name, or all of it. Nothing is fetched: the schema refers to itself only.
fn validator(part: Option<&str>) -> Validator {
    let mut schema = json_schema::schema();
    assert!(jsonschema::meta::is_valid(&schema));
    if let Some(part) = part {
        let members = schema.as_object_mut().unwrap();
        members.remove("anyOf").unwrap();
        members.insert("$ref".to_owned(), json!(format!("#/$defs/{part}")));
    }
    jsonschema::draft202012::new(&schema).unwrap()
}

fn written(record: &impl Serialize) -> Value {
    serde_json::to_value(record).unwrap()
}

fn instance(status: Status, suspended_from: Option<Status>) -> Value {
    written(&InstanceRecord {
        id: "guy-1".to_owned(),
        url: "https://guy.fly.dev".to_owned(),
        status,
        suspended_from,
        since: 1_700_000_000,
        version: u64::MAX,
        user: Some("v1:guy".to_owned()),
        issuer: Some("https://id.example.com".to_owned()),
        subject: Some("guy".to_owned()),
        addresses: Vec::new(),
        org: None,
    })
}

/// With everything in it that can be.
fn standing(membership: MembershipWord, role: Role) -> Value {
    written(&StandingRecord {
        issuer: "https://id.example.com".to_owned(),
        subject: "guy".to_owned(),
        email: Some("guy@example.com".to_owned()),
        membership,
        org: Some("acme".to_owned()),
        role,
        instance: Some(NewInstance {
            id: "guy-1".to_owned(),
            url: "https://guy.fly.dev".to_owned(),
        }),
    })
}

/// What serde writes, whole, under the name of its schema.
fn examples() -> [(&'static str, Value); 4] {
    let standing = standing(MembershipWord::Member, Role::Member);
    [
        ("NewInstance", standing["instance"].clone()),
        ("Standing", standing),
        ("Instance", instance(Status::Ready, None)),
        (
            "StatusChange",
            written(&StatusChange {
                status: Status::Ready,
            }),
        ),
    ]
}

#[test]
fn a_status_is_a_word_and_nothing_else() {
    let status = validator(Some("Status"));
    for word in Status::ALL {
        assert!(status.is_valid(&written(&word)));
    }
    for other in [
        json!("Ready"),
        json!("ready "),
        json!("running"),
        json!(""),
        json!(null),
        json!(1),
        json!(["ready"]),
    ] {
        assert!(!status.is_valid(&other), "{other}");
        assert!(serde_json::from_value::<Status>(other).is_err());
    }
}

#[test]
fn an_instance_says_what_it_was_exactly_while_it_is_suspended() {
    let schema = validator(Some("Instance"));
    let befores = || Status::ALL.into_iter().map(Some).chain([None]);
    for (status, from) in Status::ALL
        .into_iter()
        .flat_map(|status| befores().map(move |from| (status, from)))
    {
        let suspended = status == Status::Suspended;
        let right = from.is_some() == suspended && from != Some(Status::Suspended);
        assert_eq!(
            schema.is_valid(&instance(status, from)),
            right,
            "{status} {from:?}"
        );
    }
}

#[test]
fn every_word_of_a_standing_is_taken_and_no_other() {
    let schema = validator(Some("Standing"));
    for (membership, role) in MembershipWord::ALL
        .into_iter()
        .flat_map(|membership| Role::ALL.map(|role| (membership, role)))
    {
        let standing = standing(membership, role);
        assert!(schema.is_valid(&standing), "{standing}");
        for member in ["membership", "role"] {
            let mut wrong = standing.clone();
            wrong[member] = json!("owner");
            assert!(!schema.is_valid(&wrong), "{wrong}");
        }
    }
}

#[test]
fn every_member_that_serde_writes_is_described_and_no_other() {
    let schema = json_schema::schema();
    for (name, example) in examples() {
        let described = schema["$defs"][name]["properties"].as_object().unwrap();
        let written = example.as_object().unwrap();
        assert!(described.keys().eq(written.keys()), "{name}: {written:?}");
        assert!(validator(Some(name)).is_valid(&example), "{name}");
        assert!(validator(None).is_valid(&example), "{name}");
    }
}

#[test]
fn a_member_is_required_or_closed_out_exactly_where_serde_asks_for_that() {
    for (name, example) in examples() {
        let schema = validator(Some(name));
        let read = |value: &Value| match name {
            "NewInstance" => serde_json::from_value::<NewInstance>(value.clone()).is_ok(),
            "Standing" => serde_json::from_value::<StandingRecord>(value.clone()).is_ok(),
            "Instance" => serde_json::from_value::<InstanceRecord>(value.clone()).is_ok(),
            _ => serde_json::from_value::<StatusChange>(value.clone()).is_ok(),
        };
        for member in example.as_object().unwrap().keys() {
            let mut without = example.clone();
            without.as_object_mut().unwrap().remove(member);
            // serde reads an absent `suspended_from` as none; the gate always writes it, so the schema asks for it.
            let expected = read(&without) && member != "suspended_from";
            assert_eq!(
                schema.is_valid(&without),
                expected,
                "{name} without {member}"
            );
        }
        let mut more = example.clone();
        more["surprise"] = json!(1);
        assert_eq!(schema.is_valid(&more), read(&more), "{name}");
    }
}
