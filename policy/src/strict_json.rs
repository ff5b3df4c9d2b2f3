//! JSON read once and strictly: a duplicate member is an error, at any depth.
//!
//! RFC 7515 section 4 lets a reader keep the last of two members of one name, which is how two readers of the same token come
//! to see two different people. `serde_json` does the parsing; only the collecting is ours.

pub mod typed;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Deepest nesting of a text. Tokens and key sets have three levels; every further one would only cost stack, of which
/// WebAssembly has one megabyte.
pub const MAX_DEPTH: usize = 32;

/// A JSON value whose objects have no duplicate members.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// An array.
    List(Vec<Value>),
    /// `null`.
    #[default]
    Null,
    /// Any number; NumericDate may have a fraction (RFC 7519 section 2).
    Number(f64),
    /// An object.
    Object(Object),
    /// A string.
    Text(String),
}

/// A JSON object without duplicate members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(BTreeMap<String, Value>);

/// What an object has under a name where a text is expected.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TextMember<'a> {
    /// Nothing.
    Absent,
    /// Something that is no text, which is never the same as nothing.
    OtherType,
    /// A text.
    Text(&'a str),
}

impl Value {
    /// Reads one value and nothing after it.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        Self::parse(bytes).ok()
    }

    /// The same, and why it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value = Nested(MAX_DEPTH).deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(value)
    }
}

impl Object {
    /// Reads one object and nothing after it.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        match Value::read(bytes)? {
            Value::Object(object) => Some(object),
            Value::Bool(_) | Value::List(_) | Value::Null | Value::Number(_) | Value::Text(_) => {
                None
            }
        }
    }

    /// The member of exactly this name.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The member of exactly this name where a text is expected.
    pub fn text(&self, name: &str) -> TextMember<'_> {
        match self.member(name) {
            None => TextMember::Absent,
            Some(Value::Text(text)) => TextMember::Text(text),
            Some(
                Value::Bool(_) | Value::List(_) | Value::Null | Value::Number(_) | Value::Object(_),
            ) => TextMember::OtherType,
        }
    }
}

/// A value that may hold lists and objects of at most this depth, itself included.
#[derive(Clone, Copy)]
struct Nested(usize);

impl<'de> DeserializeSeed<'de> for Nested {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Nested {
    fn inside<E: Error>(self) -> Result<Self, E> {
        let depth = self.0.checked_sub(1);
        depth.map(Self).ok_or_else(|| E::custom("too deep"))
    }
}

impl<'de> Visitor<'de> for Nested {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Number(value))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "dates and counters stay far below 2^53; beyond it only the order matters"
    )]
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "as for `visit_i64`")]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value as f64))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.into()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inside)? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inside = self.inside()?;
        let mut object = BTreeMap::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("duplicate member `{name}`")));
            }
            object.insert(name, members.next_value_seed(inside)?);
        }
        Ok(Value::Object(Object(object)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_duplicate_member_is_refused_at_any_depth_and_in_any_spelling() {
        for text in [
            r#"{"sub":"a","sub":"b"}"#,
            r#"{"sub":"a","\u0073ub":"b"}"#,
            r#"{"a":[{"b":1,"b":1}]}"#,
        ] {
            assert_eq!(Object::read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn only_one_whole_object_is_an_object() {
        for text in [
            "null",
            "[]",
            "\"x\"",
            "1",
            "",
            "{}{}",
            "{} x",
            "{,}",
            "{\"a\":NaN}",
            "\u{feff}{}",
            "{\"a\":1e400}",
        ] {
            assert_eq!(Object::read(text.as_bytes()), None, "{text}");
        }
        assert!(Object::read(b" {\"a\": [1, -0.5, null, true]} ").is_some());
    }

    #[test]
    fn nesting_ends_at_its_limit_without_overflow() {
        let lists = |depth: usize| [vec![b'['; depth], vec![b']'; depth]].concat();
        assert!(Value::read(&lists(MAX_DEPTH)).is_some());
        assert_eq!(Value::read(&lists(MAX_DEPTH + 1)), None);
        let deep = [b"{\"a\":".as_slice(), &vec![b'['; 20_000]].concat();
        assert_eq!(Object::read(&deep), None);
    }

    #[test]
    fn invalid_utf8_is_refused() {
        assert_eq!(Object::read(b"{\"a\":\"\xff\"}"), None);
        assert_eq!(Object::read(b"{\"a\":\"\\ud800\"}"), None);
    }
}
