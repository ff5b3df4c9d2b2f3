//! Reading a file of vectors: what is missing in it is said with its place.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// A file that is not what it should be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unreadable(pub String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text under a name.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, Unreadable> {
    let text = value.get(name).and_then(Value::as_str);
    text.ok_or_else(|| missing("a text", value, name))
}

/// The text under a name, or nothing.
pub(super) fn optional_text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// The number under a name.
pub(super) fn number(value: &Value, name: &str) -> Result<u64, Unreadable> {
    let number = value.get(name).and_then(Value::as_u64);
    number.ok_or_else(|| missing("a number", value, name))
}

/// The list under a name.
pub(super) fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], Unreadable> {
    let list = value.get(name).and_then(Value::as_array);
    list.map(Vec::as_slice)
        .ok_or_else(|| missing("a list", value, name))
}

/// The texts under a name: a list of them, a single one, or none.
pub(super) fn texts(value: &Value, name: &str) -> Vec<String> {
    match value.get(name) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => {
            let texts = items.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {
            Vec::new()
        }
    }
}

/// The hexadecimal bytes under a name.
pub(super) fn hex(value: &Value, name: &str) -> Result<Vec<u8>, Unreadable> {
    let digits: Option<Vec<u8>> = text(value, name)?
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0);
    let digits = digits.ok_or_else(|| missing("hexadecimal bytes", value, name))?;
    let pairs = digits.as_chunks::<2>().0;
    Ok(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// The base64 bytes under a name.
pub(super) fn base64(value: &Value, name: &str) -> Result<Vec<u8>, Unreadable> {
    let bytes = STANDARD.decode(text(value, name)?);
    bytes.map_err(|_not_base64| missing("base64", value, name))
}

/// The base64url bytes under a name, if there are any.
pub(super) fn base64url(value: &Value, name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(value.get(name)?.as_str()?).ok()
}

/// An `id`, whether it is a text or a number.
pub(super) fn identifier(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "without an id".to_owned(),
    }
}

fn missing(what: &str, value: &Value, name: &str) -> Unreadable {
    let place: String = value.to_string().chars().take(120).collect();
    Unreadable(format!("`{name}` is not {what} in {place}"))
}
