//! The part of wrangler.toml that says whom the gate believes.

use std::ops::Range;
use std::path::Path;

use policy::issuer::Issuer;
use policy::issuer_entry::{KeySource, Reading};
use policy::mistakes::Mistakes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use toml::Spanned;

use crate::check::tokens::error::CheckError;
use crate::configuration::mistake::Mistake;
use crate::configuration::suggestion::closest;

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    vars: Vars,
}

#[derive(Default, Deserialize)]
struct Vars {
    #[serde(rename = "USHER_ISSUERS")]
    issuers: Option<Spanned<Value>>,
    #[serde(rename = "USHER_DEVELOPMENT")]
    development: Option<Value>,
}

/// Only where each entry stands.
#[derive(Deserialize)]
struct Places {
    vars: PlacesOfVars,
}

#[derive(Deserialize)]
struct PlacesOfVars {
    #[serde(rename = "USHER_ISSUERS")]
    issuers: Vec<Spanned<IgnoredAny>>,
}

/// The issuers and where their keys are, as the gate would read them. With a single mistake the gate lets nobody in, so nothing is
/// judged either.
pub(crate) fn issuers(
    path: &Path,
    secret: &dyn Fn(&str, &mut Mistakes) -> String,
) -> Result<(Vec<Issuer>, Vec<KeySource>), CheckError> {
    let text = std::fs::read_to_string(path).map_err(|error| CheckError::File {
        path: path.to_owned(),
        error,
    })?;
    let file: File = toml::from_str(&text)
        .map_err(|error| CheckError::Mistakes(vec![Mistake::from_toml(path, &text, &error)]))?;
    let place = Place { path, text: &text };
    let Some(given) = file.vars.issuers else {
        return Err(CheckError::Mistakes(vec![place.missing()]));
    };
    let span = given.span();
    let list = place.list(given)?;
    let reading = Reading {
        development: matches!(&file.vars.development, Some(value) if *value == true || *value == "true"),
        nearest: |wrong, right| closest(wrong, right.iter().copied()),
        secret,
    };
    let mut mistakes = Mistakes::default();
    let issuers = reading.issuers(&list, &mut mistakes);
    if mistakes.0.is_empty() {
        return Ok(issuers);
    }
    let places = entries(&text);
    let mistakes = mistakes.0.into_iter().map(|sentence| {
        let entry = position(&sentence).and_then(|position| places.get(position));
        place.mistake(entry.unwrap_or(&span), sentence)
    });
    Err(CheckError::Mistakes(mistakes.collect()))
}

struct Place<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Place<'_> {
    /// Where only texts can be set, the list is JSON in a text.
    fn list(&self, given: Spanned<Value>) -> Result<Value, CheckError> {
        let span = given.span();
        match given.into_inner() {
            Value::String(json) => serde_json::from_str(&json).map_err(|error| {
                let sentence = format!("USHER_ISSUERS is no JSON: {error}");
                CheckError::Mistakes(vec![self.mistake(&span, sentence)])
            }),
            list @ (Value::Array(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)) => Ok(list),
        }
    }

    fn mistake(&self, span: &Range<usize>, sentence: String) -> Mistake {
        Mistake::at(self.path, self.text, span, sentence, None)
    }

    fn missing(&self) -> Mistake {
        let vars = self.text.find("[vars]").unwrap_or(usize::MAX);
        Mistake::at(
            self.path,
            self.text,
            &(vars..vars.saturating_add(6)),
            "USHER_ISSUERS is missing: nothing says whom the gate believes".to_owned(),
            Some("add [[vars.USHER_ISSUERS]] with issuer, audience, algorithm and jwks_url; see README.md, \"Configuration\"".to_owned()),
        )
    }
}

/// Where each entry stands; nothing where the list is a text.
fn entries(text: &str) -> Vec<Range<usize>> {
    let places = toml::from_str::<Places>(text).map(|places| places.vars.issuers);
    places
        .unwrap_or_default()
        .iter()
        .map(Spanned::span)
        .collect()
}

/// The entry a sentence is about: they begin with `USHER_ISSUERS[2]`.
fn position(sentence: &str) -> Option<usize> {
    let (position, _) = sentence.strip_prefix("USHER_ISSUERS[")?.split_once(']')?;
    position.parse().ok()
}
