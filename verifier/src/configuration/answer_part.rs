//! The parts of an answer that can be looked at and captured: by JSON pointer, as a cookie, a header, a parameter of where it redirects to,
//! or a field of an HTML form.

use std::borrow::Cow;
use std::fmt;

use reqwest::header::HeaderName;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};

use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::url_parameter::UrlParameter;
use crate::configuration::value::JsonPointer;

/// A part of an answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum AnswerPart {
    /// The value of a cookie that it sets.
    Cookie(String),
    /// The value of a header.
    Header(HeaderName),
    /// The value of an HTML form's field, by its name; most often a hidden one.
    Input(String),
    /// What a JSON pointer (RFC 6901) points at.
    Json(JsonPointer),
    /// A parameter of the address that it redirects to.
    Location(UrlParameter),
    /// The content of an HTML `<meta>`, by its name: where some frameworks put their CSRF token.
    Meta(String),
}

impl fmt::Display for AnswerPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cookie(name) => write!(f, "the cookie `{name}`"),
            Self::Header(name) => write!(f, "the header `{name}`"),
            Self::Input(name) => write!(f, "the form field `{name}`"),
            Self::Json(pointer) if pointer.as_str().is_empty() => f.write_str("the JSON"),
            Self::Json(pointer) => write!(f, "`{}`", pointer.as_str()),
            Self::Location(UrlParameter { part, name }) => {
                write!(f, "`{name}` in the {} of the location", part.word())
            }
            Self::Meta(name) => write!(f, "the meta tag `{name}`"),
        }
    }
}

/// A header's name as it is written; in lower case from then on.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(transparent)]
pub(super) struct HeaderWord(#[schemars(with = "String")] pub(super) HeaderName);

impl<'de> Deserialize<'de> for HeaderWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        header_name(&String::deserialize(deserializer)?)
            .map(Self)
            .map_err(D::Error::custom)
    }
}

pub(super) fn header_name(text: &str) -> Result<HeaderName, String> {
    HeaderName::from_bytes(text.as_bytes()).map_err(|_| {
        format!("expected the name of a header such as `x-csrf-token`, found `{text}`")
    })
}

/// The keys that name a part; one of them is given.
#[derive(Clone, Debug, Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PartKeys {
    /// A JSON pointer (RFC 6901) into the body.
    pub(super) json: Option<JsonPointer>,
    /// The name of a cookie that the answer sets.
    pub(super) cookie: Option<String>,
    /// The name of a header.
    pub(super) header: Option<HeaderWord>,
    /// The name of a field of an HTML form.
    pub(super) input: Option<String>,
    /// A parameter of the address that the answer redirects to, such as `query.code` or `fragment.access_token`.
    pub(super) location: Option<UrlParameter>,
    /// The name of an HTML meta tag.
    pub(super) meta: Option<String>,
    /// Only for captures: `false` where reports may show the value, such as an id.
    pub(super) secret: Option<bool>,
}

impl PartKeys {
    pub(super) fn complete(
        self,
        reading: &Reading<'_>,
        span: &std::ops::Range<usize>,
    ) -> Result<AnswerPart, Mistake> {
        one_of(reading, span, self.parts())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.clone().parts().is_empty()
    }

    pub(super) fn parts(self) -> Vec<AnswerPart> {
        [
            self.json.map(AnswerPart::Json),
            self.cookie.map(AnswerPart::Cookie),
            self.header.map(|header| AnswerPart::Header(header.0)),
            self.input.map(AnswerPart::Input),
            self.location.map(AnswerPart::Location),
            self.meta.map(AnswerPart::Meta),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

pub(super) fn one_of(
    reading: &Reading<'_>,
    span: &std::ops::Range<usize>,
    parts: Vec<AnswerPart>,
) -> Result<AnswerPart, Mistake> {
    let count = parts.len();
    let mut parts = parts.into_iter();
    match (parts.next(), count) {
        (Some(part), 1) => Ok(part),
        (_, count) => {
            let sentence = format!("expected one part of the answer, found {count}");
            let cure =
                "give one of `json`, `cookie`, `header`, `location`, `input` and `meta`".to_owned();
            Err(reading.mistake_at(span, sentence, Some(cure)))
        }
    }
}

/// A part as it is written: a JSON pointer alone, or a table.
#[derive(Clone, Debug)]
pub(super) struct PartEntry(pub(super) PartKeys);

impl PartEntry {
    pub(super) fn complete(
        entry: Placed<Self>,
        reading: &Reading<'_>,
    ) -> Result<AnswerPart, Mistake> {
        entry.value.0.complete(reading, &entry.span)
    }
}

impl<'de> Deserialize<'de> for PartEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherWay)
    }
}

struct EitherWay;

impl<'de> Visitor<'de> for EitherWay {
    type Value = PartEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a JSON pointer such as `/access_token`, or a table such as `{ cookie = \"session\" }`",
        )
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<PartEntry, E> {
        let json = JsonPointer::parse(text.to_owned()).map_err(E::custom)?;
        Ok(PartEntry(PartKeys {
            json: Some(json),
            ..PartKeys::default()
        }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<PartEntry, A::Error> {
        PartKeys::deserialize(MapAccessDeserializer::new(map)).map(PartEntry)
    }
}

impl JsonSchema for PartEntry {
    fn schema_name() -> Cow<'static, str> {
        "Part".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let pointer = generator.subschema_for::<JsonPointer>();
        let keys = generator.subschema_for::<PartKeys>();
        schemars::json_schema!({ "anyOf": [pointer, keys] })
    }
}
