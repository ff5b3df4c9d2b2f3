//! Everything, as one JSON object.

use serde::Serialize;
use serde_json::json;

/// The record as it is; fields are only ever added to one schema version.
pub(crate) fn render(record: &impl Serialize) -> String {
    // Nothing in a record can fail to be JSON; were it ever so, a reader still gets an object that says it.
    let text = serde_json::to_string_pretty(record)
        .unwrap_or_else(|error| json!({"error": error.to_string()}).to_string());
    text + "\n"
}
