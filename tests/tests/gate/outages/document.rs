//! `docs/outages.md`: how what was seen is said in it.

use std::fmt::Write as _;
use std::fs;

use policy::freshness::FreshnessRules;
use tests::places;

use super::{COLUMNS, UNAVAILABLE, ages};

/// What was seen at each age, in words: `in up to GRACE, then 503`.
pub(super) fn cell(seen: &[String]) -> String {
    let mut words = String::new();
    let ages = ages();
    for (position, (now, age)) in seen.iter().zip(&ages).enumerate() {
        let next = seen.get(position + 1);
        if next == Some(now) {
            continue;
        }
        let then = if words.is_empty() { "" } else { ", then " };
        let limit = if next.is_some() {
            format!(" up to {}", age.name)
        } else {
            String::new()
        };
        let now = if UNAVAILABLE.contains(&&**now) {
            "503"
        } else {
            now
        };
        write!(words, "{then}{now}{limit}").unwrap();
    }
    words
}

pub(super) fn head() -> String {
    let columns = COLUMNS.map(|column| format!(" {column} |"));
    format!(
        "| what fails |{}\n|{}\n",
        columns.concat(),
        " --- |".repeat(COLUMNS.len() + 1)
    )
}

pub(super) fn introduction() -> String {
    let FreshnessRules {
        fresh_open,
        fresh_otherwise,
        stale,
        grace,
    } = FreshnessRules::default();
    format!(
        "# Outages\n\n\
         What visitors see while the registry (D1) or KV fails. A test produces this file by making them fail on real workerd\n\
         (`tests/tests/gate/outages.rs`); `UPDATE_OUTAGES=1 cargo test -p tests --test gate outages` writes it anew.\n\n\
         The ages are those of the last sighting of a visitor, with the default configuration: FRESH {} s for who is `ready` and {} s\n\
         for everybody else, STALE {} s, GRACE {} s. \"In\" is let in; \"503\" is an answer with a reason and `Retry-After`, never a way\n\
         to the log-in page; the other words are reasons of README.md. \"Known here\" is remembered by the isolate, \"known elsewhere\"\n\
         only by KV, \"new\" by nobody.\n\n\
         - Nobody gains by an outage: who is suspended, uninvited or unknown is let in by no fault.\n\
         - Who was last seen `ready` is let in up to GRACE while the registry does not answer. A record that cannot be trusted is an\n  \
           answer, which admits nobody: then they are in only as long as nobody has to ask.\n\
         - While the registry answers, nothing that KV does is noticed by anybody.\n\
         - When the fault has ended, everybody is seen as they are within FRESH.\n\n",
        fresh_open.as_secs(),
        fresh_otherwise.as_secs(),
        stale.as_secs(),
        grace.as_secs(),
    )
}

pub(super) fn compare(document: &str) {
    let path = places::workspace().join("docs/outages.md");
    if std::env::var_os("UPDATE_OUTAGES").is_some() {
        fs::write(&path, document).unwrap();
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        there, document,
        "run UPDATE_OUTAGES=1 cargo test -p tests --test gate outages, and read the diff"
    );
}
