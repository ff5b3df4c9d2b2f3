//! Types of our own, filled from a value that was read strictly. The text is read by one reader, whatever it is to become: `serde_json` would
//! write its reader once for each type, which was a tenth of the gate's WebAssembly.

use alloc::borrow::ToOwned as _;
use alloc::collections::btree_map;
use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt;

use serde::de::value::{SeqDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, Expected, IntoDeserializer,
    MapAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use super::{Object, Value};

/// Beyond, two numbers that differ are the same to JavaScript and to many readers of JSON (RFC 8259 section 6).
pub const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

/// Reads one value and nothing after it as this type.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Misfit> {
    let value = Value::parse(bytes).map_err(Misfit::custom)?;
    T::deserialize(value)
}

/// Why a text is no value of a type.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Misfit {
    /// The names of the members that lead there, outermost first, with dots between them; empty for the whole.
    place: String,
    problem: String,
}

impl Misfit {
    fn inside(mut self, name: &str) -> Self {
        if !self.place.is_empty() {
            self.place.insert(0, '.');
        }
        self.place.insert_str(0, name);
        self
    }

    fn wrong(kind: &str, found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!(
            "{kind}: {}, expected {expected}",
            named(found)
        ))
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "`{}`: ", self.place)?;
        }
        f.write_str(&self.problem)
    }
}

impl core::error::Error for Misfit {}

impl serde::de::Error for Misfit {
    fn custom<T: fmt::Display>(problem: T) -> Self {
        Self {
            place: String::new(),
            problem: problem.to_string(),
        }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong("invalid type", found, expected)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong("invalid value", found, expected)
    }
}

/// What JSON calls it.
fn named(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Unsigned(value) => format!("the number `{value}`"),
        Unexpected::Signed(value) => format!("the number `{value}`"),
        Unexpected::Float(_) => "a number that is no whole one from 0 to 2^53 - 1".to_owned(),
        Unexpected::Char(value) => format!("the text `{value}`"),
        Unexpected::Str(value) => format!("the text `{value}`"),
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        Unexpected::Bytes(_)
        | Unexpected::NewtypeStruct
        | Unexpected::Enum
        | Unexpected::UnitVariant
        | Unexpected::NewtypeVariant
        | Unexpected::TupleVariant
        | Unexpected::StructVariant
        | Unexpected::Other(_) => "what JSON has not".to_owned(),
    }
}

impl Value {
    fn misfit(&self, expected: &dyn Expected) -> Misfit {
        Misfit::invalid_type(
            match self {
                Self::Bool(value) => Unexpected::Bool(*value),
                Self::List(_) => Unexpected::Seq,
                Self::Null => Unexpected::Unit,
                Self::Number(value) => {
                    whole(*value).map_or(Unexpected::Float(*value), Unexpected::Unsigned)
                }
                Self::Object(_) => Unexpected::Map,
                Self::Text(text) => Unexpected::Str(text),
            },
            expected,
        )
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number from 0 to 2^53 - 1"
)]
pub(crate) fn whole(number: f64) -> Option<u64> {
    let is_whole = (0.0..=MAX_EXACT).contains(&number) && number % 1.0 == 0.0;
    is_whole.then_some(number as u64)
}

