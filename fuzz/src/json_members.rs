//! How many members a JSON text has, counted without reading it, and how deep a value is. A reader that keeps the last of two
//! members of one name has fewer than the text.

use serde_json::Value;

/// The colons outside of strings: one for each member as it is written.
pub(crate) fn written(text: &[u8]) -> usize {
    let (mut count, mut in_string, mut escaped) = (0, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// The members of a value, at any depth.
pub(crate) fn kept(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(kept).sum(),
        Value::Object(members) => members.len() + members.values().map(kept).sum::<usize>(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// How many lists and objects lie in each other.
pub(crate) fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// What a strict reader must make of a text: the value, if no member of it is written twice and it is not too deep.
pub(crate) fn strictly(text: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(text).ok()?;
    let strict = kept(&value) == written(text) && depth(&value) <= policy::strict_json::MAX_DEPTH;
    strict.then_some(value)
}
