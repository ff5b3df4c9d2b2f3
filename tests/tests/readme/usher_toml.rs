//! Every key of usher.toml, as the schema for editors has it.

use std::process::Command;

use serde_json::{Map, Value};
use tests::places;

/// The whole page.
pub(crate) fn page() -> String {
    let schema = Command::new(places::usher())
        .args(["config", "schema"])
        .output()
        .unwrap();
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    let mut page = Page {
        definitions: schema["definitions"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
        text: String::from(
            "# Every key of usher.toml\n\nThe same as `usher config schema` has for editors. A key without a default that is not *required* may be left out.\n",
        ),
        written: Vec::new(),
        ahead: Vec::new(),
    };
    page.table("The file", &schema);
    while !page.ahead.is_empty() {
        let name = page.ahead.remove(0);
        let definition = page.definitions[&name].clone();
        page.table(&name, &definition);
    }
    page.text
}

struct Page {
    definitions: Map<String, Value>,
    text: String,
    written: Vec<String>,
    /// What the tables so far refer to.
    ahead: Vec<String>,
}

impl Page {
    fn table(&mut self, name: &str, schema: &Value) {
        self.text.push_str(&format!("\n## {name}\n"));
        if let Some(description) = schema["description"].as_str() {
            self.text.push_str(&format!("\n{}\n", plain(description)));
        }
        let Some(properties) = schema["properties"].as_object() else {
            self.text.push_str(&format!("\n{}\n", kind(schema)));
            self.follow(schema);
            return;
        };
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        self.text
            .push_str("\n| key | value | meaning |\n| --- | --- | --- |\n");
        for (key, property) in properties {
            let is_required = required.iter().any(|name| name == key);
            let meaning = property["description"].as_str().unwrap_or_default();
            let mut notes = Vec::new();
            if is_required {
                notes.push("**required**".to_owned());
            }
            let default = &property["default"];
            if !default.is_null()
                && *default != serde_json::json!({})
                && *default != serde_json::json!([])
            {
                notes.push(format!("default `{default}`"));
            }
            let notes = if notes.is_empty() {
                String::new()
            } else {
                format!(" ({})", notes.join(", "))
            };
            let row = format!(
                "| `{key}` | {} | {}{notes} |\n",
                kind(property),
                plain(meaning)
            );
            self.text.push_str(&row);
            self.follow(property);
        }
    }

    /// Notes what has a table of its own.
    fn follow(&mut self, schema: &Value) {
        if let Some(name) = reference(schema) {
            if !self.written.iter().any(|known| known == name) {
                self.written.push(name.to_owned());
                self.ahead.push(name.to_owned());
            }
            return;
        }
        match schema {
            Value::Object(members) => members
                .iter()
                .filter(|(name, _)| *name != "description")
                .for_each(|(_, value)| self.follow(value)),
            Value::Array(items) => items.iter().for_each(|item| self.follow(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The name of the kind, with a link where it has a table of its own.
fn kind(schema: &Value) -> String {
    if let Some(name) = reference(schema) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    for key in ["anyOf", "oneOf", "allOf"] {
        if let Some(all) = schema[key].as_array() {
            let all = all.iter().filter(|one| one["type"] != "null");
            let kinds: Vec<_> = all.map(kind).collect();
            return kinds.join(" or ");
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words
            .iter()
            .filter(|word| !word.is_null())
            .map(|word| format!("`{word}`"))
            .collect();
        return words.join(", ");
    }
    if let Some(word) = schema.get("const") {
        return format!("`{word}`");
    }
    let kinds = schema["type"].as_array();
    let first = kinds.and_then(|kinds| kinds.iter().find_map(Value::as_str));
    match first.or_else(|| schema["type"].as_str()).unwrap_or("any") {
        "array" => format!("list of {}", kind(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            let of = kind(&schema["additionalProperties"]);
            format!("table of names, each {of}")
        }
        "boolean" => "`true` or `false`".to_owned(),
        "string" => "text".to_owned(),
        "integer" | "number" => match (&schema["minimum"], &schema["maximum"]) {
            (Value::Number(least), Value::Number(most)) => {
                format!("number from {least} to {most}")
            }
            _ => "number".to_owned(),
        },
        word => word.to_owned(),
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/definitions/")
}

/// In one line, and with nothing that ends a cell.
fn plain(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace('|', "\\|")
}
