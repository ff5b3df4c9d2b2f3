//! The small values of usher.toml, each of which can only be right.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use crate::arguments::given::Span;
use crate::configuration::url_parameter::UrlParameter;

/// The HTTP methods a request of usher.toml can have.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Method {
    Delete,
    Get,
    Patch,
    Post,
    Put,
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Delete => Self::DELETE,
            Method::Get => Self::GET,
            Method::Patch => Self::PATCH,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
        }
    }
}

/// A span of time, as on the command line.
#[derive(Clone, Copy, Debug, JsonSchema)]
#[schemars(transparent)]
pub(super) struct WrittenSpan(#[schemars(with = "String")] pub(super) Span);

impl<'de> Deserialize<'de> for WrittenSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Self).map_err(D::Error::custom)
    }
}

/// The status codes that count as success.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) enum AcceptedStatus {
    #[default]
    AnySuccess,
    OneOf(Vec<u16>),
}

impl AcceptedStatus {
    pub(crate) fn accepts(&self, status: u16) -> bool {
        match self {
            Self::AnySuccess => (200..300).contains(&status),
            Self::OneOf(list) => list.contains(&status),
        }
    }
}

impl fmt::Display for AcceptedStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnySuccess => f.write_str("2xx"),
            Self::OneOf(list) => f.write_str(
                &list
                    .iter()
                    .map(u16::to_string)
                    .collect::<Vec<_>>()
                    .join(" or "),
            ),
        }
    }
}

impl<'de> Deserialize<'de> for AcceptedStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<u16>::deserialize(deserializer)?;
        if list.is_empty() || !list.iter().all(|status| (200..600).contains(status)) {
            return Err(D::Error::custom(
                "expected status codes from 200 to 599, such as `[200, 201]`",
            ));
        }
        Ok(Self::OneOf(list))
    }
}

/// RFC 6901: empty, or every part preceded by a slash.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct JsonPointer(String);

impl JsonPointer {
    pub(crate) fn parse(text: String) -> Result<Self, String> {
        if text.is_empty() || text.starts_with('/') {
            Ok(Self(text))
        } else {
            Err(format!(
                "a JSON pointer begins with a slash: `/{text}` instead of `{text}`"
            ))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The names of the members that lead there.
    pub(crate) fn parts(&self) -> Vec<String> {
        self.0.split('/').skip(1).map(unescaped).collect()
    }
}

/// A part of a pointer as the name that it stands for (RFC 6901 section 4).
pub(crate) fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

impl<'de> Deserialize<'de> for JsonPointer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A whole number of seconds from one second to one hour: long enough for any deploy, and short enough to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seconds(u16);

impl Seconds {
    const MOST: u16 = 3600;

    pub(crate) const fn new(seconds: u16) -> Self {
        Self(seconds)
    }

    pub(crate) fn duration(self) -> Duration {
        Duration::from_secs(self.0.into())
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = i64::deserialize(deserializer)?;
        match u16::try_from(seconds) {
            Ok(seconds) if (1..=Self::MOST).contains(&seconds) => Ok(Self(seconds)),
            Ok(_) | Err(_) => Err(D::Error::custom(format!(
                "expected 1 to {} seconds, found {seconds}",
                Self::MOST
            ))),
        }
    }
}

/// From one millisecond to a minute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Millis(u16);

impl Millis {
    const MOST: u16 = 60_000;

    pub(crate) fn duration(self) -> Duration {
        Duration::from_millis(self.0.into())
    }
}

impl<'de> Deserialize<'de> for Millis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let millis = i64::deserialize(deserializer)?;
        match u16::try_from(millis) {
            Ok(millis) if (1..=Self::MOST).contains(&millis) => Ok(Self(millis)),
            Ok(_) | Err(_) => Err(D::Error::custom(format!(
                "expected 1 to {} milliseconds, found {millis}",
                Self::MOST
            ))),
        }
    }
}

/// What an editor is told of a value that reads itself.
macro_rules! schema {
    ($type:ty, $name:literal, $schema:tt) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                schemars::json_schema!($schema)
            }
        }
    };
}

schema!(AcceptedStatus, "Status", {
    "type": "array", "minItems": 1, "items": { "type": "integer", "minimum": 200, "maximum": 599 }
});
schema!(JsonPointer, "JsonPointer", { "type": "string", "pattern": "^(/.*)?$" });
schema!(Millis, "Millis", { "type": "integer", "minimum": 1, "maximum": 60000 });
schema!(UrlParameter, "UrlParameter", { "type": "string", "pattern": "^(query|fragment)\\..+$" });
schema!(Seconds, "Seconds", { "type": "integer", "minimum": 1, "maximum": 3600 });
