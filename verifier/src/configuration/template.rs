//! Texts with places to be filled: `usher-{run}@example.com`.

pub(crate) mod json;

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use crate::configuration::name::{Name, NotAName, Unfilled, Values, text_of_value};

/// A text with slots.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Text(String),
    Slot(Name),
}

impl Template {
    /// Reads `{name}` as a slot, and `{{` and `}}` as the braces themselves.
    pub(crate) fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            match character {
                '{' | '}' if rest.next_if_eq(&character).is_some() => literal.push(character),
                '{' => {
                    parts.push(Part::Text(std::mem::take(&mut literal)));
                    parts.push(Part::Slot(slot(rest.by_ref())?));
                }
                '}' => return Err(TemplateError::LoneBrace),
                other => literal.push(other),
            }
        }
        parts.push(Part::Text(literal));
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        Ok(Self(parts))
    }

    /// One slot with a text before and behind it.
    pub(crate) fn around(before: &str, slot: Name, behind: &str) -> Self {
        Self(vec![
            Part::Text(before.to_owned()),
            Part::Slot(slot),
            Part::Text(behind.to_owned()),
        ])
    }

    /// The same with a text behind it.
    pub(crate) fn followed_by(mut self, text: &str) -> Self {
        self.0.push(Part::Text(text.to_owned()));
        self
    }

    /// The text with every slot filled.
    pub(crate) fn fill(&self, values: &Values) -> Result<String, Unfilled> {
        self.fill_each(values, |_index, text| text)
    }

    /// The text with every slot filled by what `change` makes of its value; it is told where in the text the slot stands.
    pub(crate) fn fill_each(
        &self,
        values: &Values,
        change: impl Fn(usize, String) -> String,
    ) -> Result<String, Unfilled> {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Slot(name) => {
                    let text = change(filled.len(), text_of_value(&values.get(name)?));
                    filled.push_str(&text);
                }
            }
        }
        Ok(filled)
    }

    /// What fills the template where it is one slot and nothing else: a number stays a number.
    fn fill_whole(&self, values: &Values) -> Result<Value, Unfilled> {
        match self.0.as_slice() {
            [Part::Slot(name)] => values.get(name),
            _ => self.fill(values).map(Value::String),
        }
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Slot(name) => Some(name),
        })
    }
}

/// Reads the rest of `{name}`.
fn slot(rest: &mut impl Iterator<Item = char>) -> Result<Name, TemplateError> {
    let mut name = String::new();
    loop {
        match rest.next() {
            None => return Err(TemplateError::OpenBrace),
            Some('}') => break,
            Some(character) => name.push(character),
        }
    }
    Name::parse(&name).map_err(TemplateError::NotAName)
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Template {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Template".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        schemars::json_schema!({ "type": "string", "pattern": TEMPLATE_PATTERN })
    }
}

/// Every brace is doubled, or one of a pair around a name.
pub(super) const TEMPLATE_PATTERN: &str = r"^([^{}]|\{\{|\}\}|\{[a-z][a-z0-9_]*\})*$";

/// Why a text is no template.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum TemplateError {
    /// A `}` that closes nothing.
    LoneBrace,
    /// What stands in braces is no name.
    NotAName(NotAName),
    /// A `{` that is never closed.
    OpenBrace,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoneBrace => {
                f.write_str("a `}` that closes nothing; write `}}` for the brace itself")
            }
            Self::NotAName(error) => {
                write!(f, "in braces, {error}; write `{{{{` for the brace itself")
            }
            Self::OpenBrace => {
                f.write_str("a `{` that is never closed; write `{{` for the brace itself")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values() -> Values {
        let named = [("id", json!(7)), ("email", json!("e@usher.invalid"))];
        Values::of(named.map(|(name, value)| (Name::parse(name).unwrap(), value)))
    }

    #[test]
    fn slots_are_filled_and_doubled_braces_are_braces() {
        let template = Template::parse("/u/{email}/{id}?{{x}}").unwrap();
        assert_eq!(
            template.fill(&values()).unwrap(),
            "/u/e@usher.invalid/7?{x}"
        );
    }

    #[test]
    fn a_name_that_nothing_fills_is_said_or_in_a_plan_shown() {
        let template = Template::parse("{id}-{ticket}").unwrap();
        let unfilled = template.fill(&values()).unwrap_err();
        assert_eq!(unfilled.0, Name::parse("ticket").unwrap());
        let shown = template.fill(&values().with_placeholders()).unwrap();
        assert_eq!(shown, "7-{ticket}");
    }

    #[test]
    fn braces_hold_names_and_nothing_else() {
        for text in ["{", "{}", "{email", "}", "{e{mail}", "{ email }"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_schema_takes_what_is_a_template_and_nothing_else() {
        let pattern = regex::Regex::new(TEMPLATE_PATTERN).unwrap();
        for text in [
            "", "a", "{a}", "{a}{b}", "{{", "}}", "{{a}}", "{", "}", "{}", "{A}", "{a", "a}",
            "{{{a}", "{ a }",
        ] {
            // `{{{a}` is a brace and a slot, in either reading.
            assert_eq!(
                pattern.is_match(text),
                Template::parse(text).is_ok(),
                "{text}"
            );
        }
    }
}
