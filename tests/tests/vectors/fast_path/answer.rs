//! What came of a token at the gate, as far as it can be the same twice.

use reqwest::header::{AUTHORIZATION, COOKIE, HeaderName, HeaderValue};
use serde_json::Value;

use super::street::{Person, Street};

/// How a token is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Carried {
    Bearer,
    Cookie,
}

impl Carried {
    pub(super) const ALL: [Self; 2] = [Self::Bearer, Self::Cookie];

    /// The header that has it; none where a header would say something else than this text: what is around a value is cut off, and what
    /// separates cookies ends one.
    pub(super) fn header(self, token: &str) -> Option<(HeaderName, HeaderValue)> {
        // What is a byte to the platform came as one; anything else goes as UTF-8.
        let latin = token.chars().map(|letter| u8::try_from(letter).ok());
        let bytes: Option<Vec<u8>> = latin.collect();
        let bytes = bytes.unwrap_or_else(|| token.as_bytes().to_vec());
        let blank = |byte: Option<&u8>| byte.is_none_or(|byte| matches!(byte, b' ' | b'\t'));
        if blank(bytes.first()) || blank(bytes.last()) {
            return None;
        }
        let (name, before) = match self {
            Self::Bearer => (AUTHORIZATION, "Bearer "),
            Self::Cookie => (COOKIE, &*format!("{}=", tests::world::COOKIE)),
        };
        let octet = |byte: &u8| byte.is_ascii_graphic() && !b"\",;\\".contains(byte);
        if self == Self::Cookie && !bytes.iter().all(octet) {
            return None;
        }
        let value = HeaderValue::from_bytes(&[before.as_bytes(), &bytes].concat()).ok()?;
        Some((name, value))
    }
}

/// An answer without what differs from one to the next: its time, the number of its request, the
/// address and the version of the location.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    /// What a gate at this origin said.
    pub(super) async fn of(response: reqwest::Response, gate: &str) -> Self {
        let status = response.status().as_u16();
        let headers: Vec<_> = response
            .headers()
            .iter()
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.to_string(), value.into_owned())
            })
            .collect();
        let body = response.text().await.expect("the rest of an answer");
        let said: Value = serde_json::from_str(&body).unwrap_or_default();
        let number = said["request_id"].as_str().unwrap_or_default();
        let authority = gate.trim_start_matches("http://");
        let unnumbered = |text: &str| {
            let text = text.replace(authority, "gate");
            match number {
                "" => text,
                number => text.replace(number, "-"),
            }
        };
        let lasting = |(name, _): &(String, String)| !DIFFERENT.contains(&name.as_str());
        let headers = headers.into_iter().filter(lasting);
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name, unnumbered(&value)))
            .collect();
        headers.sort();
        Self {
            status,
            headers,
            body: unnumbered(&body),
        }
    }

    fn header(&self, name: &str) -> &str {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        found.next().map_or("", |(_, value)| value)
    }

    pub(super) fn reason(&self) -> &str {
        self.header("usher-reason")
    }

    /// Whether the app answered.
    pub(super) fn is_in(&self) -> bool {
        self.status == 200 && self.header("usher-response").is_empty()
    }

    /// What the app was told, its headers by name.
    pub(super) fn app_was_told(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// Whether the app answered to this one, and was told nothing that only the gate should know.
    pub(super) fn is_as(&self, person: &Person, street: &Street) -> bool {
        let told = self.app_was_told();
        self.is_in()
            && told["usher-instance"].as_str() == street.instance_of(person).as_deref()
            && told["authorization"].is_null()
            && told["cookie"].is_null()
    }

    pub(super) fn is_in_as(&self, person: &Person, street: &Street) {
        assert!(self.is_as(person, street), "{self:?}");
    }

    pub(super) fn is_refused_for(&self, reason: &str) {
        assert_eq!(self.reason(), reason, "{self:?}");
        assert!(!self.is_in(), "{self:?}");
    }
}

const DIFFERENT: [&str; 4] = ["connection", "content-length", "date", "usher-version"];
