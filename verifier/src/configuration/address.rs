//! Addresses: what a request is sent to.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Url;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::configuration::name::{Name, Unfilled, Values};
use crate::configuration::template::{TEMPLATE_PATTERN, Template};

/// An `http` or `https` address without query, fragment or user, and without a slash at the end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    pub(crate) fn origin(&self) -> url::Origin {
        self.0.origin()
    }

    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        let url = web_address(text)?;
        if url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(AddressError::Dressed);
        }
        Ok(Self(url))
    }

    /// Its host, without a port.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Whether nobody can read along.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether what is sent there never leaves this machine.
    pub(crate) fn is_on_this_machine(&self) -> bool {
        match self.0.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// The same place without encryption, at the usual port of that.
    pub(crate) fn unencrypted(&self, path: &UrlPath) -> Url {
        let mut url = self.join(path);
        // A web address takes both.
        let _taken = (url.set_scheme("http"), url.set_port(None));
        url
    }

    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// This address followed by a path.
    pub(crate) fn join(&self, path: &UrlPath) -> Url {
        self.below(path.0.as_str())
    }

    /// This address followed by one of the gate's own paths; the query is percent-encoded.
    pub(crate) fn endpoint(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn below(&self, path_and_query: &str) -> Url {
        let joined = Url::parse(&format!("{}{path_and_query}", self.as_str()));
        // A path that begins with a slash always joins to an address; were it ever not so, the base is still ours.
        joined.unwrap_or_else(|_| self.0.clone())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A path, perhaps with a query, that begins with a slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UrlPath(String);

impl UrlPath {
    fn parse(text: String) -> Result<Self, AddressError> {
        // `//host/…` would name another host.
        if text.starts_with('/') && !text.starts_with("//") {
            Ok(Self(text))
        } else {
            Err(AddressError::Path(text))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for UrlPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl<'de> Deserialize<'de> for UrlPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// A template that is an `http` or `https` address once it is filled.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UrlTemplate(Template);

impl UrlTemplate {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let template = Template::parse(text).map_err(|error| error.to_string())?;
        // Whatever a name stands for: at the beginning an address, and later a part of one.
        let sample = template
            .fill_each(&Values::of([]).with_placeholders(), |at, _| match at {
                0 => "https://sample.invalid".to_owned(),
                _ => "sample".to_owned(),
            })
            .unwrap_or_default();
        web_address(&sample).map_err(|_| AddressError::Address(text.to_owned()).to_string())?;
        Ok(Self(template))
    }

    /// The address with every slot filled. What the address begins with is an address itself; any other value is a part of one, and
    /// stays in its place whatever signs are in it.
    pub(crate) fn fill(&self, values: &Values) -> Result<String, Unfilled> {
        self.0.fill_each(values, |at, text| match at {
            0 => text.trim_end_matches('/').to_owned(),
            _ => utf8_percent_encode(&text, PART).to_string(),
        })
    }

    /// The same address with this query.
    pub(crate) fn with_query(&self, query: &str) -> Self {
        Self(self.0.clone().followed_by(&format!("?{query}")))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &Name> {
        self.0.names()
    }
}

/// All but what RFC 3986 section 2.3 leaves alone, and the braces of a plan; the URL Standard encodes those where they must be.
const PART: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'{')
    .remove(b'}');

impl<'de> Deserialize<'de> for UrlTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

pub(crate) fn web_address(text: &str) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(|_| AddressError::Address(text.to_owned()))?;
    if matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(AddressError::Address(text.to_owned()))
    }
}

/// What an editor is told of an address.
macro_rules! schema {
    ($type:ty, $name:literal, $pattern:expr) => {
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern })
            }
        }
    };
}

schema!(BaseUrl, "BaseUrl", "^https?://[^?#@]+$");
schema!(UrlPath, "Path", "^/([^/].*)?$");
schema!(UrlTemplate, "Url", TEMPLATE_PATTERN);

/// Why a text is no address.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum AddressError {
    /// It has no scheme, another one than `http` and `https`, or no host.
    Address(String),
    /// A path must begin with one slash.
    Path(String),
    /// A query, a fragment or a user in an address that others are built on.
    Dressed,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(text) => write!(
                f,
                "expected an address like `https://app.example.com`, found `{text}`"
            ),
            Self::Path(text) => write!(f, "expected a path like `/health`, found `{text}`"),
            Self::Dressed => f.write_str("expected an address without user, query and fragment"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_a_bare_web_address() {
        for text in [
            "https://a.example",
            "http://127.0.0.1:8787/",
            "https://a.example/auth",
        ] {
            assert_eq!(
                BaseUrl::parse(text).unwrap().as_str(),
                text.trim_end_matches('/')
            );
        }
        for text in [
            "",
            "a.example",
            "ftp://a.example",
            "https://",
            "https://u@a.example",
            "https://a/?q",
            "https://a/#f",
        ] {
            assert!(BaseUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn parts_of_an_endpoint_cannot_leave_their_place() {
        let base = BaseUrl::parse("https://a.example/").unwrap();
        let url = base.endpoint(
            &[".usher", "a/b"],
            &[("issuer", "https://i?x&y=z"), ("subject", "auth0|1")],
        );
        assert_eq!(
            url.as_str(),
            "https://a.example/.usher/a%2Fb?issuer=https%3A%2F%2Fi%3Fx%26y%3Dz&subject=auth0%7C1"
        );
    }

    #[test]
    fn a_value_stays_in_its_place_of_the_address_and_an_address_stays_whole() {
        let values = [("id", "auth0|1/../2?x"), ("app", "https://a.example/base/")];
        let values =
            Values::of(values.map(|(name, value)| (Name::parse(name).unwrap(), value.into())));
        let filled = |text: &str| UrlTemplate::parse(text).unwrap().fill(&values).unwrap();
        assert_eq!(
            filled("{app}/users/{id}?q={id}"),
            "https://a.example/base/users/auth0%7C1%2F..%2F2%3Fx?q=auth0%7C1%2F..%2F2%3Fx"
        );
        for text in ["", "/users", "x{app}", "ftp://{id}"] {
            assert!(UrlTemplate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_stays_on_its_host() {
        assert!(UrlPath::parse("//evil.example/".into()).is_err());
        assert!(UrlPath::parse("health".into()).is_err());
        let base = BaseUrl::parse("https://a.example/base").unwrap();
        assert_eq!(
            base.join(&UrlPath::parse("/x?y=1".into()).unwrap())
                .as_str(),
            "https://a.example/base/x?y=1"
        );
    }
}
