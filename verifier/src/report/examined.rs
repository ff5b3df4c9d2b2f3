//! What `usher check` found, for a person: the causes with their cures; the verdict is the last line.

use crate::examined::Examined;
use crate::outcome::ExitCode;
use crate::report::style::Tone;
use crate::report::{Look, cause, wrapped};

/// Renders it; no line but a command is longer than 80 columns, unless a word is.
pub(super) fn render(examined: &Examined, look: Look) -> String {
    let looked_at = examined.looked_at.iter();
    let mut text: String = looked_at.map(|line| wrapped("", "  ", line)).collect();
    for found in &examined.findings {
        text.push_str(&cause::cause(found, None, look));
    }
    text.push_str(&cause::could_not_look(&examined.could_not_look, look));
    let codes: Vec<_> = (examined.findings.iter())
        .map(|found| found.code.word())
        .collect();
    let (tone, verdict) = match examined.exit_code() {
        ExitCode::Passed => (Tone::Good, "IN ORDER".to_owned()),
        ExitCode::Failed => (Tone::Bad, format!("NOT IN ORDER: {}", codes.join(", "))),
        ExitCode::Usage
        | ExitCode::Broken
        | ExitCode::NothingRan
        | ExitCode::CleanUpIncomplete
        | ExitCode::Interrupted => (Tone::Unsure, "BROKEN: nobody can tell".to_owned()),
    };
    text.push('\n');
    for line in wrapped("", "  ", &verdict).lines() {
        text.push_str(&look.paint(tone, line));
        text.push('\n');
    }
    text
}
