//! Reading usher.toml: the text, what it refers to outside of it, and where in it something is wrong.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::configuration::file::File;
use crate::configuration::mistake::{ConfigurationError, Mistake};
use crate::configuration::name::Name;
use crate::configuration::placed::Placed;
use crate::configuration::secret::Origin;
use crate::configuration::{Configuration, Environment};

/// Reads the text of usher.toml.
pub(crate) fn read(
    path: &Path,
    text: &str,
    environment: Environment<'_>,
) -> Result<Configuration, ConfigurationError> {
    let file: File = parsed(path, text)?;
    let reading = Reading {
        path,
        text,
        environment,
    };
    file.complete(&reading).map_err(ConfigurationError::from)
}

/// Whether the text has `[tagged_users]`; whatever else is wrong with it is said by whoever needs the rest.
pub(super) fn lists_users(path: &Path, text: &str) -> bool {
    let part = parsed::<toml::Table>(path, text);
    part.is_ok_and(|table| table.contains_key("tagged_users"))
}

/// The text as far as `T` wants to know it.
pub(super) fn parsed<T: DeserializeOwned>(
    path: &Path,
    text: &str,
) -> Result<T, ConfigurationError> {
    if text
        .lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
    {
        return Err(ConfigurationError::Empty(path.to_owned()));
    }
    toml::from_str(text).map_err(|error| Mistake::from_toml(path, text, &error).into())
}

/// What is needed to judge the parts of the file against each other and against the environment.
pub(super) struct Reading<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) environment: Environment<'a>,
}

impl Reading<'_> {
    pub(super) fn mistake<T>(
        &self,
        place: &Placed<T>,
        sentence: String,
        cure: Option<String>,
    ) -> Mistake {
        self.mistake_at(&place.span, sentence, cure)
    }

    pub(super) fn mistake_at(
        &self,
        span: &Range<usize>,
        sentence: String,
        cure: Option<String>,
    ) -> Mistake {
        Mistake::at(self.path, self.text, span, sentence, cure)
    }

    /// Where this name is written inside of a value, or the whole value where it is written in another way.
    pub(super) fn place_of(&self, name: &Name, within: &Range<usize>) -> Range<usize> {
        let written = name.to_string();
        let found = self
            .text
            .get(within.clone())
            .and_then(|text| text.find(&written));
        found.map_or_else(
            || within.clone(),
            |at| within.start + at..within.start + at + written.len(),
        )
    }

    /// The value of the variable that is named here.
    pub(super) fn variable(&self, name: &Placed<String>) -> Result<String, Mistake> {
        (self.environment)(&name.value)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                let cure = format!("set it, for example with `export {}=…`", name.value);
                let sentence = format!("the environment variable `{}` is not set", name.value);
                self.mistake(name, sentence, Some(cure))
            })
    }

    /// A secret that stands in a variable or in a file, and never in usher.toml.
    pub(super) fn secret(
        &self,
        span: &Range<usize>,
        keys: [&str; 2],
        variable: Option<&Placed<String>>,
        file: Option<&Placed<PathBuf>>,
    ) -> Result<(Origin, String), Mistake> {
        match (variable, file) {
            (Some(name), None) => Ok((Origin::Variable(name.value.clone()), self.variable(name)?)),
            (None, Some(path)) => {
                let shown = path.value.display();
                let text = std::fs::read_to_string(&path.value).map_err(|error| {
                    let cure = "write the secret into this file, and let only yourself read it";
                    self.mistake(
                        path,
                        format!("cannot read `{shown}`: {error}"),
                        Some(cure.to_owned()),
                    )
                })?;
                let text = text.trim_end_matches(['\r', '\n']).to_owned();
                if text.is_empty() {
                    return Err(self.mistake(path, format!("`{shown}` is empty"), None));
                }
                Ok((Origin::File(path.value.clone()), text))
            }
            (None, None) | (Some(_), Some(_)) => {
                let [variable, file] = keys;
                let sentence = format!("a secret has either `{variable}` or `{file}`");
                Err(self.mistake_at(span, sentence, None))
            }
        }
    }
}

#[cfg(test)]
mod tests;
