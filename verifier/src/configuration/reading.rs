//! From the file to a [`Configuration`]: the parts judged against each other and against the environment.

use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::configuration::address::BaseUrl;
use crate::configuration::admin::Admin;
use crate::configuration::database::{Database, DatabaseKind, Place};
use crate::configuration::file::{Call, DatabaseEntry, File, GateAdmin};
use crate::configuration::mistake::{ConfigurationError, Mistake};
use crate::configuration::template::Slot;
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
        place: &Spanned<T>,
        sentence: String,
        cure: Option<String>,
    ) -> Mistake {
        Mistake::at(self.path, self.text, &place.span(), sentence, cure)
    }

    /// The value of the variable that is named here.
    fn variable(&self, name: &Spanned<String>) -> Result<String, Mistake> {
        (self.environment)(name.get_ref())
            .filter(|value| !value.is_empty())
            .ok_or_else(|| {
                let name_text = name.get_ref();
                let cure = format!("set it, for example with `export {name_text}=…`");
                self.mistake(
                    name,
                    format!("the environment variable `{name_text}` is not set"),
                    Some(cure),
                )
            })
    }

    fn call(&self, call: &Call, identity: Option<&BaseUrl>) -> Result<(), Mistake> {
        if identity.is_some() {
            return Ok(());
        }
        let sentence = || "`{identity}` is used here, but [target] has no `identity`".to_owned();
        let cure = || Some("add `identity = \"https://…\"` to [target]".to_owned());
        if call.url.get_ref().uses(Slot::Identity) {
            return Err(self.mistake(&call.url, sentence(), cure()));
        }
        match &call.json {
            Some(json) if json.get_ref().uses(Slot::Identity) => {
                Err(self.mistake(json, sentence(), cure()))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl File {
    fn complete(self, reading: &Reading<'_>) -> Result<Configuration, Mistake> {
        let log_in = self.log_in.call();
        let calls = [
            Some(&self.register),
            Some(&log_in),
            self.log_out.as_ref(),
            self.remove_user.as_ref(),
        ];
        calls
            .into_iter()
            .flatten()
            .try_for_each(|call| reading.call(call, self.target.identity.as_ref()))?;
        Ok(Configuration {
            path: reading.path.to_owned(),
            admin: self
                .gate_admin
                .map(|admin| admin.complete(reading))
                .transpose()?,
            databases: self
                .databases
                .into_iter()
                .map(|entry| entry.complete(reading))
                .collect::<Result<_, _>>()?,
            gate: self.target.gate,
            identity: self.target.identity,
            register: self.register,
            log_in: self.log_in,
            log_out: self.log_out,
            remove_user: self.remove_user,
            instance: self.instance,
            ready_within: self.budget.ready_seconds.duration(),
            request_within: self.budget.request_seconds.duration(),
            email: self.users.email,
            has_contract: self.contract.is_some(),
        })
    }
}

impl GateAdmin {
    pub(super) fn complete(self, reading: &Reading<'_>) -> Result<Admin, Mistake> {
        let secret = reading.variable(&self.secret_env)?;
        Ok(Admin {
            variable: self.secret_env.into_inner(),
            secret,
        })
    }
}

impl DatabaseEntry {
    pub(super) fn complete(self, reading: &Reading<'_>) -> Result<Database, Mistake> {
        let place = match (self.kind, self.path, self.path_env, self.url_env) {
            (DatabaseKind::Sqlite, Some(path), None, None) => Place::Sqlite(path),
            (DatabaseKind::Sqlite, None, Some(name), None) => {
                Place::Sqlite(PathBuf::from(reading.variable(&name)?))
            }
            (DatabaseKind::Postgres, None, None, Some(name)) => Place::Postgres {
                url: reading.variable(&name)?,
                variable: name.into_inner(),
            },
            (kind, _, _, _) => {
                let needs = match kind {
                    DatabaseKind::Postgres => "`url_env` and no path",
                    DatabaseKind::Sqlite => "either `path` or `path_env`",
                };
                let sentence = format!("the database `{}` needs {needs}", self.name.get_ref());
                return Err(reading.mistake(&self.name, sentence, None));
            }
        };
        let Self {
            name,
            tables,
            migrate,
            ..
        } = self;
        Ok(Database {
            name: name.into_inner(),
            place,
            tables,
            migrate,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str = r#"
[target]
gate = "https://app.example.com"
[register]
url = "https://id.example.com/register"
[log_in]
url = "https://id.example.com/login"
token = "/access_token"
[instance]
"#;

    fn read_text(text: &str) -> Result<Configuration, String> {
        read(Path::new("usher.toml"), text, &|name| {
            (name == "SET").then(|| "value".to_owned())
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn the_smallest_file_has_sensible_defaults() {
        let configuration = read_text(SMALLEST).unwrap();
        assert_eq!(configuration.ready_within.as_secs(), 120);
        assert_eq!(configuration.instance.path.as_str(), "/");
        assert_eq!(configuration.email.fill("x"), "usher-x@usher.invalid");
    }

    #[test]
    fn the_example_file_is_read_as_it_stands() {
        let text = include_str!("../../usher.example.toml");
        let configuration = read(Path::new("usher.example.toml"), text, &|_| {
            Some("value".to_owned())
        })
        .unwrap();
        assert_eq!(configuration.databases.len(), 2);
    }

    #[test]
    fn every_mistake_names_the_thing_the_place_and_the_cure() {
        for (from, to, line, said) in [
            ("token =", "tokn =", 8, "hint: did you mean `token`?"),
            (
                "/access_token",
                "access_token",
                8,
                "`/access_token` instead of `access_token`",
            ),
            (
                "https://app.example.com",
                "app.example.com",
                3,
                "expected an address like",
            ),
            (
                "https://id.example.com/login",
                "{identity}/login",
                7,
                "[target] has no `identity`",
            ),
            (
                "https://id.example.com/login",
                "https://{emial}/",
                7,
                "did you mean `{email}`?",
            ),
            (
                "[instance]",
                "[instance]\npath = 7",
                10,
                "expected a string",
            ),
            (
                "[instance]",
                "[instance]\n[gate_admin]\nsecret_env = \"UNSET\"",
                11,
                "`UNSET` is not set",
            ),
            (
                "[instance]",
                "[instance]\n[budget]\nready_seconds = 0",
                11,
                "expected 1 to 3600 seconds, found 0",
            ),
            (
                "[instance]",
                "[instance]\n[users]\nemail = \"a@b.c\"",
                11,
                "with `{run}`",
            ),
            (
                "[instance]",
                "[instance]\n[[databases]]\nname = \"d\"\nkind = \"sqlte\"",
                12,
                "did you mean `sqlite`?",
            ),
            (
                "[instance]",
                "[instance]\n[[databases]]\nname = \"d\"\nkind = \"sqlite\"",
                11,
                "either `path` or `path_env`",
            ),
        ] {
            let message = read_text(&SMALLEST.replace(from, to)).unwrap_err();
            assert!(
                message.starts_with(&format!("usher.toml:{line}:")),
                "{message}"
            );
            assert!(message.contains(said), "{message}");
        }
    }

    #[test]
    fn an_empty_file_is_named_as_such() {
        for text in ["", "\n  \n", "# nothing yet\n"] {
            assert!(read_text(text).unwrap_err().contains("is empty"));
        }
    }
}
