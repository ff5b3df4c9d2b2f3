//! No cause stands in the catalogue that no fault raises: each is expected by a test that breaks something for it. Which tests those are is
//! printed: `cargo test -p tests --test catalogue -- --nocapture`.
#![expect(clippy::panic, reason = "what a test builds on must hold")]

use std::fs;
use std::path::{Path, PathBuf};

use tests::places;

/// Every source below a folder, with its text.
fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{error}"));
    for entry in entries {
        let path = entry.unwrap_or_else(|error| panic!("{error}")).path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{error}"));
            found.push((path, text));
        }
    }
}

#[test]
fn every_cause_of_the_catalogue_is_raised_by_a_fault_of_the_tests() {
    let root = places::workspace();
    let page = fs::read_to_string(root.join("docs/findings.md"));
    let page = page.unwrap_or_else(|error| panic!("{error}"));
    let codes = page.lines().filter_map(|line| line.strip_prefix("## `"));
    let codes: Vec<_> = codes.filter_map(|line| line.strip_suffix('`')).collect();
    assert!(codes.len() > 30, "{codes:?}");
    let mut all = Vec::new();
    for folder in ["tests/tests", "verifier/tests", "verifier/src/check/config"] {
        sources(&root.join(folder), &mut all);
    }
    // Of the code itself only what tests it.
    let is_code = |path: &Path| path.starts_with(root.join("verifier/src"));
    all.retain(|(path, _)| !is_code(path) || path.ends_with("tests.rs"));
    let mut nowhere = Vec::new();
    for code in codes {
        let word = format!("\"{code}\"");
        let raising = all.iter().filter(|(_, text)| text.contains(&word));
        let places = raising.filter_map(|(path, _)| path.strip_prefix(&root).ok());
        let places: Vec<_> = places.map(|path| path.display().to_string()).collect();
        println!("| {code} | {} |", places.join(", "));
        if places.is_empty() {
            nowhere.push(code);
        }
    }
    assert!(nowhere.is_empty(), "no test raises {nowhere:?}");
}
