//! GitHub Actions: workflow commands, which become annotations at the run, and the summary of a step in Markdown.

use std::fmt::Write as _;

use crate::findings::Finding;
use crate::outcome::{Outcome, Verdict};
use crate::record::{Record, StepRecord, seconds};
use crate::report::human;

/// GitHub shows so many annotations of a kind for a step (github.com/actions/toolkit, docs/problem-matchers.md).
const MOST_ANNOTATIONS: usize = 10;

/// The annotations: the causes, or else the step that did not pass; and what is left over.
pub(crate) fn annotations(record: &Record) -> String {
    let scenario = record.scenario.name();
    let mut errors: Vec<_> = record.findings.iter().map(cause).collect();
    if errors.is_empty() {
        errors.extend(without_cause(record, scenario));
    }
    let left = record.left_over.iter().map(|left| {
        let words = format!("The user {} is left over: {}", left.user, left.why);
        command("warning", &format!("usher {scenario}: left over"), &words)
    });
    let errors = errors.into_iter().take(MOST_ANNOTATIONS);
    errors.chain(left.take(MOST_ANNOTATIONS)).collect()
}

fn cause(finding: &Finding) -> String {
    let mut words = format!("{}\nFix: {}", finding.sentence, finding.fix.sentence);
    for line in &finding.fix.commands {
        let _infallible = write!(words, "\n  {line}");
    }
    command("error", &format!("usher: {}", finding.code.word()), &words)
}

fn without_cause(record: &Record, scenario: &str) -> Option<String> {
    if let Some(step) = record.stopped_at() {
        let title = format!(
            "usher {scenario}: {} {}",
            step.name.title(),
            step.outcome.word()
        );
        return Some(command(
            "error",
            &title,
            step.why.as_deref().unwrap_or_default(),
        ));
    }
    match record.verdict {
        Verdict::NothingRan => {
            let title = format!("usher {scenario}: nothing ran");
            Some(command(
                "error",
                &title,
                "Not one step was performed, which is no pass.",
            ))
        }
        Verdict::OtherVersion => {
            let title = format!("usher {scenario}: another version answered");
            Some(command("error", &title, &human::verdict(record)))
        }
        Verdict::Passed
        | Verdict::Failed(_)
        | Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted => None,
    }
}

/// A workflow command. What could end it early is escaped (actions/toolkit, packages/core/src/command.ts).
fn command(kind: &str, title: &str, message: &str) -> String {
    let data = |text: &str| {
        text.replace('%', "%25")
            .replace('\r', "%0D")
            .replace('\n', "%0A")
    };
    let property = data(title).replace(':', "%3A").replace(',', "%2C");
    format!("::{kind} title={property}::{}\n", data(message))
}

/// The summary of a step takes so many bytes of all who write to it, and none of a longer one.
const MOST_SUMMARY_BYTES: usize = 1024 * 1024;

/// The summary, as much of it as there is room for behind so many bytes.
pub(crate) fn summary(record: &Record, taken: usize) -> String {
    let whole = markdown(record);
    let room = MOST_SUMMARY_BYTES.saturating_sub(taken);
    if whole.len() <= room {
        return whole;
    }
    let short = format!("{}\n\n{TOO_LONG}\n", heading(record));
    if short.len() <= room {
        short
    } else {
        String::new()
    }
}

const TOO_LONG: &str = "The rest does not fit into the summary of this step; it is in the log.";

fn heading(record: &Record) -> String {
    let mark = match record.verdict {
        Verdict::Passed => "✅",
        Verdict::Failed(_) | Verdict::NothingRan => "❌",
        Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted
        | Verdict::OtherVersion => "⚠️",
    };
    let verdict = text(&human::verdict(record));
    format!(
        "### {mark} usher verify, {}: {verdict}",
        record.scenario.name()
    )
}

