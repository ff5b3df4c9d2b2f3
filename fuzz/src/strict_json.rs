//! Target `strict_json`: what we take is exactly what `serde_json` takes, less duplicates and depth, with the same content.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a law: where it is broken it panics"
)]

use policy::strict_json as ours;
use serde_json::Value;

use crate::json_members;
use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "{\"a\":",
    "\"b\":",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\\u0061",
    "\"\\u0073ub\":",
    "\\ud83d\\ude00",
    "\\ud800",
    "1e400",
    "-0",
    "1E9",
    "0.1",
    "null",
    "true",
    "false",
    "[[[[[[[[",
    "]]]]]]]]",
    "\u{feff}",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let deep = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
    let texts = [
        r#"{"a":1,"b":[true,null,{"c":"d"}],"e":-1.5e3}"#,
        r#"{"sub":"a","\u0073ub":"b"}"#,
        r#"{"a":{"b":1,"b":2}}"#,
        "[1,2,18446744073709551615,-9223372036854775808]",
        "\"\\ud83d\\ude00\"",
        "{}{}",
    ];
    let mut seeds = texts.map(Into::into).to_vec();
    seeds.extend([deep(ours::MAX_DEPTH), deep(ours::MAX_DEPTH + 1)]);
    seeds
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let naive = json_members::strictly(data);
    let read = ours::Value::read(data);
    match (&read, &naive) {
        (Some(read), Some(naive)) => {
            same(read, naive);
            let typed = ours::typed::read(data).expect("everything is some value");
            same(read, &typed);
        }
        (None, None) => {}
        (Some(_), None) => panic!("taken, and a strict reader would not"),
        (None, Some(_)) => panic!("refused, and there is nothing wrong with it"),
    }
    let object = ours::Object::read(data);
    assert_eq!(
        object.is_some(),
        naive.as_ref().is_some_and(Value::is_object)
    );
    if let (Some(object), Some(Value::Object(members))) = (object, naive) {
        for (name, value) in &members {
            let text = match object.text(name) {
                ours::TextMember::Absent => panic!("`{name}` is there"),
                ours::TextMember::OtherType => None,
                ours::TextMember::Text(text) => Some(text),
            };
            assert_eq!(text, value.as_str());
        }
    }
    Outcome::taken_if(read.is_some())
}

fn same(read: &ours::Value, naive: &Value) {
    match (read, naive) {
        (ours::Value::Null, Value::Null) => {}
        (ours::Value::Bool(read), Value::Bool(naive)) => assert_eq!(read, naive),
        (ours::Value::Number(read), Value::Number(naive)) => {
            assert_eq!(Some(*read), naive.as_f64());
            assert!(read.is_finite());
        }
        (ours::Value::Text(read), Value::String(naive)) => assert_eq!(read, naive),
        (ours::Value::List(read), Value::Array(naive)) => {
            assert_eq!(read.len(), naive.len());
            read.iter()
                .zip(naive)
                .for_each(|(read, naive)| same(read, naive));
        }
        (ours::Value::Object(read), Value::Object(naive)) => {
            for (name, naive) in naive {
                same(read.member(name).expect("the same members"), naive);
            }
        }
        (read, naive) => panic!("{read:?} is not {naive:?}"),
    }
}
