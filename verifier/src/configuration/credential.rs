//! What a log-in gives, and how later requests carry it.

use std::borrow::Cow;
use std::fmt;

use reqwest::header::HeaderName;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

use crate::configuration::answer_part::HeaderWord;
use crate::configuration::suggestion::closest;

/// How a request shows who it is from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum SentAs {
    /// `authorization: Bearer …` (RFC 6750 section 2.1).
    Bearer,
    /// In a cookie of this name.
    Cookie(String),
    /// Only in the cookies that the log-in set, as a browser sends them.
    Cookies,
    /// In a header of this name.
    Header(HeaderName),
}

const WORDS: [(&str, SentAs); 2] = [("bearer", SentAs::Bearer), ("cookies", SentAs::Cookies)];

#[derive(Default, serde::Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct SentAsKeys {
    /// The name of the header that holds it.
    header: Option<HeaderWord>,
    /// The name of the cookie that holds it.
    cookie: Option<String>,
}

impl<'de> Deserialize<'de> for SentAs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EitherWay)
    }
}

struct EitherWay;

impl<'de> Visitor<'de> for EitherWay {
    type Value = SentAs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`bearer`, `cookies`, `{ header = \"…\" }` or `{ cookie = \"…\" }`")
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<SentAs, E> {
        if let Some((_, sent_as)) = WORDS.into_iter().find(|(known, _)| *known == word) {
            return Ok(sent_as);
        }
        let meant = closest(word, WORDS.map(|(known, _)| known));
        Err(match meant {
            Some(right) => E::custom(format!("unknown way `{word}`; did you mean `{right}`?")),
            None => E::invalid_value(serde::de::Unexpected::Str(word), &self),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SentAs, A::Error> {
        let keys = SentAsKeys::deserialize(MapAccessDeserializer::new(map))?;
        match (keys.header, keys.cookie) {
            (Some(header), None) => Ok(SentAs::Header(header.0)),
            (None, Some(cookie)) => Ok(SentAs::Cookie(cookie)),
            (None, None) | (Some(_), Some(_)) => Err(serde::de::Error::custom(
                "expected either `header` or `cookie`",
            )),
        }
    }
}

impl JsonSchema for SentAs {
    fn schema_name() -> Cow<'static, str> {
        "SentAs".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let keys = generator.subschema_for::<SentAsKeys>();
        schemars::json_schema!({ "anyOf": [{ "enum": WORDS.map(|(word, _)| word) }, keys] })
    }
}
