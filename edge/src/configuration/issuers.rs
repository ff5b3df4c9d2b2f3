//! The configured issuers: each a unit of name, audience, algorithm and keys.

use std::time::Duration;

use policy::issuer::{Algorithm, Issuer};
use policy::jwks::KeySet;
use policy::standing::IssuerUrl;
use serde_json::{Map, Value};

use super::Mistakes;
use super::surroundings::{Surroundings, http_hint, is_web_address};

/// Where an issuer's keys come from. Never from a token.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum KeySource {
    /// Written in the configuration.
    Inline(KeySet),
    /// Fetched from this address.
    JwksUrl(String),
    /// A secret both sides know.
    Secret {
        /// The name of the Worker's secret.
        binding: String,
        /// Its value.
        value: String,
    },
}

const MEMBERS: [&str; 8] = [
    "issuer",
    "audience",
    "authorized_parties",
    "algorithm",
    "jwks_url",
    "jwks",
    "secret",
    "leeway_seconds",
];

/// A longer leeway would make "expired" mean little (RFC 7519 section 4.1.4: "no more than a few minutes").
const MAX_LEEWAY_SECONDS: u64 = 300;

pub(super) fn read(given: &Surroundings, mistakes: &mut Mistakes) -> (Vec<Issuer>, Vec<KeySource>) {
    let known = mistakes.0.len();
    let entries = match given.json("USHER_ISSUERS", mistakes) {
        Some(Value::Array(entries)) if !entries.is_empty() => entries,
        Some(_) => {
            mistakes.note("USHER_ISSUERS is no list with at least one issuer; see README.md, \"Configuration\"".to_owned());
            return (Vec::new(), Vec::new());
        }
        None if mistakes.0.len() > known => return (Vec::new(), Vec::new()),
        None => {
            given.required_text("USHER_ISSUERS", mistakes);
            return (Vec::new(), Vec::new());
        }
    };
    let development = given.text("USHER_DEVELOPMENT").as_deref() == Some("true");
    let mut issuers: Vec<Issuer> = Vec::new();
    let mut key_sources = Vec::new();
    for (position, entry) in entries.iter().enumerate() {
        let place = format!("USHER_ISSUERS[{position}]");
        let Some((issuer, key_source)) = Entry {
            place: &place,
            given,
            development,
        }
        .read(entry, mistakes) else {
            continue;
        };
        if issuers.iter().any(|other| other.name == issuer.name) {
            mistakes.note(format!(
                "{place} names the issuer `{}` a second time; each issuer is one unit",
                issuer.name.as_str()
            ));
        }
        issuers.push(issuer);
        key_sources.push(key_source);
    }
    (issuers, key_sources)
}

struct Entry<'a> {
    place: &'a str,
    given: &'a Surroundings,
    development: bool,
}

