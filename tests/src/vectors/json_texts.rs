//! `json/jsontestsuite.json`: texts that are JSON, and texts that only look like it.
//!
//! The gate is stricter than RFC 8259 demands in three documented points (`policy/src/strict_json.rs`): a duplicate member, a
//! nesting deeper than its limit and a number beyond a double are refused.

use serde_json::Value;

use super::case::{Case, Expected};
use super::document::{Unreadable, base64, list, text};
use super::question::Question;

/// The cases of the file.
pub(super) fn cases(file: &Value) -> Result<Vec<Case>, Unreadable> {
    let tests = list(file, "tests")?.iter();
    tests
        .map(|test| {
            let content = base64(test, "data_b64")?;
            Ok(Case {
                id: text(test, "name")?.to_owned(),
                comment: String::from_utf8_lossy(&content).into_owned(),
                expected: expected(text(test, "expect")?, &content)?,
                question: Question::StrictJson { text: content },
            })
        })
        .collect()
}

fn expected(word: &str, content: &[u8]) -> Result<Expected, Unreadable> {
    Ok(match word {
        "must_parse"
            if has_duplicates(content) || depth(content) > policy::strict_json::MAX_DEPTH =>
        {
            Expected::Refuse
        }
        "must_parse" | "accept" => Expected::Accept,
        "must_fail" | "reject" => Expected::Refuse,
        word if word.starts_with("either") => Expected::Either(None),
        other => return Err(Unreadable(format!("`expect` is `{other}`"))),
    })
}

/// Whether an object names a member twice: a reader that keeps the last one writes fewer members than it read. A colon inside
/// a string is counted on both sides.
fn has_duplicates(content: &[u8]) -> bool {
    let written = serde_json::from_slice::<Value>(content).map(|value| value.to_string());
    let members = |text: &str| text.matches(':').count();
    written.is_ok_and(|written| members(&written) < members(&String::from_utf8_lossy(content)))
}

/// How deep lists and objects are nested.
fn depth(content: &[u8]) -> usize {
    let mut depths = content.iter().scan(0_usize, |depth, byte| {
        match byte {
            b'[' | b'{' => *depth += 1,
            b']' | b'}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.by_ref().max().unwrap_or_default()
}
