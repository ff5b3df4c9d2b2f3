//! `url/path_cases.json`: request targets, and what a WHATWG parser makes of them.
//!
//! The gate's rule: a path that such a parser would change, because a segment climbs or stands still, is refused; every other
//! path is judged and sent on byte for byte.

use serde_json::Value;

use super::case::{Case, Expected};
use super::document::{Unreadable, identifier, list, text};
use super::question::Question;

/// The cases of the file.
pub(super) fn cases(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let tests = list(file, "tests")?.iter();
    tests
        .map(|test| {
            let target = text(test, "target")?;
            // As the platform hands it over: without the query, and no fragment ever reaches a server.
            let path = target.split(['?', '#']).next().unwrap_or(target);
            Ok(Case {
                id: identifier(test, "id"),
                comment: target.to_owned(),
                expected: expected(test, path),
                question: Question::Path {
                    path: path.to_owned(),
                },
            })
        })
        .collect()
}

/// A parser that folds dots away makes the path shorter; one that only encodes makes it longer. A path of which the file gives
/// only the beginning is judged by nobody here.
fn expected(test: &Value, path: &str) -> Expected {
    let parsed = test.pointer("/whatwg_url_of_origin_plus_target/pathname");
    match parsed.and_then(Value::as_str) {
        Some(parsed) if parsed.len() < path.len() && parsed.contains('…') => {
            Expected::Either(None)
        }
        Some(parsed) if parsed.len() < path.len() || path.contains('\\') => Expected::Refuse,
        Some(_) => Expected::Accept,
        None => Expected::Either(None),
    }
}
