//! wrangler.jsonc and wrangler.json: JSON with comments and commas at the end, as wrangler takes it in either.

use std::collections::BTreeMap;
use std::path::Path;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::{Contents, Variable, Variables};
use crate::configuration::mistake::Mistake;

/// What is no JSON but for comments and commas is refused: wrangler refuses it too.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

pub(super) fn read(path: &Path, text: &str) -> Result<Contents, Mistake> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &OPTIONS).map_err(|error| {
        let range = error.range();
        let sentence = error.kind().to_string();
        Mistake::at(path, text, &(range.start..range.end), sentence, None)
    })?;
    let Some(Value::Object(file)) = parsed.value else {
        let sentence = "the file is no JSON object".to_owned();
        return Err(Mistake::at(path, text, &(0..text.len()), sentence, None));
    };
    let mut environments = BTreeMap::new();
    for environment in file
        .get_object("env")
        .iter()
        .flat_map(|env| &env.properties)
    {
        let of_it = environment.value.as_object().and_then(variables);
        let name = environment.name.as_str().to_owned();
        environments.insert(name, of_it.unwrap_or_default());
    }
    Ok(Contents {
        variables: variables(&file).unwrap_or_default(),
        environments,
        whole: Value::Object(file).into(),
    })
}

fn variables(parent: &Object<'_>) -> Option<Variables> {
    let vars = parent.get_object("vars")?.properties.iter();
    Some(
        vars.map(|property| (property.name.as_str().to_owned(), variable(property)))
            .collect(),
    )
}

fn variable(property: &ObjectProp<'_>) -> Variable {
    let range = |value: &Value<'_>| {
        let range = value.range();
        range.start..range.end
    };
    let list = property.value.as_array();
    let entries = list.into_iter().flat_map(|list| &list.elements).map(range);
    Variable {
        value: property.value.clone().into(),
        span: range(&property.value),
        entries: entries.collect(),
    }
}
