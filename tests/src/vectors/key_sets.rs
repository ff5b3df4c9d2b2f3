//! `gate/jwks_cases.json`: answers of a key endpoint, and which of their keys may be used afterwards.

use serde_json::{Value, json};

use super::case::{Case, Expected};
use super::document::{Unreadable, identifier, list, optional_text, text, texts};
use super::question::Question;

/// What the issuer of these cases signs with.
pub(super) const ALGORITHMS: [&str; 3] = ["RS256", "ES256", "EdDSA"];

/// The cases that a body alone decides; what another status means is asked of a running gate (`key_endpoint`).
pub(super) fn cases(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let tests = list(file, "tests")?.iter();
    let tests = tests.filter(|test| status(test) == 200);
    tests
        .map(|test| {
            let body = optional_text(test, "body").unwrap_or_default();
            Ok(Case {
                id: identifier(test, "id"),
                comment: optional_text(test, "comment").unwrap_or_default(),
                question: Question::KeySet {
                    body: body.into_bytes(),
                    algorithms: ALGORITHMS.map(str::to_owned).to_vec(),
                },
                expected: expected(test)?,
            })
        })
        .collect()
}

/// The status of the answer.
pub(super) fn status(test: &Value) -> u64 {
    let status = test.get("http_status").and_then(Value::as_u64);
    status.unwrap_or(200)
}

fn expected(test: &Value) -> Result<Expected, Unreadable> {
    Ok(match text(test, "expect")? {
        "use" => {
            let mut names = texts(test, "usable_kids");
            names.sort_by_key(|name| json!(name).to_string());
            Expected::AcceptAs(json!(names))
        }
        "keep_last_good" => Expected::Refuse,
        "either" => Expected::Either(None),
        other => {
            return Err(Unreadable(format!(
                "`expect` is `{other}` in {}",
                identifier(test, "id")
            )));
        }
    })
}
