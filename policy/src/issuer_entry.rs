//! The configured issuers (`USHER_ISSUERS`): each a unit of name, provider, audience, algorithms and keys. Read here for the gate,
//! and for whoever explains what the gate does.

mod key_source;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use serde_json::{Map, Value};

use crate::issuer::{Algorithm, ClaimNames, Issuer, OperatorClaim};
use crate::mistakes::Mistakes;
use crate::provider::Provider;
use crate::standing::IssuerUrl;
pub use key_source::{KeySource, PublicKeys, Secret};

/// Every member of an issuer's entry, and what it means.
pub const ISSUER_MEMBERS: [(&str, &str); 14] = [
    (
        "issuer",
        "the exact `iss`, byte for byte, slash at the end included",
    ),
    (
        "provider",
        "whose product it is, one of the table below; `own` unless given",
    ),
    (
        "audience",
        "the `aud` that means this site: a text or a list",
    ),
    (
        "authorized_parties",
        "a list of `azp` values; where it is given, `audience` may be left out (Clerk)",
    ),
    (
        "algorithm",
        "`ES256`, `RS256`, `EdDSA` or `HS256`, or a list; each key is used with the one of its kind",
    ),
    (
        "jwks_url",
        "where its public keys are fetched from, or instead of it",
    ),
    ("jwks", "the key set itself, or"),
    ("pem", "a public key as PEM, or a list"),
    (
        "secret",
        "for HS256: the name of a Worker secret of at least 32 characters, or a list while one replaces another",
    ),
    (
        "subject_claim",
        "the claim that says who somebody is and is never given to anybody else; `sub` unless given",
    ),
    (
        "email_claim",
        "the claim with the e-mail address; `email` unless given",
    ),
    (
        "email_verified_claim",
        "the claim that says whether that address is verified; `email_verified` unless given",
    ),
    (
        "operators",
        "who may call the admin API with a token of this issuer: a table of `claim` and `value`, such as `{ claim = \"groups\", value = \"usher-operators\" }`",
    ),
    (
        "leeway_seconds",
        "how far its clock may be off, 60 unless given, at most 300",
    ),
];

/// A longer leeway would make "expired" mean little (RFC 7519 section 4.1.4: "no more than a few minutes").
const MAX_LEEWAY_SECONDS: u64 = 300;

/// What the list is read with.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// Whether `http:` addresses are accepted (`USHER_DEVELOPMENT`).
    pub development: bool,
    /// Of the right names the one that was probably meant by a wrong one: how alike two words are is no rule of ours.
    pub nearest: fn(&str, &[&'static str]) -> Option<&'static str>,
    /// The value of the secret of this name; empty where there is none, and then it is for the reader to say so.
    pub secret: &'a dyn Fn(&str, &mut Mistakes) -> String,
}

impl fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Reading");
        shown
            .field("development", &self.development)
            .finish_non_exhaustive()
    }
}

