//! What the files of a gate on this machine say of whom it believes: wrangler's own, and `.dev.vars`, which counts before it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use policy::issuer::Issuer;
use policy::issuer_entry::{KeySource, Reading};
use policy::mistakes::Mistakes;
use policy::setting::{Home, SETTINGS, usual_cookie};
use serde_json::Value;

use crate::configuration::Environment;
use crate::configuration::mistake::Mistake;
use crate::configuration::name::text_of_value;
use crate::configuration::suggestion::closest;
use crate::findings::Evidence;
use crate::tokens::dev_vars::DevVars;
use crate::tokens::error::CheckError;
use crate::tokens::wrangler::{self, Wrangler};

/// The files of one environment of a gate.
pub(crate) struct GateFiles<'a> {
    environment: Environment<'a>,
    wrangler: Wrangler,
    dev_vars: Option<DevVars>,
}

/// A setting, and where it stands.
struct Setting<'a> {
    path: &'a Path,
    text: &'a str,
    span: Range<usize>,
    /// Where each entry stands, if it is written as a list.
    entries: &'a [Range<usize>],
    value: Value,
}

impl<'a> GateFiles<'a> {
    /// Reads the file that is named, or the one that wrangler would find here.
    pub(crate) fn read(
        path: Option<&Path>,
        name: Option<&str>,
        is_deployed: bool,
        environment: Environment<'a>,
    ) -> Result<Self, CheckError> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => usual().ok_or_else(|| CheckError::NoConfiguration {
                directory: std::env::current_dir().ok(),
            })?,
        };
        let wrangler = Wrangler::read(&path, name)?;
        // A deployed gate never sees it.
        let dev_vars = if is_deployed {
            None
        } else {
            DevVars::beside(&path, name)?
        };
        Ok(Self {
            environment,
            wrangler,
            dev_vars,
        })
    }

    /// The files that were read, for people.
    pub(crate) fn read_from(&self) -> Vec<String> {
        let environment = self.wrangler.environment.as_ref();
        let environment = environment.map(|name| format!(" (environment `{name}`)"));
        let wrangler = self.wrangler.path.display();
        let wrangler = format!("{wrangler}{}", environment.unwrap_or_default());
        let dev_vars = self.dev_vars.as_ref();
        let dev_vars = dev_vars.map(|dev_vars| dev_vars.path.display().to_string());
        [Some(wrangler), dev_vars].into_iter().flatten().collect()
    }

    /// What counts here and would not count for a deployed gate.
    pub(super) fn overridden(&self) -> Option<String> {
        let dev_vars = self.dev_vars.as_ref()?;
        let settings = [ISSUERS, DEVELOPMENT].into_iter();
        let names: Vec<_> = settings
            .filter(|name| dev_vars.value(name).is_some())
            .collect();
        (!names.is_empty()).then(|| {
            format!(
                "{} is taken from {}, as `wrangler dev` takes it; a deployed gate does not see that file: --deployed judges without it",
                names.join(" and "),
                dev_vars.path.display()
            )
        })
    }

    /// The value of a secret: from the environment, else where the gate has it on this machine.
    pub(crate) fn secret(&self, name: &str) -> Option<String> {
        let set = (self.environment)(name).filter(|value| !value.is_empty());
        let dev_vars = || Some(self.dev_vars.as_ref()?.value(name)?.to_owned());
        let variable = || {
            let variable = self.wrangler.variables.get(name)?;
            Some(variable.value.as_str()?.to_owned())
        };
        set.or_else(dev_vars).or_else(variable)
    }

    /// The issuers and where their keys are, as the gate would read them. With a single mistake the gate lets nobody in, so nothing is
    /// judged either.
    pub(crate) fn issuers(
        &self,
        secret: &dyn Fn(&str, &mut Mistakes) -> String,
    ) -> Result<(Vec<Issuer>, Vec<KeySource>), CheckError> {
        let Some(given) = self.setting(ISSUERS) else {
            return Err(CheckError::Mistakes(vec![self.wrangler.missing_issuers()]));
        };
        let list = given.list()?;
        let development = self.setting(DEVELOPMENT).map(|setting| setting.value);
        let reading = Reading {
            development: matches!(&development, Some(value) if *value == true || *value == "true"),
            nearest: |wrong, right| closest(wrong, right.iter().copied()),
            secret,
        };
        let mut mistakes = Mistakes::default();
        let issuers = reading.issuers(&list, &mut mistakes);
        if mistakes.0.is_empty() {
            return Ok(issuers);
        }
        let mistakes = mistakes.0.into_iter().map(|sentence| {
            let entry = position(&sentence).and_then(|position| given.entries.get(position));
            given.mistake(entry.unwrap_or(&given.span), sentence)
        });
        Err(CheckError::Mistakes(mistakes.collect()))
    }

    /// What wrangler's file says in this environment.
    pub(crate) const fn whole(&self) -> &Value {
        &self.wrangler.whole
    }

    /// The file itself, for people.
    pub(crate) fn wrangler_path(&self) -> String {
        self.wrangler.path.display().to_string()
    }

    /// The names of the variables that stand in wrangler's file.
    pub(crate) fn variables(&self) -> impl Iterator<Item = String> {
        self.wrangler.variables.keys().cloned()
    }

    /// Every name that the gate is given, and where.
    pub(crate) fn names(&self) -> Vec<(String, String)> {
        let file = self.wrangler_path();
        let variables = self.variables().map(|name| (name, file.clone()));
        let dev_vars = self.dev_vars.iter().flat_map(|dev_vars| {
            let place = dev_vars.path.display().to_string();
            let names = dev_vars.values.keys();
            names.map(move |name| (name.clone(), place.clone()))
        });
        let tables = ["kv_namespaces", "d1_databases", "services"].iter();
        let bound = tables
            .filter_map(|table| self.whole().get(table)?.as_array())
            .flatten()
            .filter_map(|entry| entry.get("binding")?.as_str());
        let bound = bound.map(|name| (name.to_owned(), file.clone()));
        variables.chain(dev_vars).chain(bound).collect()
    }

    /// What may be secret of what stands here.
    pub(crate) fn secrets_at_hand(&self) -> Vec<(String, String)> {
        let is_variable = |name: &str| {
            let mut settings = SETTINGS.iter();
            settings.any(|setting| setting.home == Home::Variable && setting.name == name)
        };
        let of_dev = self.dev_vars.iter().flat_map(|dev_vars| &dev_vars.values);
        let of_dev = of_dev.filter(|(name, _)| !is_variable(name));
        let of_dev = of_dev.map(|(name, (value, _))| (name.clone(), value.clone()));
        let of_issuers = self.secrets_of_issuers().into_iter();
        let of_issuers = of_issuers.filter_map(|name| Some((name.clone(), self.secret(&name)?)));
        of_dev.chain(of_issuers).collect()
    }

    /// The value of a variable that counts.
    pub(crate) fn value(&self, name: &str) -> Option<Value> {
        self.setting(name).map(|setting| setting.value)
    }

    /// The same as a text; a number or a truth value counts as its own.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        Some(text_of_value(&value).trim().to_owned())
    }

    pub(crate) fn is_development(&self) -> bool {
        self.text(DEVELOPMENT).is_some_and(|text| text == "true")
    }

    /// The cookie that carries the token, where that can be read.
    pub(crate) fn cookie(&self) -> Option<String> {
        if let Some(said) = self.text("USHER_COOKIE") {
            return Some(said);
        }
        let (issuers, _) = self.issuers(&no_secret).ok()?;
        Some(usual_cookie(self.is_development(), issuers.first()).to_owned())
    }

    /// What is wrong with the issuers that are there, each in one line.
    pub(crate) fn mistakes_of_issuers(&self) -> Vec<Evidence> {
        if self.setting(ISSUERS).is_none() {
            return Vec::new();
        }
        let said = match self.issuers(&no_secret) {
            Ok(_) => Vec::new(),
            Err(CheckError::Mistakes(mistakes)) => {
                mistakes.iter().map(ToString::to_string).collect()
            }
            Err(error) => vec![error.to_string()],
        };
        let first_line = |said: String| said.lines().next().unwrap_or_default().to_owned();
        let said = said.into_iter().map(first_line);
        said.map(|said| Evidence::new(said, self.wrangler_path()))
            .collect()
    }

    /// The names of secrets that issuers refer to.
    pub(crate) fn secrets_of_issuers(&self) -> Vec<String> {
        let sources = self.issuers(&no_secret).map(|(_, sources)| sources);
        let secrets = sources.unwrap_or_default().into_iter();
        let secrets = secrets.flat_map(|source| source.secrets);
        secrets.map(|secret| secret.binding).collect()
    }

    fn setting(&self, name: &str) -> Option<Setting<'_>> {
        let dev_vars = self.dev_vars.as_ref();
        let of_dev = dev_vars.and_then(|dev_vars| Some((dev_vars, dev_vars.values.get(name)?)));
        if let Some((DevVars { path, text, .. }, (value, span))) = of_dev {
            return Some(Setting {
                path,
                text,
                span: span.clone(),
                entries: &[],
                value: Value::String(value.clone()),
            });
        }
        let Wrangler {
            path,
            text,
            variables,
            ..
        } = &self.wrangler;
        let variable = variables.get(name)?;
        Some(Setting {
            path,
            text,
            span: variable.span.clone(),
            entries: &variable.entries,
            value: variable.value.clone(),
        })
    }
}

