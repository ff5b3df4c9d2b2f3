//! JSON whose texts are templates; the keys are not.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use crate::configuration::name::{Name, Unfilled, Values};
use crate::configuration::template::{Template, TemplateError};

/// JSON to be filled.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonTemplate {
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// A number, a truth value or nothing.
    Plain(Value),
    Text(Template),
}

impl JsonTemplate {
    pub(crate) fn parse(value: Value) -> Result<Self, TemplateError> {
        Ok(match value {
            Value::String(text) => Self::Text(Template::parse(&text)?),
            Value::Array(items) => Self::List(
                items
                    .into_iter()
                    .map(Self::parse)
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(name, value)| Ok((name, Self::parse(value)?)))
                    .collect::<Result<_, _>>()?,
            ),
            plain @ (Value::Null | Value::Bool(_) | Value::Number(_)) => Self::Plain(plain),
        })
    }

    /// The JSON with every slot filled. A text that is one slot and nothing else becomes the value itself: an id that was captured as a
    /// number is sent as a number.
    pub(crate) fn fill(&self, values: &Values) -> Result<Value, Unfilled> {
        match self {
            Self::List(items) => items.iter().map(|item| item.fill(values)).collect(),
            Self::Object(members) => members
                .iter()
                .map(|(name, value)| Ok((name.clone(), value.fill(values)?)))
                .collect(),
            Self::Plain(value) => Ok(value.clone()),
            Self::Text(template) => template.fill_whole(values),
        }
    }

    /// Every name that occurs anywhere.
    pub(crate) fn names(&self) -> Vec<&Name> {
        match self {
            Self::List(items) => items.iter().flat_map(Self::names).collect(),
            Self::Object(members) => members
                .iter()
                .flat_map(|(_, value)| value.names())
                .collect(),
            Self::Plain(_) => Vec::new(),
            Self::Text(template) => template.names().collect(),
        }
    }
}

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for JsonTemplate {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "JsonTemplate".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!(true)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_at_any_depth_are_templates_and_a_captured_number_stays_one() {
        let values = Values::of([(Name::parse("id").unwrap(), json!(7))]);
        let template =
            JsonTemplate::parse(json!({"a": [{"b": "{id}", "c": "no. {id}"}], "n": 1})).unwrap();
        assert_eq!(
            template.fill(&values).unwrap(),
            json!({"a": [{"b": 7, "c": "no. 7"}], "n": 1})
        );
        assert!(JsonTemplate::parse(json!(["{"])).is_err());
    }
}