impl Reading<'_> {
    /// Every issuer that can be read, and at the same position where its keys are. What is wrong is noted.
    pub fn issuers(&self, list: &Value, mistakes: &mut Mistakes) -> (Vec<Issuer>, Vec<KeySource>) {
        let (mut issuers, mut key_sources) = (Vec::<Issuer>::new(), Vec::new());
        let entries = list.as_array().map_or(&[][..], Vec::as_slice);
        if entries.is_empty() {
            mistakes.note("USHER_ISSUERS is no list with at least one issuer; see README.md, \"Configuration\"".to_owned());
        }
        for (position, entry) in entries.iter().enumerate() {
            let place = format!("USHER_ISSUERS[{position}]");
            let Some((issuer, key_source)) = Entry {
                place: &place,
                reading: *self,
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
}

/// One entry of the list, and where it stands.
struct Entry<'a> {
    place: &'a str,
    reading: Reading<'a>,
}

impl Entry<'_> {
    fn read(&self, entry: &Value, mistakes: &mut Mistakes) -> Option<(Issuer, KeySource)> {
        let Some(entry) = entry.as_object() else {
            let members = ISSUER_MEMBERS.map(|(name, _)| name).join(", ");
            mistakes.note(format!("{} is no table of {members}", self.place));
            return None;
        };
        self.refuse_unknown_members(entry, mistakes);
        let provider = self.provider(entry, mistakes);
        let preset = provider.unwrap_or(Provider::Own).preset();
        let name = self.name(entry, provider.unwrap_or(Provider::Own), mistakes);
        let authorized_parties = self.authorized_parties(entry, mistakes);
        let audiences = match (entry.get("audience"), preset.audience) {
            (None, Some(audience)) => Some(vec![audience.to_owned()]),
            // Clerk's session tokens have no `aud`; what binds them to this site is `azp`.
            (None, None) if !authorized_parties.is_empty() => Some(Vec::new()),
            (Some(_) | None, _) => self.audiences(entry, mistakes),
        };
        let claims = self.claim_names(entry, preset.subject_claim, mistakes);
        let leeway = self.leeway(entry, mistakes);
        let algorithms = self.algorithms(entry, preset.algorithms, mistakes)?;
        let base = name.as_ref().map_or("", IssuerUrl::as_str);
        let known_address = preset.jwks_suffix.map(|suffix| format!("{base}{suffix}"));
        let key_source = self.key_source(entry, &algorithms, known_address, mistakes);
        Some((
            Issuer {
                name: name?,
                provider: provider?,
                audiences: audiences?,
                authorized_parties,
                algorithms,
                claims,
                leeway,
            },
            key_source?,
        ))
    }

    fn refuse_unknown_members(&self, entry: &Map<String, Value>, mistakes: &mut Mistakes) {
        let members = ISSUER_MEMBERS.map(|(name, _)| name);
        for name in entry
            .keys()
            .filter(|name| !members.contains(&name.as_str()))
        {
            let nearest = (self.reading.nearest)(name, &members);
            let hint =
                nearest.map_or_else(String::new, |member| format!("; did you mean `{member}`?"));
            mistakes.note(format!("{}.{name} is not known{hint}", self.place));
        }
    }

    fn provider(&self, entry: &Map<String, Value>, mistakes: &mut Mistakes) -> Option<Provider> {
        let Some(word) = entry.get("provider") else {
            return Some(Provider::Own);
        };
        let provider = word.as_str().and_then(Provider::parse);
        if provider.is_none() {
            let words = Provider::ALL.map(Provider::word).join(", ");
            mistakes.note(format!(
                "{}.provider is `{}`; give one of {words}",
                self.place,
                word.as_str().unwrap_or_default()
            ));
        }
        provider
    }

    /// A name without its slash at the end, or of the wrong kind of server, is the usual reason why nobody can log in.
    fn name(
        &self,
        entry: &Map<String, Value>,
        provider: Provider,
        mistakes: &mut Mistakes,
    ) -> Option<IssuerUrl> {
        let text = self.text(entry, "issuer", mistakes)?;
        let preset = provider.preset();
        let (start, end) = preset.issuer_ends;
        let fits = text.starts_with(start)
            && text.ends_with(end)
            && (end.ends_with('/') || !text.ends_with('/') || provider == Provider::Own)
            && (provider != Provider::Okta || text.contains("/oauth2/"));
        if !fits {
            mistakes.note(format!(
                "{}.issuer is `{text}`; with {} it looks like `{}`, exactly as in `iss`",
                self.place,
                provider.word(),
                preset.issuer
            ));
            return None;
        }
        IssuerUrl::new(text)
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
        let list = entry.get("audience").and_then(text_or_list);
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
        if !entry.contains_key("authorized_parties") {
            return Vec::new();
        }
        let list = entry
            .get("authorized_parties")
            .filter(|value| value.is_array());
        list.and_then(text_or_list).unwrap_or_else(|| {
            mistakes.note(format!(
                "{}.authorized_parties is no list of texts; give the origins whose tokens are for this site",
                self.place
            ));
            Vec::new()
        })
    }

    fn algorithms(
        &self,
        entry: &Map<String, Value>,
        preset: &[Algorithm],
        mistakes: &mut Mistakes,
    ) -> Option<Vec<Algorithm>> {
        if !entry.contains_key("algorithm") && !preset.is_empty() {
            return Some(preset.to_vec());
        }
        let known = Algorithm::ALL.map(Algorithm::name).join(", ");
        let Some(names) = entry.get("algorithm").and_then(text_or_list) else {
            mistakes.note(format!(
                "{}.algorithm is missing; give one of {known}, or a list",
                self.place
            ));
            return None;
        };
        let mut algorithms = Vec::new();
        for name in names {
            let Some(algorithm) = Algorithm::parse(&name) else {
                mistakes.note(format!(
                    "{}.algorithm is `{name}`; give one of {known}",
                    self.place
                ));
                return None;
            };
            algorithms.push(algorithm);
        }
        Some(algorithms)
    }

    fn claim_names(
        &self,
        entry: &Map<String, Value>,
        subject: &str,
        mistakes: &mut Mistakes,
    ) -> ClaimNames {
        let mut named = |member: &str, usual: &str| {
            if !entry.contains_key(member) {
                return usual.to_owned();
            }
            let name = self.text(entry, member, mistakes);
            name.unwrap_or_default().to_owned()
        };
        ClaimNames {
            subject: named("subject_claim", subject),
            email: named("email_claim", "email"),
            email_verified: named("email_verified_claim", "email_verified"),
            operator: self.operator(entry, mistakes),
        }
    }

    fn operator(
        &self,
        entry: &Map<String, Value>,
        mistakes: &mut Mistakes,
    ) -> Option<OperatorClaim> {
        let operators = entry.get("operators")?;
        let member = |name: &str| {
            let text = operators.get(name)?.as_str()?;
            (!text.is_empty()).then(|| text.to_owned())
        };
        let whole = operators
            .as_object()
            .is_some_and(|operators| operators.len() == 2);
        match (member("claim"), member("value")) {
            (Some(name), Some(value)) if whole => Some(OperatorClaim { name, value }),
            (_, _) => {
                mistakes.note(format!(
                    "{}.operators is no table of `claim` and `value`, both texts; nobody of this issuer is an operator without it",
                    self.place
                ));
                None
            }
        }
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
}

/// A text, or a list of at least one text; none of them empty.
fn text_or_list(value: &Value) -> Option<Vec<String>> {
    let list: Vec<String> = match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(several) => several
            .iter()
            .map(|one| one.as_str().map(ToOwned::to_owned))
            .collect::<Option<_>>()?,
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) => return None,
    };
    let good = !list.is_empty() && list.iter().all(|text| !text.is_empty());
    good.then_some(list)
}
