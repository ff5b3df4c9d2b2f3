//! Addresses: what a request is sent to.

use std::fmt;

use reqwest::Url;
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::configuration::template::{Filling, Slot, Template};

/// An `http` or `https` address without query, fragment or user, and without a slash at the end.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
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
    fn parse(text: &str) -> Result<Self, String> {
        let template = Template::parse(text).map_err(|error| error.to_string())?;
        web_address(&template.fill(&Filling::SAMPLE)).map_err(|error| error.to_string())?;
        Ok(Self(template))
    }

    /// The address with every slot filled.
    pub(crate) fn fill(&self, filling: &Filling<'_>) -> Result<Url, AddressError> {
        web_address(&self.0.fill(filling))
    }

    pub(crate) fn uses(&self, slot: Slot) -> bool {
        self.0.slots().any(|used| used == slot)
    }
}

impl<'de> Deserialize<'de> for UrlTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn web_address(text: &str) -> Result<Url, AddressError> {
    let url = Url::parse(text).map_err(|_| AddressError::Address(text.to_owned()))?;
    if matches!(url.scheme(), "http" | "https") {
        Ok(url)
    } else {
        Err(AddressError::Address(text.to_owned()))
    }
}

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
