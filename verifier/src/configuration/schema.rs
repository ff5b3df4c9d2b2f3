//! The JSON Schema of usher.toml, for editors: made of the types that read the file, so that it cannot say anything else.

use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::configuration::file::File;

/// Draft 7: the newest that the usual editor extensions for TOML understand in full.
pub(crate) fn schema() -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    generator.into_root_schema_for::<File>().to_value()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(text: &str) -> Result<(), String> {
        let file: Value = toml::from_str(text).unwrap();
        let schema = jsonschema::validator_for(&schema()).unwrap();
        schema.validate(&file).map_err(|error| error.to_string())
    }

    const EXAMPLE: &str = include_str!("../../usher.example.toml");

    #[test]
    fn the_example_is_right_by_the_schema() {
        assert_eq!(judge(EXAMPLE), Ok(()));
    }

    /// What a schema can know: keys, types, words, and the form of a text.
    #[test]
    fn what_an_editor_can_mark_is_marked() {
        for (from, to) in [
            ("token = ", "tokn = "),
            ("\"/access_token\"", "\"access_token\""),
            ("\"/access_token\"", "{ cokie = \"sid\" }"),
            ("\"/access_token\"", "7"),
            ("status = [200, 201]", "status = [20]"),
            ("status = [200, 201]", "status = []"),
            ("method = \"POST\"", "method = \"SEND\""),
            ("https://app.example.com", "app.example.com"),
            ("usher-{run}@example.com", "usher@example.com"),
            ("{identity}/api/v1/auth/login", "{identity/api"),
            ("ready_seconds = 120", "ready_seconds = 0"),
            ("kind = \"postgres\"", "kind = \"mysql\""),
            ("path = \"/\"", "path = \"//evil\""),
            ("[gate_admin]", "[gate_admn]"),
            ("[register]", "[registr]"),
        ] {
            let text = EXAMPLE.replace(from, to);
            assert_ne!(text, EXAMPLE, "{from}");
            assert!(judge(&text).is_err(), "{to}");
        }
    }
}
