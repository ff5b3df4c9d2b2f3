//! Which documents of a collection are meant: a filter of MongoDB, whose names become values in it and never a part of what it does.

use std::borrow::Cow;
use std::fmt;

use bson::{Bson, Document};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use crate::configuration::name::{Name, Unfilled, Values};
use crate::configuration::template::json::JsonTemplate;

/// It, with names in braces wherever it compares with a text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter(JsonTemplate);

impl Filter {
    /// Of every document.
    pub(crate) fn all() -> Self {
        Self(JsonTemplate::Object(Vec::new()))
    }

    pub(crate) fn names(&self) -> Vec<&Name> {
        self.0.names()
    }

    /// With every name replaced by its value.
    pub(crate) fn fill(&self, values: &Values) -> Result<Document, FilterError> {
        for name in self.names() {
            if let Ok(Value::Array(_) | Value::Object(_)) = values.get(name) {
                return Err(FilterError::NotPlain(name.clone()));
            }
        }
        let filled = self.0.fill(values).map_err(FilterError::Unfilled)?;
        let read = Bson::try_from(filled);
        let read = read.map_err(|error| FilterError::Extended(error.to_string()))?;
        if let Bson::Document(document) = read {
            Ok(document)
        } else {
            // One that is an id or a date as a whole.
            Err(FilterError::NoObject)
        }
    }

    fn parse(value: Value) -> Result<Self, String> {
        let value = match value.as_str() {
            Some(text) => {
                serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?
            }
            None => value,
        };
        let Value::Object(members) = value else {
            return Err(FilterError::NoObject.to_string());
        };
        let template = JsonTemplate::parse(Value::Object(members));
        let template = template.map_err(|error| error.to_string())?;
        hold(&template)?;
        Ok(Self(template))
    }
}

/// Finds a name where what it stands for would be run or would choose what is compared, and what only TOML can say.
fn hold(template: &JsonTemplate) -> Result<(), String> {
    match template {
        JsonTemplate::List(items) => items.iter().try_for_each(hold),
        JsonTemplate::Object(members) => members.iter().try_for_each(|(key, value)| {
            if key == DATE_OF_TOML {
                return Err(
                    "a date of TOML is none of MongoDB; write { \"$date\" = \"2026-01-01T00:00:00Z\" }".to_owned(),
                );
            }
            match value.names().first() {
                Some(name) if PROGRAMS.contains(&key.as_str()) => Err(format!(
                    "`{{{name}}}` would become a part of the program in `{key}`; compare with it: {{ FIELD = \"{{{name}}}\" }}"
                )),
                Some(_) | None => hold(value),
            }
        }),
        JsonTemplate::Plain(_) | JsonTemplate::Text(_) => Ok(()),
    }
}

impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Filter {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Filter".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": ["object", "string"] })
    }
}

/// As JSON, with its names in braces.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Values::of([]).with_placeholders();
        let shown = self.0.fill(&names);
        shown.unwrap_or(Value::Object(Map::new())).fmt(f)
    }
}

/// Why documents cannot be asked for.
#[derive(Debug)]
pub(crate) enum FilterError {
    /// What looks like extended JSON is none.
    Extended(String),
    NoObject,
    /// What a name stands for would be read as an operator.
    NotPlain(Name),
    Unfilled(Unfilled),
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Extended(error) => write!(
                f,
                "the filter is no extended JSON of MongoDB: {error}; write an id as {{ \"$oid\": \"24 digits\" }}, a date as {{ \"$date\": \"2026-01-01T00:00:00Z\" }}"
            ),
            Self::NoObject => f.write_str(
                "a filter is an object: { field = \"value\" }, or the same as a text of JSON",
            ),
            Self::NotPlain(name) => write!(
                f,
                "`{{{name}}}` is a list or an object here, which a filter would take for operators; capture a text or a number"
            ),
            Self::Unfilled(unfilled) => unfilled.fmt(f),
        }
    }
}

/// Keys whose texts are run, are patterns, or can name fields.
const PROGRAMS: [&str; 8] = [
    "$accumulator",
    "$code",
    "$expr",
    "$function",
    "$jsonSchema",
    "$regex",
    "$regularExpression",
    "$where",
];

/// What serde makes of a date of TOML.
const DATE_OF_TOML: &str = "$__toml_private_datetime";

#[cfg(test)]
mod tests {
    use bson::doc;
    use bson::oid::ObjectId;
    use serde_json::json;

    use super::*;

    fn filled(filter: Value, email: Value) -> Result<Document, String> {
        let values = Values::of([(Name::parse("email").unwrap(), email)]);
        let filter = Filter::parse(filter)?;
        filter.fill(&values).map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_stays_a_value_whatever_it_is() {
        let filter = json!({ "email": "{email}", "n": { "$gt": 3 } });
        for hostile in ["' || true || '", "{\"$ne\": null}", "$where", "{email}"] {
            assert_eq!(
                filled(filter.clone(), json!(hostile)).unwrap(),
                doc! { "email": hostile, "n": { "$gt": 3_i32 } }
            );
        }
        assert!(
            filled(filter.clone(), json!({ "$ne": null }))
                .unwrap_err()
                .contains("operators")
        );
        assert!(filled(filter, json!([1])).is_err());
    }

    #[test]
    fn no_name_stands_where_something_is_run() {
        for filter in [
            json!({ "$where": "this.email == '{email}'" }),
            json!({ "email": { "$regex": "^{email}" } }),
            json!({ "$or": [{ "$expr": { "$eq": ["$email", "{email}"] } }] }),
        ] {
            assert!(Filter::parse(filter).unwrap_err().contains("{email}"));
        }
        assert!(Filter::parse(json!({ "email": { "$regex": "^a" } })).is_ok());
        assert!(Filter::parse(json!({ "at": { DATE_OF_TOML: "2026-01-01" } })).is_err());
        assert!(Filter::parse(json!([])).is_err());
    }

    #[test]
    fn extended_json_is_read_also_out_of_a_text() {
        let id = "65f000000000000000000001";
        let text = json!("{\"_id\": {\"$oid\": \"{email}\"}}");
        assert_eq!(
            filled(text.clone(), json!(id)).unwrap(),
            doc! { "_id": ObjectId::parse_str(id).unwrap() }
        );
        assert!(
            filled(text, json!("guy@example.com"))
                .unwrap_err()
                .contains("$oid")
        );
    }
}