/// Asks a type only for what it can be made of, so that what it says to anything else is not compiled: above all how a struct would be
/// read from a list.
impl<'de> Deserializer<'de> for Value {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self {
            Self::Bool(_) => self.deserialize_bool(visitor),
            Self::List(_) => self.deserialize_seq(visitor),
            Self::Null => visitor.visit_unit(),
            Self::Number(number) => match whole(number) {
                Some(number) => visitor.visit_u64(number),
                None => visitor.visit_f64(number),
            },
            Self::Object(_) => self.deserialize_map(visitor),
            Self::Text(_) => self.deserialize_string(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Self::Bool(value) = self else {
            return Err(self.misfit(&visitor));
        };
        visitor.visit_bool(value)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if let Self::Number(number) = self
            && let Some(number) = whole(number)
        {
            return visitor.visit_u64(number);
        }
        Err(self.misfit(&visitor))
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_u64(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Self::Text(text) = self else {
            return Err(self.misfit(&visitor));
        };
        visitor.visit_string(text)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        if matches!(self, Self::Null) {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Self::List(items) = self else {
            return Err(self.misfit(&visitor));
        };
        let mut items = SeqDeserializer::new(items.into_iter());
        let value = visitor.visit_seq(&mut items)?;
        items.end().map(|()| value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Self::Object(Object(members)) = self else {
            return Err(self.misfit(&visitor));
        };
        visitor.visit_map(Members {
            rest: members.into_iter(),
            value: None,
        })
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.deserialize_map(visitor)
    }

    /// A word; the enums of our contracts hold nothing.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _words: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let Self::Text(word) = &self else {
            return Err(self.misfit(&visitor));
        };
        visitor.visit_enum(StrDeserializer::new(word))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

impl IntoDeserializer<'_, Misfit> for Value {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// The members of an object that are still to be read.
struct Members {
    rest: btree_map::IntoIter<String, Value>,
    /// The one whose name was read last.
    value: Option<(String, Value)>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        self.value = self.rest.next();
        let name = self
            .value
            .as_ref()
            .map(|(name, _)| StrDeserializer::new(name));
        name.map(|name| seed.deserialize(name)).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        let (name, value) = self.value.take().unwrap_or_default();
        seed.deserialize(value)
            .map_err(|misfit| misfit.inside(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, Eq, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Order {
        id: u64,
        word: Word,
        parts: Vec<(String, Option<bool>)>,
        inside: Option<Inside>,
    }

    #[derive(Debug, Deserialize, Eq, PartialEq)]
    struct Inside {
        days: u32,
    }

    #[derive(Debug, Deserialize, Eq, PartialEq)]
    #[serde(rename_all = "snake_case")]
    enum Word {
        InTime,
        Late,
    }

    fn problem(text: &str) -> String {
        read::<Order>(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn a_type_is_filled_as_by_serde_json() {
        let text = r#"{"word":"in_time","id":9007199254740991,"parts":[["a",true],["b",null]],"inside":{"days":7,"more":[1]}}"#;
        let filled: Order = read(text.as_bytes()).unwrap();
        assert_eq!(filled, serde_json::from_str(text).unwrap());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let with = |word: &str, inside: &str| {
            problem(&format!(
                r#"{{"id":1,"word":{word},"parts":[],"inside":{inside}}}"#
            ))
        };
        for (said, problem) in [
            (
                with("\"late\"", r#"{"days":"7"}"#),
                "`inside.days`: invalid type: the text `7`, expected u32",
            ),
            (
                with("\"late\"", r#"{"days":4294967296}"#),
                "`inside.days`: invalid value: the number `4294967296`, expected u32",
            ),
            (
                with("\"late\"", r#"{"days":-1}"#),
                "`inside.days`: invalid type: a number that is no whole one from 0 to 2^53 - 1, expected u32",
            ),
            (with("\"late\"", "{}"), "`inside`: missing field `days`"),
            (
                with("\"late\"", "[7]"),
                "`inside`: invalid type: a list, expected struct Inside",
            ),
            (
                with("\"soon\"", "null"),
                "`word`: unknown variant `soon`, expected `in_time` or `late`",
            ),
            (
                problem(r#"{"ids":1}"#),
                "unknown field `ids`, expected one of `id`, `word`, `parts`, `inside`",
            ),
        ] {
            assert_eq!(said, problem);
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_fills_nothing() {
        assert!(problem(r#"{"id":1,"id":2}"#).contains("duplicate member `id`"));
        assert!(problem(r#"{"id":1} {"id":1}"#).contains("trailing characters"));
        assert!(problem(r#"{"id":1,"word":"late","parts":[["a",true,1]]}"#).contains("`parts`"));
    }
}
