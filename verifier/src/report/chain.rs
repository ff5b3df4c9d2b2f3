//! The chain of one user, for a person: a line a link, the fix at the one that is broken, and what the user is told.

use crate::diagnose::chain::{Chain, State};
use crate::outcome::ExitCode;
use crate::report::style::Tone;
use crate::report::{Look, wrapped};

/// Renders it; no line but a command is longer than 80 columns, unless a word is.
pub(super) fn render(chain: &Chain, look: Look) -> String {
    let mut text = wrapped("", "  ", &format!("the chain of {}", chain.user));
    for link in &chain.links {
        let (mark, tone) = match link.state {
            State::Whole => ("✓", Tone::Good),
            State::Broken => ("✗", Tone::Bad),
            State::Pending => ("…", Tone::Unsure),
            State::Unseen => ("?", Tone::Unsure),
        };
        let words = wrapped("    ", "      ", &format!("{}: {}", link.name, link.what));
        // The mark takes the place of the indent, so that its colour does not count as width.
        let words = words.trim_start();
        text.extend(["  ", &look.paint(tone, mark), " ", words]);
        text.push_str(&wrapped("      ", "      ", &link.source));
        if !link.fix.is_empty() {
            text.push_str(&wrapped("      Fix: ", "      ", &link.fix));
        }
        for command in &link.commands {
            text.extend(["        ", command, "\n"]);
        }
    }
    if let Some(told) = &chain.told {
        let what = if told.admitted {
            "They are let in.".to_owned()
        } else {
            format!(
                "They are told ({}): {}: {} {}",
                told.reason, told.title, told.detail, told.next
            )
        };
        text.push_str(&wrapped("\n", "  ", &what));
    }
    let name = chain.end().map_or("", |link| link.name.as_str());
    let pending = chain.end().is_some_and(|link| link.state == State::Pending);
    let (tone, verdict) = match chain.exit_code() {
        ExitCode::Passed if pending => (Tone::Unsure, format!("PENDING: {name}")),
        ExitCode::Passed => (Tone::Good, "WHOLE".to_owned()),
        ExitCode::Failed => (Tone::Bad, format!("BROKEN OFF: {name}")),
        ExitCode::Usage
        | ExitCode::Broken
        | ExitCode::NothingRan
        | ExitCode::CleanUpIncomplete
        | ExitCode::Interrupted => (
            Tone::Unsure,
            "BROKEN: not every link could be seen".to_owned(),
        ),
    };
    text.push('\n');
    text.push_str(&look.paint(tone, &verdict));
    text.push('\n');
    text
}