impl Entry<'_> {
    fn read(&self, entry: &Value, mistakes: &mut Mistakes) -> Option<(Issuer, KeySource)> {
        let Some(entry) = entry.as_object() else {
            mistakes.note(format!(
                "{} is no table of {}",
                self.place,
                MEMBERS.join(", ")
            ));
            return None;
        };
        for name in entry
            .keys()
            .filter(|name| !MEMBERS.contains(&name.as_str()))
        {
            let nearest = MEMBERS
                .iter()
                .min_by_key(|member| strsim::damerau_levenshtein(member, name));
            let hint =
                nearest.map_or_else(String::new, |member| format!("; did you mean `{member}`?"));
            mistakes.note(format!("{}.{name} is not known{hint}", self.place));
        }
        let name = self
            .text(entry, "issuer", mistakes)
            .and_then(IssuerUrl::new);
        let authorized_parties = self.authorized_parties(entry, mistakes);
        let audiences = match entry.get("audience") {
            // Clerk's session tokens have no `aud`; what binds them to this site is `azp`.
            None if !authorized_parties.is_empty() => Some(Vec::new()),
            Some(_) | None => self.audiences(entry, mistakes),
        };
        let algorithm = self.algorithm(entry, mistakes);
        let leeway = self.leeway(entry, mistakes);
        let key_source = self.key_source(entry, algorithm, mistakes);
        Some((
            Issuer {
                name: name?,
                audiences: audiences?,
                authorized_parties,
                algorithm: algorithm?,
                leeway,
            },
            key_source?,
        ))
    }

    fn text<'e>(
        &self,
        entry: &'e Map<String, Value>,
        name: &str,
        mistakes: &mut Mistakes,
    ) -> Option<&'e str> {
        let text = entry
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        if text.is_none() {
            mistakes.note(format!("{}.{name} is missing or no text", self.place));
        }
        text
    }

    fn audiences(
        &self,
        entry: &Map<String, Value>,
        mistakes: &mut Mistakes,
    ) -> Option<Vec<String>> {
        let list = match entry.get("audience") {
            Some(Value::String(one)) => Some(vec![one.clone()]),
            Some(Value::Array(several)) => several
                .iter()
                .map(|one| one.as_str().map(ToOwned::to_owned))
                .collect(),
            Some(Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_)) | None => None,
        };
        let list = list.filter(|list: &Vec<String>| {
            !list.is_empty() && list.iter().all(|one| !one.is_empty())
        });
        if list.is_none() {
            mistakes.note(format!(
                "{}.audience is missing or empty; without it a token for any other app of the issuer would be let in",
                self.place
            ));
        }
        list
    }

    fn authorized_parties(
        &self,
        entry: &Map<String, Value>,
        mistakes: &mut Mistakes,
    ) -> Vec<String> {
        let Some(given) = entry.get("authorized_parties") else {
            return Vec::new();
        };
        let list = given.as_array().and_then(|items| {
            let texts = items
                .iter()
                .map(|item| item.as_str().filter(|text| !text.is_empty()));
            texts
                .map(|text| text.map(ToOwned::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        list.filter(|list| !list.is_empty()).unwrap_or_else(|| {
            mistakes.note(format!(
                "{}.authorized_parties is no list of texts; give the origins whose tokens are for this site",
                self.place
            ));
            Vec::new()
        })
    }

    fn algorithm(&self, entry: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Algorithm> {
        let name = self.text(entry, "algorithm", mistakes)?;
        let algorithm = Algorithm::parse(name);
        if algorithm.is_none() {
            let names = Algorithm::ALL.map(Algorithm::name).join(", ");
            mistakes.note(format!(
                "{}.algorithm is `{name}`; give one of {names}",
                self.place
            ));
        }
        algorithm
    }

    fn leeway(&self, entry: &Map<String, Value>, mistakes: &mut Mistakes) -> Duration {
        match entry.get("leeway_seconds").map(Value::as_u64) {
            None => Issuer::DEFAULT_LEEWAY,
            Some(Some(seconds)) if seconds <= MAX_LEEWAY_SECONDS => Duration::from_secs(seconds),
            Some(_) => {
                mistakes.note(format!(
                    "{}.leeway_seconds is no whole number from 0 to {MAX_LEEWAY_SECONDS}",
                    self.place
                ));
                Issuer::DEFAULT_LEEWAY
            }
        }
    }

    fn key_source(
        &self,
        entry: &Map<String, Value>,
        algorithm: Option<Algorithm>,
        mistakes: &mut Mistakes,
    ) -> Option<KeySource> {
        let algorithm = algorithm?;
        let given = ["jwks_url", "jwks", "secret"].map(|name| entry.get(name));
        match (algorithm, given) {
            (Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256, [Some(_), None, None]) => {
                let url = self.text(entry, "jwks_url", mistakes)?;
                if is_web_address(url, self.development) {
                    return Some(KeySource::JwksUrl(url.to_owned()));
                }
                mistakes.note(format!(
                    "{}.jwks_url is `{url}`; give an https: address{}",
                    self.place,
                    http_hint(url)
                ));
                None
            }
            (Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256, [None, Some(set), None]) => {
                self.inline(set, algorithm, mistakes)
            }
            (Algorithm::Hs256, [None, None, Some(_)]) => {
                let binding = self.text(entry, "secret", mistakes)?;
                let value = self.given.secret(binding, mistakes);
                Some(KeySource::Secret {
                    binding: binding.to_owned(),
                    value,
                })
            }
            (Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Rs256, _) => {
                mistakes.note(format!(
                    "{}: {} needs either jwks_url or jwks, and no secret",
                    self.place,
                    algorithm.name()
                ));
                None
            }
            (Algorithm::Hs256, _) => {
                mistakes.note(format!(
                    "{}: HS256 needs secret (the name of a Worker secret) and neither jwks_url nor jwks",
                    self.place
                ));
                None
            }
        }
    }

    /// Keys that somebody wrote down by hand must all be good: nobody would see the line that says that one was left out.
    fn inline(
        &self,
        set: &Value,
        algorithm: Algorithm,
        mistakes: &mut Mistakes,
    ) -> Option<KeySource> {
        let read = KeySet::read(set.to_string().as_bytes(), algorithm);
        let good = read.filter(|set| set.left_out.is_empty() && !set.keys.is_empty());
        if good.is_none() {
            mistakes.note(format!(
                "{}.jwks is no key set, or has a key that is not a public {} key for signatures",
                self.place,
                algorithm.name()
            ));
        }
        good.map(KeySource::Inline)
    }
}
