//! Texts with places to be filled: `usher-{run}@example.com`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

use crate::configuration::suggestion::closest;

/// A name that stands in braces in a template.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Slot {
    /// The created user's e-mail address.
    Email,
    /// The gate's address.
    Gate,
    /// The identity service's address.
    Identity,
    /// The created user's password.
    Password,
    /// The random id of this run.
    Run,
    /// The created user's name.
    Username,
}

impl Slot {
    const ALL: [Self; 6] = [
        Self::Email,
        Self::Gate,
        Self::Identity,
        Self::Password,
        Self::Run,
        Self::Username,
    ];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Gate => "gate",
            Self::Identity => "identity",
            Self::Password => "password",
            Self::Run => "run",
            Self::Username => "username",
        }
    }
}

/// What fills the slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filling<'a> {
    pub(crate) email: &'a str,
    pub(crate) gate: &'a str,
    pub(crate) identity: &'a str,
    pub(crate) password: &'a str,
    pub(crate) run: &'a str,
    pub(crate) username: &'a str,
}

impl Filling<'static> {
    /// Plausible values, to judge a template before a run.
    pub(crate) const SAMPLE: Self = Self {
        email: "usher-sample@usher.invalid",
        gate: "https://gate.invalid",
        identity: "https://identity.invalid",
        password: "sample",
        run: "sample",
        username: "usher-sample",
    };
}

impl Filling<'_> {
    fn value(&self, slot: Slot) -> &str {
        match slot {
            Slot::Email => self.email,
            Slot::Gate => self.gate,
            Slot::Identity => self.identity,
            Slot::Password => self.password,
            Slot::Run => self.run,
            Slot::Username => self.username,
        }
    }
}

/// A text with slots.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Text(String),
    Slot(Slot),
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
    pub(crate) fn around(before: &str, slot: Slot, behind: &str) -> Self {
        Self(vec![
            Part::Text(before.to_owned()),
            Part::Slot(slot),
            Part::Text(behind.to_owned()),
        ])
    }

    /// The text with every slot filled.
    pub(crate) fn fill(&self, filling: &Filling<'_>) -> String {
        let mut filled = String::new();
        for part in &self.0 {
            filled.push_str(match part {
                Part::Text(text) => text,
                Part::Slot(slot) => filling.value(*slot),
            });
        }
        filled
    }

    pub(crate) fn slots(&self) -> impl Iterator<Item = Slot> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Slot(slot) => Some(*slot),
        })
    }
}

/// Reads the rest of `{name}`.
fn slot(rest: &mut impl Iterator<Item = char>) -> Result<Slot, TemplateError> {
    let mut name = String::new();
    loop {
        match rest.next() {
            None => return Err(TemplateError::OpenBrace),
            Some('}') => break,
            Some(character) => name.push(character),
        }
    }
    Slot::ALL
        .into_iter()
        .find(|slot| slot.word() == name)
        .ok_or(TemplateError::UnknownName(name))
}

impl<'de> Deserialize<'de> for Template {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// JSON whose texts are templates; the keys are not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum JsonTemplate {
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
    /// A number, a truth value or nothing.
    Plain(Value),
    Text(Template),
}

impl JsonTemplate {
    fn parse(value: Value) -> Result<Self, TemplateError> {
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

    /// The JSON with every slot filled.
    pub(crate) fn fill(&self, filling: &Filling<'_>) -> Value {
        match self {
            Self::List(items) => items.iter().map(|item| item.fill(filling)).collect(),
            Self::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), value.fill(filling)))
                .collect(),
            Self::Plain(value) => value.clone(),
            Self::Text(template) => Value::String(template.fill(filling)),
        }
    }

    /// Whether this slot occurs anywhere.
    pub(crate) fn uses(&self, slot: Slot) -> bool {
        match self {
            Self::List(items) => items.iter().any(|item| item.uses(slot)),
            Self::Object(members) => members.iter().any(|(_, value)| value.uses(slot)),
            Self::Plain(_) => false,
            Self::Text(template) => template.slots().any(|used| used == slot),
        }
    }
}

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Why a text is no template.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum TemplateError {
    /// A `}` that closes nothing.
    LoneBrace,
    /// A `{` that is never closed.
    OpenBrace,
    /// A name in braces that nothing fills.
    UnknownName(String),
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LoneBrace => {
                f.write_str("a `}` that closes nothing; write `}}` for the brace itself")
            }
            Self::OpenBrace => {
                f.write_str("a `{` that is never closed; write `{{` for the brace itself")
            }
            Self::UnknownName(name) => {
                write!(f, "nothing fills `{{{name}}}`")?;
                if let Some(right) = closest(name, Slot::ALL.map(Slot::word)) {
                    return write!(f, "; did you mean `{{{right}}}`?");
                }
                let known = Slot::ALL.map(|slot| format!("`{{{}}}`", slot.word()));
                write!(
                    f,
                    "; known are {}, and `{{{{` for the brace itself",
                    known.join(", ")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_filled_and_doubled_braces_are_braces() {
        let template = Template::parse("{identity}/u/{email}?{{x}}").unwrap();
        assert_eq!(
            template.fill(&Filling::SAMPLE),
            "https://identity.invalid/u/usher-sample@usher.invalid?{x}"
        );
    }

    #[test]
    fn an_unknown_name_is_refused_with_a_suggestion() {
        let error = Template::parse("{emial}").unwrap_err();
        assert_eq!(
            error.to_string(),
            "nothing fills `{emial}`; did you mean `{email}`?"
        );
        for text in ["{", "{}", "{email", "}", "{e{mail}", "{ email }"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_at_any_depth_of_json_are_templates() {
        let json = serde_json::json!({"a": [{"b": "{run}"}], "n": 1});
        let template = JsonTemplate::parse(json).unwrap();
        assert_eq!(
            template.fill(&Filling::SAMPLE),
            serde_json::json!({"a": [{"b": "sample"}], "n": 1})
        );
        assert!(JsonTemplate::parse(serde_json::json!(["{nobody}"])).is_err());
    }
}