impl Setting<'_> {
    /// Where only texts can be set, the list is JSON in a text.
    fn list(&self) -> Result<Value, CheckError> {
        match &self.value {
            Value::String(json) => serde_json::from_str(json).map_err(|error| {
                let sentence = format!("USHER_ISSUERS is no JSON: {error}");
                CheckError::Mistakes(vec![self.mistake(&self.span, sentence)])
            }),
            list @ (Value::Array(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Number(_)
            | Value::Object(_)) => Ok(list.clone()),
        }
    }

    fn mistake(&self, span: &Range<usize>, sentence: String) -> Mistake {
        Mistake::at(self.path, self.text, span, sentence, None)
    }
}

/// No value of a secret is needed to read the rest.
pub(crate) fn no_secret(_: &str, _: &mut Mistakes) -> String {
    String::new()
}

/// The file that wrangler would find in this folder.
fn usual() -> Option<PathBuf> {
    let mut paths = wrangler::NAMES.into_iter().map(PathBuf::from);
    paths.find(|path| path.exists())
}

/// The entry a sentence is about: they begin with `USHER_ISSUERS[2]`.
fn position(sentence: &str) -> Option<usize> {
    let (position, _) = sentence.strip_prefix("USHER_ISSUERS[")?.split_once(']')?;
    position.parse().ok()
}

const ISSUERS: &str = "USHER_ISSUERS";
const DEVELOPMENT: &str = "USHER_DEVELOPMENT";
