//! The variables of one environment in wrangler's own file, whichever of its formats that has.

mod jsonc;
mod toml;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::configuration::mistake::Mistake;
use crate::tokens::error::CheckError;

/// The files that wrangler looks for, in this order.
pub(super) const NAMES: [&str; 3] = ["wrangler.json", "wrangler.jsonc", "wrangler.toml"];

/// A file, and what one environment of it says.
#[derive(Debug)]
pub(super) struct Wrangler {
    pub(super) path: PathBuf,
    pub(super) text: String,
    /// The environment; none is the one without a name.
    pub(super) environment: Option<String>,
    pub(super) variables: Variables,
    /// Everything else that counts in that environment.
    pub(super) whole: Value,
    format: Format,
}

/// Variables by their names.
pub(super) type Variables = BTreeMap<String, Variable>;

/// A variable.
#[derive(Debug)]
pub(super) struct Variable {
    pub(super) value: Value,
    pub(super) span: Range<usize>,
    /// Where each entry stands, if it is a list.
    pub(super) entries: Vec<Range<usize>>,
}

/// What a file says, before it is known which of its environments is meant.
struct Contents {
    variables: Variables,
    /// The variables of each environment: wrangler lets none of them inherit any.
    environments: BTreeMap<String, Variables>,
    /// The file itself.
    whole: Value,
}

#[derive(Clone, Copy, Debug)]
enum Format {
    Jsonc,
    Toml,
}

impl Wrangler {
    pub(super) fn read(path: &Path, environment: Option<&str>) -> Result<Self, CheckError> {
        let text = std::fs::read_to_string(path).map_err(|error| CheckError::File {
            path: path.to_owned(),
            error,
        })?;
        let extension = path.extension().and_then(|extension| extension.to_str());
        let format = match extension {
            Some("json" | "jsonc") => Format::Jsonc,
            _ => Format::Toml,
        };
        let contents = match format {
            Format::Jsonc => jsonc::read(path, &text),
            Format::Toml => toml::read(path, &text),
        };
        let contents = contents.map_err(|mistake| CheckError::Mistakes(vec![mistake]))?;
        let whole = of_environment(contents.whole, environment);
        let variables = match environment {
            None => contents.variables,
            Some(name) => {
                let mut environments = contents.environments;
                let known: Vec<_> = environments.keys().cloned().collect();
                let Some(variables) = environments.remove(name) else {
                    let mistake = no_environment(path, &text, name, &known);
                    return Err(CheckError::Mistakes(vec![mistake]));
                };
                variables
            }
        };
        Ok(Self {
            path: path.to_owned(),
            text,
            environment: environment.map(str::to_owned),
            variables,
            whole,
            format,
        })
    }

    /// That a variable is missing which must be there, where it should stand.
    pub(super) fn missing_issuers(&self) -> Mistake {
        let table = match (&self.environment, self.format) {
            (None, Format::Toml) => "vars".to_owned(),
            (Some(name), Format::Toml) => format!("env.{name}.vars"),
            (None, Format::Jsonc) => "\"vars\"".to_owned(),
            (Some(name), Format::Jsonc) => format!("\"vars\" of \"env\": {{ \"{name}\": … }}"),
        };
        let (place, entry) = match self.format {
            Format::Toml => (format!("[{table}]"), format!("[[{table}.USHER_ISSUERS]]")),
            Format::Jsonc => (
                "\"vars\"".to_owned(),
                format!("\"USHER_ISSUERS\": [{{ … }}] to {table}"),
            ),
        };
        let at = self.text.find(&place).unwrap_or(usize::MAX);
        let inherits = if self.environment.is_some() {
            "; an environment inherits no variables"
        } else {
            ""
        };
        Mistake::at(
            &self.path,
            &self.text,
            &(at..at.saturating_add(place.len())),
            format!("USHER_ISSUERS is missing: nothing says whom the gate believes{inherits}"),
            Some(format!(
                "add {entry} with issuer, audience, algorithm and jwks_url; see README.md, \"Configuration\""
            )),
        )
    }
}

/// What counts in an environment: its own members, and those of the file that it inherits.
fn of_environment(mut whole: Value, environment: Option<&str>) -> Value {
    let environments = whole
        .as_object_mut()
        .and_then(|whole| whole.remove("env"))
        .unwrap_or_default();
    let (Some(name), Some(whole)) = (environment, whole.as_object_mut()) else {
        return whole;
    };
    whole.retain(|member, _| !INHERITED_BY_NONE.contains(&member.as_str()));
    let own = environments.get(name).and_then(Value::as_object);
    for (member, value) in own.into_iter().flatten() {
        whole.insert(member.clone(), value.clone());
    }
    Value::Object(std::mem::take(whole))
}

/// Of what a gate has (developers.cloudflare.com, "Non-inheritable keys").
const INHERITED_BY_NONE: [&str; 5] = [
    "vars",
    "kv_namespaces",
    "d1_databases",
    "services",
    "version_metadata",
];

fn no_environment(path: &Path, text: &str, name: &str, known: &[String]) -> Mistake {
    let known = if known.is_empty() {
        "it has none".to_owned()
    } else {
        format!("it has: {}", known.join(", "))
    };
    let sentence = format!("there is no environment `{name}`; {known}");
    let cure = "leave --env out for the environment without a name".to_owned();
    Mistake::at(path, text, &(usize::MAX..usize::MAX), sentence, Some(cure))
}
