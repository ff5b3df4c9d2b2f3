//! GitHub Actions: workflow commands, which become annotations at the run, and the summary of a step in Markdown.

use std::fmt::Write as _;

use crate::baseline::comparison::{Comparison, Pace, Sample};
use crate::findings::Finding;
use crate::outcome::{Outcome, Verdict};
use crate::record::{Record, StepRecord, Story, seconds};
use crate::report::words;

/// GitHub shows so many annotations of a kind for a step (github.com/actions/toolkit, docs/problem-matchers.md).
const MOST_ANNOTATIONS: usize = 10;

/// The annotations: the causes, and every step that did not pass and has none; and what is left over.
pub(crate) fn annotations(record: &Record) -> String {
    let causes = record.findings.iter().map(|finding| cause(record, finding));
    let unexplained = |story: &&Story| record.causes_of(story).next().is_none();
    let stories = record.scenarios.iter().filter(unexplained);
    let mut errors: Vec<_> = causes.chain(stories.filter_map(without_cause)).collect();
    if errors.is_empty() && record.verdict == Verdict::NothingRan {
        let nothing = "Not one step was performed, which is no pass.";
        errors.push(command("error", "usher: nothing ran", nothing));
    }
    let left = record.left_over.iter().map(|left| {
        let words = format!("The user {} is left over: {}", left.user, left.why);
        command("warning", "usher: left over", &words)
    });
    let errors = errors.into_iter().take(MOST_ANNOTATIONS);
    let warnings = left.chain(slower(record)).take(MOST_ANNOTATIONS);
    errors.chain(warnings).collect()
}

/// The steps that are slower than in the baseline; one that failed for it is told as a failure.
fn slower(record: &Record) -> impl Iterator<Item = String> {
    let changes = record.baseline.iter().flat_map(Comparison::slower);
    let passed = changes.filter(|change| change.pace == Pace::Slower);
    passed.map(|change| {
        let (scenario, step) = (change.scenario.name(), change.step.title());
        let title = format!("usher {scenario}: {step} slower");
        command("warning", &title, &change.said().unwrap_or_default())
    })
}

fn cause(record: &Record, finding: &Finding) -> String {
    let Finding { cause, .. } = finding;
    let explained = if record.has_several() {
        format!("\nExplains {}", words::explained(true, finding))
    } else {
        String::new()
    };
    let mut words = format!("{}{explained}\nFix: {}", cause.sentence, cause.fix.sentence);
    for line in &cause.fix.commands {
        let _infallible = write!(words, "\n  {line}");
    }
    command("error", &format!("usher: {}", cause.code.word()), &words)
}

fn without_cause(story: &Story) -> Option<String> {
    let scenario = story.scenario.name();
    if let Some(step) = story.stopped_at() {
        let (name, outcome) = (step.name.title(), step.outcome.word());
        let title = format!("usher {scenario}: {name} {outcome}");
        let why = step.why.as_deref().unwrap_or_default();
        return Some(command("error", &title, why));
    }
    match story.verdict {
        Verdict::NothingRan | Verdict::OtherVersion => {
            let title = format!("usher {scenario}: {}", words::short(&story.verdict));
            let nothing = "Not one step was performed, which is no pass.";
            Some(command(
                "error",
                &title,
                story.why.as_deref().unwrap_or(nothing),
            ))
        }
        Verdict::Passed
        | Verdict::Failed(_)
        | Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted
        | Verdict::Skipped => None,
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
    let verdict = text(&words::verdict(record));
    let what = match record.scenarios.as_slice() {
        [story] => format!(", {}", story.scenario.name()),
        _ => String::new(),
    };
    format!(
        "### {} usher verify{what}: {verdict}",
        mark(&record.verdict)
    )
}

const fn mark(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✅",
        Verdict::Failed(_) | Verdict::NothingRan => "❌",
        Verdict::Skipped => "⏭️",
        Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted
        | Verdict::OtherVersion => "⚠️",
    }
}

fn markdown(record: &Record) -> String {
    let mut page = heading(record);
    let _infallible = write!(page, "\n\n{}\n", text(&words::head(record)));
    if record.has_several() {
        let _infallible = write!(page, "\n{}\n", words::tally(record));
    }
    for finding in &record.findings {
        section(&mut page, record, finding);
    }
    for unlooked in &record.could_not_look {
        let _infallible = write!(
            page,
            "\nCould not look: {}: {}\n",
            text(&unlooked.at),
            text(&unlooked.why)
        );
    }
    for story in &record.scenarios {
        told(&mut page, record, story);
    }
    if let Some(comparison) = &record.baseline {
        compared(&mut page, comparison);
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

/// The steps of a story; where there are several, folded unless there is something to look at.
fn told(page: &mut String, record: &Record, story: &Story) {
    let is_folded = record.has_several();
    if is_folded {
        let open = if story.stopped_at().is_some() {
            " open"
        } else {
            ""
        };
        let (mark, name) = (mark(&story.verdict), story.scenario.name());
        let (ended, took) = (words::short(&story.verdict), seconds(story.millis));
        let why = story.why.as_ref().map(|why| format!(": {}", text(why)));
        let whom = text(&words::as_whom(story));
        let _infallible = write!(
            page,
            "\n<details{open}><summary>{mark} <b>{name}</b> {ended} after {took}{whom}{}</summary>\n",
            why.unwrap_or_default()
        );
    }
    page.push_str("\n| step | | took | |\n| --- | --- | ---: | --- |\n");
    story.steps.iter().for_each(|step| row(page, step));
    if let Some(last) = story.stopped_at().and_then(|step| step.last.as_ref()) {
        page.push_str("\nThe last request:\n");
        page.push_str(&block(&last.curl));
        let answered = match &last.answer {
            Ok(answer) => format!("HTTP {}\n{}", answer.status, answer.body),
            Err(reason) => reason.to_string(),
        };
        page.push_str(&block(&answered));
    }
    if is_folded {
        page.push_str("\n</details>\n");
    }
}

fn compared(page: &mut String, comparison: &Comparison) {
    let (title, stand_on) = (
        words::compared_with(comparison),
        words::stand_on(comparison),
    );
    let _infallible = write!(
        page,
        "\n**{}**\n\n| step | then | now | change | |\n| --- | ---: | ---: | ---: | --- |\n",
        text(&title)
    );
    let shown = |sample: Option<Sample>| {
        sample.map_or("-".to_owned(), |sample| format!("{} ms", sample.millis))
    };
    for change in &comparison.steps {
        let _infallible = writeln!(
            page,
            "| {}: {} | {} | {} | {} | {} |",
            change.scenario.name(),
            change.step.title(),
            shown(change.then),
            shown(change.now),
            change.shown_percent(),
            change.pace.word()
        );
    }
    let _infallible = write!(page, "\n{}\n", text(&stand_on));
}

fn section(page: &mut String, record: &Record, finding: &Finding) {
    let explained = if record.has_several() {
        format!(" Explains {}.", words::explained(true, finding))
    } else {
        String::new()
    };
    let finding = &finding.cause;
    let _infallible = write!(
        page,
        "\n**Cause: `{}`.** {}{explained}\n\n",
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
