//! wrangler.toml.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize as _;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Contents, Variable, Variables};
use crate::configuration::mistake::Mistake;

pub(super) fn read(path: &Path, text: &str) -> Result<Contents, Mistake> {
    let file = DeTable::parse(text).map_err(|error| Mistake::from_toml(path, text, &error))?;
    let file = file.get_ref();
    let mut environments = BTreeMap::new();
    for (name, environment) in table(file, "env").into_iter().flatten() {
        let of_it = environment.get_ref().as_table();
        let of_it = of_it.and_then(|environment| variables(environment));
        environments.insert(name.get_ref().to_string(), of_it.unwrap_or_default());
    }
    Ok(Contents {
        variables: variables(file).unwrap_or_default(),
        environments,
        whole: toml::from_str(text).map_err(|error| Mistake::from_toml(path, text, &error))?,
    })
}

fn table<'a, 'i>(parent: &'a DeTable<'i>, name: &str) -> Option<&'a DeTable<'i>> {
    parent.get(name)?.get_ref().as_table()
}

fn variables(parent: &DeTable<'_>) -> Option<Variables> {
    let vars = table(parent, "vars")?.iter();
    Some(
        vars.map(|(name, value)| (name.get_ref().to_string(), variable(value)))
            .collect(),
    )
}

fn variable(found: &Spanned<DeValue<'_>>) -> Variable {
    let entries = found.get_ref().as_array().into_iter().flatten();
    let value = Value::deserialize(ValueDeserializer::from(found.clone()));
    Variable {
        // Every value of TOML is one of JSON, but a date, which the gate takes for none of its settings.
        value: value.unwrap_or_default(),
        span: found.span(),
        entries: entries.map(Spanned::span).collect(),
    }
}
