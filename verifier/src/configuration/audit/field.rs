//! Parts of rows, and how those of two rows are held against each other.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use crate::configuration::name::text_of_value;
use crate::configuration::value::unescaped;

/// Where a row has something: a JSON pointer, or the plain name of a column or member.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Field {
    pointer: String,
    /// The member that it is, where it is not deeper.
    only: Option<String>,
    written: String,
}

impl Field {
    pub(crate) fn parse(written: String) -> Result<Self, &'static str> {
        let pointer = match written.strip_prefix('/') {
            Some(_) => written.clone(),
            None if written.is_empty() => {
                return Err("expected the name of a column, or a JSON pointer such as \"/email\"");
            }
            None => return Ok(Self::named(&written)),
        };
        let only = pointer.get(1..).filter(|part| !part.contains('/'));
        Ok(Self {
            only: only.map(unescaped),
            pointer,
            written,
        })
    }

    /// A member of the row itself.
    pub(crate) fn named(name: &str) -> Self {
        Self {
            only: Some(name.to_owned()),
            pointer: format!("/{}", name.replace('~', "~0").replace('/', "~1")),
            written: name.to_owned(),
        }
    }

    /// What the row has there; nothing where it is null or an empty text.
    pub(crate) fn of<'a>(&self, row: &'a Value) -> Option<&'a Value> {
        let found = match (&self.only, row) {
            // A pointer is taken apart anew for each row.
            (Some(member), Value::Object(members)) => members.get(member),
            (_, row) => row.pointer(&self.pointer),
        };
        found.filter(|value| !value.is_null() && value.as_str() != Some(""))
    }

    /// The member of the row that it is, or is in.
    pub(crate) fn member(&self) -> String {
        unescaped(self.pointer.split('/').nth(1).unwrap_or_default())
    }

    /// As it is written in the file.
    pub(crate) fn as_str(&self) -> &str {
        &self.written
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Field {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "minLength": 1 })
    }
}

/// A part of a row, and what of its writing does not count.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Compared {
    pub(crate) field: Field,
    pub(crate) way: Way,
}

impl Compared {
    /// What is compared, of this row.
    pub(crate) fn of(&self, row: &Value) -> Option<String> {
        let value = self.field.of(row)?;
        Some(self.way.of(&text_of_value(value))).filter(|text| !text.is_empty())
    }
}

/// What of a text does not count.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Way {
    /// An e-mail address: neither white space around it nor capital letters count.
    Email,
    /// Every character counts.
    #[default]
    Exact,
    /// White space around it does not count.
    Trimmed,
    /// A truth value: 1, "t" and true are the same.
    Truth,
}

impl Way {
    pub(crate) fn of(self, text: &str) -> String {
        match self {
            Self::Email => text.trim().to_lowercase(),
            Self::Exact => text.to_owned(),
            Self::Trimmed => text.trim().to_owned(),
            Self::Truth => match text.trim().to_ascii_lowercase().as_str() {
                "1" | "t" | "true" | "yes" | "y" => "true".to_owned(),
                "0" | "f" | "false" | "no" | "n" => "false".to_owned(),
                other => other.to_owned(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn field(text: &str) -> Field {
        serde_json::from_value(json!(text)).unwrap()
    }

    #[test]
    fn a_column_is_named_plainly_and_a_member_at_any_depth_by_a_pointer() {
        let row = json!({ "a/b~": 1, "app": { "tenant": "t" }, "none": null, "empty": "" });
        assert_eq!(field("a/b~").of(&row), Some(&json!(1)));
        assert_eq!(field("/app/tenant").of(&row), Some(&json!("t")));
        assert_eq!(field("none").of(&row), None);
        assert_eq!(field("empty").of(&row), None);
        assert!(serde_json::from_value::<Field>(json!("")).is_err());
    }

    #[test]
    fn what_does_not_count_is_taken_away_and_nothing_else() {
        assert_eq!(Way::Email.of(" Guy@Example.com\n"), "guy@example.com");
        assert_eq!(Way::Trimmed.of(" Guy "), "Guy");
        assert_eq!(Way::Exact.of(" Guy "), " Guy ");
        assert_eq!(Way::Truth.of("1"), Way::Truth.of("true"));
        assert_ne!(Way::Truth.of("0"), Way::Truth.of("true"));
    }
}
