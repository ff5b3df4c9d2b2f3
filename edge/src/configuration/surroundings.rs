//! The values as they are given, and the readers for the few shapes they have. Each reader says what is wrong in a sentence.

use std::collections::BTreeMap;

use policy::issuer_entry::KeySource;
use policy::shared_secret;
use policy::web_address::{http_hint, is_web_address};
use serde_json::Value;

use super::{Home, Mistakes, SETTINGS, Setting};

/// One value as it is given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// A binding: KV, D1.
    Binding,
    /// A variable that is no text: a list, a number, a truth value.
    Json(Value),
    /// A variable or a secret.
    Text(String),
}

/// All values of the Worker's environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Surroundings(pub(crate) BTreeMap<String, Given>);

impl Surroundings {
    pub(super) fn get(&self, name: &str) -> Option<&Given> {
        self.0.get(name)
    }

    /// A text, or nothing; a number or a truth value counts as its text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match self.get(name)? {
            Given::Text(text) => Some(text.trim().to_owned()),
            Given::Json(value) => Some(value.to_string()),
            Given::Binding => None,
        }
    }

    pub(super) fn required_text(&self, name: &str, mistakes: &mut Mistakes) -> String {
        self.text(name)
            .filter(|text| !text.is_empty())
            .unwrap_or_else(|| {
                mistakes.note(missing(name));
                String::new()
            })
    }

    /// A bearer secret deserves no less than an HMAC secret.
    pub(super) fn secret(&self, name: &str, mistakes: &mut Mistakes) -> String {
        let secret = match self.get(name) {
            Some(Given::Text(text)) => text.clone(),
            Some(Given::Json(_) | Given::Binding) | None => String::new(),
        };
        if secret.is_empty() {
            mistakes.note(format!(
                "the secret {name} is missing; set it with `wrangler secret put {name}` (in development: a line in .dev.vars)"
            ));
            return secret;
        }
        if let Some(mistake) = shared_secret::mistake(name, &secret) {
            mistakes.note(mistake);
        }
        secret
    }

    pub(super) fn require_binding(&self, name: &str, mistakes: &mut Mistakes) {
        match self.get(name) {
            Some(Given::Binding) => {}
            Some(Given::Json(_) | Given::Text(_)) => {
                mistakes.note(format!(
                    "{name} is a variable; it must be a binding in wrangler.toml"
                ));
            }
            None => mistakes.note(missing(name)),
        }
    }

    pub(super) fn flag(&self, name: &str, mistakes: &mut Mistakes) -> bool {
        match self.text(name).as_deref() {
            None | Some("" | "false") => false,
            Some("true") => true,
            Some(other) => {
                mistakes.note(format!("{name} is `{other}`; give true or false"));
                false
            }
        }
    }

    pub(super) fn seconds(&self, name: &str, default: u64, mistakes: &mut Mistakes) -> u64 {
        let Some(text) = self.text(name) else {
            return default;
        };
        match text.parse::<u32>() {
            Ok(seconds) if seconds > 0 => u64::from(seconds),
            Ok(_) | Err(_) => {
                mistakes.note(format!(
                    "{name} is `{text}`; give a whole number of seconds, at least 1"
                ));
                default
            }
        }
    }

    pub(super) fn days(&self, name: &str, default: u32, mistakes: &mut Mistakes) -> u32 {
        let Some(text) = self.text(name) else {
            return default;
        };
        // A century, so that no arithmetic of moments comes near its end.
        match text.parse::<u32>() {
            Ok(days) if (1..=36_500).contains(&days) => days,
            Ok(_) | Err(_) => {
                mistakes.note(format!(
                    "{name} is `{text}`; give a whole number of days, 1 to 36500"
                ));
                default
            }
        }
    }

    /// A list of texts. A variable of wrangler.toml may be a list; where only texts can be set, it is JSON in a text.
    pub(super) fn list(&self, name: &str, mistakes: &mut Mistakes) -> Vec<String> {
        let Some(value) = self.json(name, mistakes) else {
            return Vec::new();
        };
        let texts = value.as_array().and_then(|items| {
            items
                .iter()
                .map(|item| item.as_str().map(ToOwned::to_owned))
                .collect::<Option<Vec<_>>>()
        });
        texts.unwrap_or_else(|| {
            mistakes.note(format!(
                "{name} is no list of texts; write it as [\"one\", \"two\"]"
            ));
            Vec::new()
        })
    }

    pub(super) fn required_list(&self, name: &str, mistakes: &mut Mistakes) -> Vec<String> {
        if self.get(name).is_none() {
            mistakes.note(missing(name));
            return Vec::new();
        }
        let known = mistakes.0.len();
        let list = self.list(name, mistakes);
        if list.is_empty() && mistakes.0.len() == known {
            mistakes.note(format!("{name} is empty; name at least one"));
        }
        list
    }

    pub(super) fn json(&self, name: &str, mistakes: &mut Mistakes) -> Option<Value> {
        match self.get(name)? {
            Given::Json(value) => Some(value.clone()),
            Given::Binding => None,
            Given::Text(text) => match serde_json::from_slice(text.as_bytes()) {
                Ok(value) => Some(value),
                Err(problem) => {
                    mistakes.note(format!("{name} is no JSON: {problem}"));
                    None
                }
            },
        }
    }

    /// An address people or keys are fetched from: https, or http on a developer's machine.
    pub(super) fn web_address(
        &self,
        name: &str,
        development: bool,
        mistakes: &mut Mistakes,
    ) -> String {
        let address = self.required_text(name, mistakes);
        if !address.is_empty() && !is_web_address(&address, development) {
            mistakes.note(format!(
                "{name} is `{address}`; give an https: address{}",
                http_hint(&address)
            ));
        }
        address
    }

    /// A misspelt name would otherwise be a silent default. Names of secrets that an issuer refers to are known.
    pub(super) fn refuse_unknown_names(&self, key_sources: &[KeySource], mistakes: &mut Mistakes) {
        let referred = |name: &str| {
            let mut secrets = key_sources.iter().flat_map(|source| &source.secrets);
            secrets.any(|secret| secret.binding == name)
        };
        for name in self.0.keys().filter(|name| name.starts_with("USHER_")) {
            if SETTINGS.iter().all(|setting| setting.name != name) && !referred(name) {
                let nearest = nearest(name, &SETTINGS.map(|setting| setting.name));
                let hint =
                    nearest.map_or_else(String::new, |right| format!("; did you mean {right}?"));
                mistakes.note(format!("{name} is no configuration value{hint}"));
            }
        }
    }
}

/// The one of the right names that is most like a wrong one.
pub(super) fn nearest(wrong: &str, right: &[&'static str]) -> Option<&'static str> {
    let right = right.iter().copied();
    right.min_by_key(|right| strsim::osa_distance(right, wrong))
}

fn missing(name: &str) -> String {
    let setting = SETTINGS.iter().find(|setting| setting.name == name);
    let meaning = setting.map_or("", |setting: &Setting| setting.meaning);
    let place = match setting.map(|setting| setting.home) {
        Some(Home::Binding) => "add the binding to wrangler.toml",
        Some(Home::Secret) => "set it with `wrangler secret put`",
        Some(Home::Variable) | None => "add it to [vars] in wrangler.toml",
    };
    format!("{name} is missing ({meaning}); {place}")
}
