//! A cause for a person: what is the case, what was seen and where, and what to do, to be copied.

use crate::findings::{Cause, Confidence, Unlooked};
use crate::report::style::Tone;
use crate::report::{Look, wrapped};

/// The cause below its heading; what it explains, if it does, stands in the heading.
pub(super) fn cause(cause: &Cause, explains: Option<&str>, look: Look) -> String {
    let sure = match cause.confidence {
        Confidence::Certain => "Cause",
        Confidence::Likely => "Likely cause",
    };
    let mut head = format!("{sure}: {}", cause.code.word());
    if let Some(explains) = explains {
        head.push_str(", explains ");
        head.push_str(explains);
    }
    let mut text = heading(&head, look);
    text.push_str(&wrapped("  ", "  ", &cause.sentence));
    text.push_str("  Evidence\n");
    for evidence in &cause.evidence {
        text.push_str(&wrapped("    - ", "      ", &evidence.what));
        text.push_str(&wrapped("      ", "      ", &evidence.source));
    }
    text.push_str("  Fix\n");
    text.push_str(&wrapped("    ", "    ", &cause.fix.sentence));
    // A command is never broken: it is there to be copied.
    for line in cause
        .fix
        .commands
        .iter()
        .flat_map(|command| command.lines())
    {
        text.push_str(format!("      {line}").trim_end());
        text.push('\n');
    }
    text
}

/// Where a look was wanted and not possible.
pub(super) fn could_not_look(unlooked: &[Unlooked], look: Look) -> String {
    if unlooked.is_empty() {
        return String::new();
    }
    let items = unlooked.iter().map(|unlooked| {
        let words = format!("{}: {}", unlooked.at, unlooked.why);
        wrapped("  - ", "    ", &words)
    });
    std::iter::once(heading("Could not look", look))
        .chain(items)
        .collect()
}

/// Painted line by line: colour does not count as width.
fn heading(words: &str, look: Look) -> String {
    let lines = wrapped("", "", words);
    let painted = lines
        .lines()
        .map(|line| look.paint(Tone::Heading, line) + "\n");
    std::iter::once("\n".to_owned()).chain(painted).collect()
}
