//! A table held against the contract, for a person: what is wrong, some rows, the fix; the verdict is the last line.

use crate::check::contract::findings::{Finding, LeftAlone, Report};
use crate::counted::counted;
use crate::outcome::ExitCode;
use crate::report::style::Tone;
use crate::report::{Look, wrapped};
use crate::terminal::harmless;

/// Renders the report; no line but a command is longer than 80 columns, unless a word is.
pub(crate) fn render(report: &Report, look: Look) -> String {
    let rows = counted(report.rows, "row");
    let read = match (report.all_read, report.rows) {
        (true, _) => format!("{rows} held against the contract"),
        (false, 0) => "not a row could be read".to_owned(),
        (false, _) => format!("only {rows} could be read"),
    };
    let mut text = wrapped(
        "",
        "  ",
        &harmless(&format!("{} of {}: {read}", report.table, report.database)),
    );
    for fixed in &report.fixed {
        let (mark, tone, what) = match &fixed.why_not {
            None => ("✓", Tone::Good, "is ready now".to_owned()),
            Some(why) => ("✗", Tone::Bad, format!("stays as it is: {why}")),
        };
        let mark = look.paint(tone, mark);
        text.push_str(&format_line(&mark, &format!("{} {what}", fixed.key)));
    }
    let left_alone = report.left_alone.iter().take(MOST_LINES);
    for LeftAlone { key, why } in left_alone {
        let mark = look.paint(Tone::Quiet, "-");
        text.push_str(&format_line(&mark, &format!("{key} is left alone: {why}")));
    }
    let more = report.left_alone.len().saturating_sub(MOST_LINES) as u64;
    if more > 0 {
        let verb = if more == 1 { "is" } else { "are" };
        let mark = look.paint(Tone::Quiet, "-");
        let line = format!("{} more {verb} left alone", counted(more, "row"));
        text.push_str(&format_line(&mark, &line));
    }
    report
        .findings
        .iter()
        .for_each(|finding| text.push_str(&self::finding(finding, look)));
    if !report.could_not_look.is_empty() {
        text.push_str(&heading("Could not look", look));
        for unlooked in &report.could_not_look {
            let line = harmless(&format!("{}: {}", unlooked.at, unlooked.why));
            text.push_str(&wrapped("  - ", "    ", &line));
        }
    }
    if !report.not_checked.is_empty() {
        text.push_str(&heading("Not checked", look));
        for what in &report.not_checked {
            text.push_str(&wrapped("  - ", "    ", what));
        }
    }
    text.push('\n');
    let (tone, verdict) = verdict(report);
    // Painted line by line: colour does not count as width.
    for line in wrapped("", "  ", &verdict).lines() {
        text.extend([look.paint(tone, line).as_str(), "\n"]);
    }
    text
}

fn verdict(report: &Report) -> (Tone, String) {
    let codes: Vec<_> = report
        .findings
        .iter()
        .map(|finding| finding.code.word())
        .collect();
    match report.exit_code() {
        ExitCode::Passed => (Tone::Good, "IN ORDER".to_owned()),
        ExitCode::Failed => (Tone::Bad, format!("NOT IN ORDER: {}", codes.join(", "))),
        ExitCode::Usage
        | ExitCode::Broken
        | ExitCode::NothingRan
        | ExitCode::CleanUpIncomplete
        | ExitCode::Interrupted => (
            Tone::Unsure,
            "BROKEN: nobody can tell whether the table is in order".to_owned(),
        ),
    }
}

fn finding(finding: &Finding, look: Look) -> String {
    let mut text = heading(finding.code.word(), look);
    text.push_str(&wrapped("  ", "  ", &finding.sentence));
    for example in &finding.examples {
        let left_alone = example.left_alone_because.as_ref();
        let left_alone = left_alone
            .map(|why| format!("; left alone by --fix, because {why}"))
            .unwrap_or_default();
        let line = harmless(&format!("{}: {}{left_alone}", example.key, example.seen));
        text.push_str(&wrapped("    - ", "      ", &line));
    }
    let more = finding.count.saturating_sub(finding.examples.len() as u64);
    if more > 0 {
        text.push_str(&wrapped("    - ", "      ", &format!("and {more} more")));
    }
    text.push_str("  Fix\n");
    text.push_str(&wrapped("    ", "    ", &finding.fix.sentence));
    // A command is never broken: it is there to be copied.
    for command in &finding.fix.commands {
        text.extend(["      ", harmless(command).as_str(), "\n"]);
    }
    text
}

fn heading(words: &str, look: Look) -> String {
    format!("\n{}\n", look.paint(Tone::Heading, words))
}

fn format_line(mark: &str, words: &str) -> String {
    format!("  {mark} {}\n", harmless(words))
}

/// As many as a person reads; `--report json` has the rest.
const MOST_LINES: usize = 20;
