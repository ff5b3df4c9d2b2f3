//! What a task says: one line for each thing it did, on stderr, because stdout belongs to the programs it runs.

use std::io::{self, Write as _};
use std::time::Duration;

/// Says one line.
pub(crate) fn say(line: &str) {
    // A closed stderr is no reason to stop the work.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

/// Says what was done and how long it took.
pub(crate) fn say_done(what: &str, took: Duration) {
    say(&format!("{what} ({:.1} s)", took.as_secs_f64()));
}
