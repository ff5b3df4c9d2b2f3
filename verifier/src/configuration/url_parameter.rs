//! A parameter of an address, in its query or its fragment: where an OAuth server puts its code, its state or its token (RFC 6749 sections
//! 4.1.2 and 4.2.2).

use std::fmt;

use reqwest::Url;
use serde::de::{Deserialize, Deserializer, Error as _};
use url::form_urlencoded;

/// A parameter of an address, such as `query.code`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct UrlParameter {
    pub(crate) part: UrlPart,
    pub(crate) name: String,
}

/// The part of an address that holds parameters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum UrlPart {
    Fragment,
    Query,
}

impl UrlPart {
    pub(crate) const ALL: [Self; 2] = [Self::Fragment, Self::Query];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Fragment => "fragment",
            Self::Query => "query",
        }
    }

    /// Its parameters, decoded (application/x-www-form-urlencoded, as RFC 6749 appendix B says).
    pub(crate) fn parameters(self, url: &Url) -> impl Iterator<Item = Found> {
        let text = match self {
            Self::Fragment => url.fragment(),
            Self::Query => url.query(),
        };
        let pairs = text.unwrap_or_default().split('&');
        pairs.filter_map(|pair| {
            let (name, value) = form_urlencoded::parse(pair.as_bytes()).next()?;
            let raw = pair.split_once('=').map_or("", |(_, raw)| raw);
            Some(Found {
                name: name.into_owned(),
                value: value.into_owned(),
                raw: raw.to_owned(),
            })
        })
    }
}

/// A parameter that stands in an address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) value: String,
    /// The value as it stands there: there are many ways to encode the same, and reports hide each.
    pub(crate) raw: String,
}

impl UrlParameter {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (part, name) = text.split_once('.').unwrap_or((text, ""));
        let part = UrlPart::ALL.into_iter().find(|known| known.word() == part);
        match part {
            Some(part) if !name.is_empty() => Ok(Self {
                part,
                name: name.to_owned(),
            }),
            Some(_) | None => Err(format!(
                "expected a parameter of an address such as `query.code` or `fragment.access_token`, found `{text}`"
            )),
        }
    }

    /// What stands there. A parameter must not be there twice (RFC 6749 section 3.1); of two, the first counts.
    pub(crate) fn of(&self, url: &Url) -> Option<Found> {
        let mut parameters = self.part.parameters(url);
        parameters.find(|found| found.name == self.name)
    }
}

impl fmt::Display for UrlParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.part.word(), self.name)
    }
}

impl<'de> Deserialize<'de> for UrlParameter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(parameter: &str, url: &str) -> Option<String> {
        let parameter = UrlParameter::parse(parameter).unwrap();
        let found = parameter.of(&Url::parse(url).unwrap());
        found.map(|found| found.value)
    }

    #[test]
    fn a_parameter_is_found_decoded_in_its_own_part_and_in_no_other() {
        let url = "https://a.example/cb?code=a%2Bb+c%26d%3D&state=&x.y=z#access_token=e%C3%A9.f";
        assert_eq!(found("query.code", url).as_deref(), Some("a+b c&d="));
        assert_eq!(found("query.state", url).as_deref(), Some(""));
        assert_eq!(found("query.x.y", url).as_deref(), Some("z"));
        let token = found("fragment.access_token", url);
        assert_eq!(token.as_deref(), Some("eé.f"));
        assert_eq!(found("query.access_token", url), None);
        assert_eq!(found("fragment.code", url), None);
        assert_eq!(found("query.code", "https://a.example/cb"), None);
        let twice = "https://a.example/?code=1&code=2";
        assert_eq!(found("query.code", twice).as_deref(), Some("1"));
    }

    #[test]
    fn a_text_that_names_no_parameter_is_refused_with_what_was_expected() {
        for text in ["", "code", "query", "query.", "path.code", "Query.code"] {
            let problem = UrlParameter::parse(text).unwrap_err();
            assert!(
                problem.contains("`query.code`") && problem.ends_with(&format!("found `{text}`"))
            );
        }
    }
}
