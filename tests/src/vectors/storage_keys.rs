//! `gate/kv_key_pairs.json`: pairs of people who must never share a storage key.

use serde_json::Value;

use super::case::{Case, Expected};
use super::document::{Unreadable, identifier, list, optional_text, text};
use super::question::{Person, Question};

/// The cases of the file.
pub(super) fn cases(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let tests = list(file, "tests")?.iter();
    tests
        .map(|test| {
            // A pair that need not differ must still not be too long for the store, which nobody can tell from one verdict.
            let must_differ = test.get("must_differ").is_none_or(|must| must != false);
            Ok(Case {
                id: identifier(test, "id"),
                comment: optional_text(test, "comment").unwrap_or_default(),
                question: Question::StorageKeys {
                    one: person(test, "a")?,
                    other: person(test, "b")?,
                },
                expected: if must_differ {
                    Expected::Accept
                } else {
                    Expected::Either(None)
                },
            })
        })
        .collect()
}

fn person(test: &Value, name: &str) -> Result<Person, Unreadable> {
    let person = test.get(name).unwrap_or(&Value::Null);
    Ok(Person {
        iss: text(person, "iss")?.to_owned(),
        sub: text(person, "sub")?.to_owned(),
    })
}
