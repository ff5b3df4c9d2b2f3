//! The folder of vectors beside the project. Who cloned only the project has none; in CI that is a failure.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tests::places;

/// A file of the folder, or nothing where there is no folder.
pub(crate) fn file(name: &str) -> Option<Value> {
    let folder = std::env::var_os("USHER_VECTORS").map_or_else(
        || places::workspace().join("../shared/vectors"),
        PathBuf::from,
    );
    if !folder.exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is missing, and in CI it must be there",
            folder.display()
        );
        eprintln!("SKIPPED: there is no folder {}", folder.display());
        return None;
    }
    let text =
        fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    Some(serde_json::from_str(&text).unwrap())
}
