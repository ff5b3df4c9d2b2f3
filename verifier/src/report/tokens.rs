//! A token for a person: what was looked at, line by line, then the cure; the verdict is the last line.

use policy::time::Moment;

use crate::outcome::Outcome;
use crate::report::human::{COLUMNS, at_spaces};
use crate::report::style::Tone;
use crate::report::{Look, wrapped};
use crate::terminal::harmless;
use crate::tokens::explanation::{Explanation, Line, Verdict};
use crate::tokens::words::utc;

/// Renders what is known; no line is longer than 80 columns, unless a word is.
pub(crate) fn render(known: &Explanation, look: Look) -> String {
    let at = utc(Moment::from_unix_seconds(known.judged_at_unix_seconds));
    let head = format!("token judged by {} at {at}", known.judged_by);
    let mut text = wrapped("", "  ", &harmless(&head));
    let note = known.note.iter();
    note.for_each(|note| text.push_str(&wrapped("  ", "  ", &harmless(note))));
    text.push('\n');
    known
        .lines
        .iter()
        .for_each(|seen| text.push_str(&line(seen, look)));
    let (tone, verdict, cure) = words(&known.verdict);
    if let Some(cure) = cure {
        text.push('\n');
        text.push_str(&look.paint(Tone::Heading, "Fix"));
        text.push('\n');
        push_wrapped(&mut text, "  ", cure);
    }
    text.push('\n');
    // Painted line by line: colour does not count as width.
    for line in textwrap::wrap(&verdict, at_spaces(COLUMNS)) {
        text.push_str(&look.paint(tone, &line));
        text.push('\n');
    }
    text
}

/// How it sounds, and the cure.
fn words(verdict: &Verdict) -> (Tone, String, Option<&str>) {
    match verdict {
        Verdict::Admitted => (Tone::Good, "ADMITTED".to_owned(), None),
        Verdict::SignatureRight => (
            Tone::Good,
            "THE SIGNATURE IS RIGHT; nothing else was judged, give --issuer and --audience"
                .to_owned(),
            None,
        ),
        Verdict::Refused {
            reason,
            http_status,
            why,
            cure,
        } => (
            Tone::Bad,
            format!("REFUSED with {http_status} {reason}: {why}"),
            Some(cure.as_str()),
        ),
        Verdict::CouldNotLook { why, cure } => (
            Tone::Unsure,
            format!("BROKEN, nobody can tell whether it would be admitted: {why}"),
            Some(cure.as_str()),
        ),
    }
}

fn line(seen: &Line, look: Look) -> String {
    let (mark, tone) = match seen.outcome {
        Outcome::Passed => ("✓", Tone::Good),
        Outcome::Failed => ("✗", Tone::Bad),
        Outcome::Broken => ("?", Tone::Unsure),
        Outcome::Skipped => ("-", Tone::Quiet),
    };
    let mut wrapped = textwrap::wrap(&seen.says, at_spaces(COLUMNS - INDENT.len())).into_iter();
    let mut text = format!(
        "  {} {:11} {}\n",
        look.paint(tone, mark),
        seen.topic.title(),
        wrapped.next().unwrap_or_default()
    );
    for further in wrapped {
        text.push_str(INDENT);
        text.push_str(&further);
        text.push('\n');
    }
    text
}

fn push_wrapped(text: &mut String, indent: &str, words: &str) {
    let options = at_spaces(COLUMNS)
        .initial_indent(indent)
        .subsequent_indent(indent);
    for line in textwrap::wrap(words, options) {
        text.push_str(&line);
        text.push('\n');
    }
}

/// Where what is said of a topic begins: behind mark and topic.
const INDENT: &str = "                ";
