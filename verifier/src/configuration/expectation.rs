//! What an answer must say, or must not say although its status is a success.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::answer_part::{AnswerPart, HeaderWord, PartKeys, one_of};
use crate::configuration::mistake::Mistake;
use crate::configuration::name::{Name, Unfilled, Values, text_of_value};
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::template::Template;
use crate::configuration::template::json::JsonTemplate;
use crate::configuration::url_parameter::UrlParameter;
use crate::configuration::value::JsonPointer;

/// One thing about an answer that is so or not.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expectation {
    /// The body has this text somewhere.
    BodyContains(Template),
    /// This part of the answer is as the test says.
    Part(AnswerPart, Test),
}

/// What is asked of a part.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Test {
    /// A text has this text as a part; a list or an object holds it, at any depth.
    Contains(JsonTemplate),
    /// It is just this.
    Equals(JsonTemplate),
    /// It is there and not `null`; or it is not.
    Exists(bool),
}

impl Expectation {
    pub(crate) fn names(&self) -> Vec<&Name> {
        match self {
            Self::BodyContains(template) => template.names().collect(),
            Self::Part(_, Test::Contains(json) | Test::Equals(json)) => json.names(),
            Self::Part(_, Test::Exists(_)) => Vec::new(),
        }
    }

    /// What is asked for, in a clause.
    pub(crate) fn in_words(&self, values: &Values) -> Result<String, Unfilled> {
        let shown = |json: &JsonTemplate| Ok(text_of_value(&json.fill(values)?));
        Ok(match self {
            Self::BodyContains(text) => format!("the body contains `{}`", text.fill(values)?),
            Self::Part(part, Test::Contains(json)) => {
                format!("{part} contains `{}`", shown(json)?)
            }
            Self::Part(part, Test::Equals(json)) => format!("{part} is `{}`", shown(json)?),
            Self::Part(part, Test::Exists(true)) => format!("{part} is there"),
            Self::Part(part, Test::Exists(false)) => format!("{part} is not there"),
        })
    }
}

/// The keys of an expectation: one part and at most one test, or `body_contains` alone.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ExpectationKeys {
    /// A JSON pointer (RFC 6901) into the body.
    json: Option<JsonPointer>,
    /// The name of a cookie that the answer sets.
    cookie: Option<String>,
    /// The name of a header.
    header: Option<HeaderWord>,
    /// The name of a field of an HTML form.
    input: Option<String>,
    /// A parameter of the address that the answer redirects to, such as `query.error`.
    location: Option<UrlParameter>,
    /// The name of an HTML meta tag.
    meta: Option<String>,
    /// The part is just this.
    equals: Option<JsonTemplate>,
    /// A text has this as a part; a list or an object holds it at any depth.
    contains: Option<JsonTemplate>,
    /// Whether the part is there and not null; `true` unless another test is given.
    exists: Option<bool>,
    /// A text anywhere in the body; stands alone.
    body_contains: Option<Template>,
}

impl ExpectationKeys {
    pub(super) fn complete(
        entry: Placed<Self>,
        reading: &Reading<'_>,
    ) -> Result<Expectation, Mistake> {
        let Placed { span, value: keys } = entry;
        let tests: Vec<Test> = [
            keys.equals.map(Test::Equals),
            keys.contains.map(Test::Contains),
            keys.exists.map(Test::Exists),
        ]
        .into_iter()
        .flatten()
        .collect();
        let parts = PartKeys {
            json: keys.json,
            cookie: keys.cookie,
            header: keys.header,
            input: keys.input,
            location: keys.location,
            meta: keys.meta,
            secret: None,
        };
        if let Some(template) = keys.body_contains {
            return if tests.is_empty() && parts.is_empty() {
                Ok(Expectation::BodyContains(template))
            } else {
                let sentence = "`body_contains` stands alone".to_owned();
                let cure = "give a table of its own to each expectation".to_owned();
                Err(reading.mistake_at(&span, sentence, Some(cure)))
            };
        }
        let part = one_of(reading, &span, parts.parts())?;
        let count = tests.len();
        match (tests.into_iter().next(), count) {
            (None, _) => Ok(Expectation::Part(part, Test::Exists(true))),
            (Some(test), 1) => Ok(Expectation::Part(part, test)),
            (Some(_), count) => {
                let sentence = format!("expected one test, found {count}");
                let cure =
                    "give one of `equals`, `contains` and `exists`, and a table of its own to each"
                        .to_owned();
                Err(reading.mistake_at(&span, sentence, Some(cure)))
            }
        }
    }
}