fn markdown(record: &Record) -> String {
    let mut page = heading(record);
    let _infallible = write!(
        page,
        "\n\n{} as {}\n",
        text(&record.app),
        text(&record.user)
    );
    for finding in &record.findings {
        section(&mut page, finding);
    }
    for unlooked in &record.could_not_look {
        let _infallible = write!(
            page,
            "\nCould not look: {}: {}\n",
            text(&unlooked.at),
            text(&unlooked.why)
        );
    }
    page.push_str("\n| step | | took | |\n| --- | --- | ---: | --- |\n");
    record.steps.iter().for_each(|step| row(&mut page, step));
    if let Some(last) = record.stopped_at().and_then(|step| step.last.as_ref()) {
        page.push_str("\nThe last request:\n");
        page.push_str(&block(&last.curl));
        let answered = match &last.answer {
            Ok(answer) => format!("HTTP {}\n{}", answer.status, answer.body),
            Err(reason) => reason.to_string(),
        };
        page.push_str(&block(&answered));
    }
    for left in &record.left_over {
        let _infallible = write!(
            page,
            "\nLeft over: the user {}: {}\n",
            text(&left.user),
            text(&left.why)
        );
    }
    page
}

fn section(page: &mut String, finding: &Finding) {
    let _infallible = write!(
        page,
        "\n**Cause: `{}`.** {}\n\n",
        finding.code.word(),
        text(&finding.sentence)
    );
    for evidence in &finding.evidence {
        let _infallible = writeln!(
            page,
            "- {} ({})",
            text(&evidence.what),
            text(&evidence.source)
        );
    }
    let _infallible = write!(page, "\n**Fix:** {}\n", text(&finding.fix.sentence));
    if !finding.fix.commands.is_empty() {
        page.push_str(&block(&finding.fix.commands.join("\n")));
    }
}

fn row(page: &mut String, step: &StepRecord) {
    let mark = match step.outcome {
        Outcome::Passed => "✅ passed",
        Outcome::Failed => "❌ failed",
        Outcome::Broken => "⚠️ broken",
        Outcome::Skipped => "skipped",
    };
    let took = match step.outcome {
        Outcome::Skipped => String::new(),
        Outcome::Passed | Outcome::Failed | Outcome::Broken => seconds(step.millis),
    };
    let why = text(step.why.as_deref().unwrap_or_default());
    let _infallible = writeln!(page, "| {} | {mark} | {took} | {why} |", step.name.title());
}

/// Words of others as Markdown that shows them as they are, in one line. Every ASCII punctuation character may be escaped
/// (`CommonMark` 0.31 section 2.4); of those, what begins something in the middle of a line is, and `@`, which would call somebody.
fn text(words: &str) -> String {
    let mut shown = String::with_capacity(words.len());
    for character in words.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '!' => shown.extend(['\\', character]),
            '<' => shown.push_str("&lt;"),
            '&' => shown.push_str("&amp;"),
            '@' => shown.push_str("&#64;"),
            control if control.is_control() => shown.push(' '),
            other => shown.push(other),
        }
    }
    shown
}

/// A block to copy from, with a fence that nothing in it closes (`CommonMark` 0.31 section 4.5).
fn block(words: &str) -> String {
    let longest = words
        .split(|character| character != '`')
        .map(str::len)
        .max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    format!("\n{fence}text\n{}\n{fence}\n", words.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_is_said_ends_or_begins_a_command() {
        let line = command("error", "a: b, 100 %", "one\r\n::set-env name=PATH::/tmp");
        assert_eq!(
            line,
            "::error title=a%3A b%2C 100 %25::one%0D%0A::set-env name=PATH::/tmp\n"
        );
    }

    #[test]
    fn words_of_others_are_no_markdown() {
        assert_eq!(
            text("<img src=x> [a](b) **b** @team a|b"),
            "&lt;img src=x> \\[a\\](b) \\*\\*b\\*\\* &#64;team a\\|b"
        );
        assert!(block("a ```` b").starts_with("\n`````text\n"));
    }
}
