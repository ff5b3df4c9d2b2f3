//! The Test Anything Protocol, version 14: a subtest a story, a point a step, with what is wrong as YAML below it.

use std::fmt::Write as _;

use serde_json::json;

use crate::findings::Finding;
use crate::outcome::{Outcome, Verdict};
use crate::record::{Record, StepRecord, Story, seconds};
use crate::report::words;

/// Renders the run: a point a story, and its steps as a subtest of it.
pub(crate) fn render(record: &Record) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", record.scenarios.len());
    comment(&mut text, &words::head(record));
    for finding in &record.findings {
        let Finding { cause, .. } = finding;
        let explained = words::explained(record.has_several(), finding);
        let code = cause.code.word();
        comment(
            &mut text,
            &format!("Cause: {code}, explains {explained}: {}", cause.sentence),
        );
        comment(&mut text, &format!("Fix: {}", cause.fix.sentence));
        for command in &cause.fix.commands {
            comment(&mut text, &format!("  {command}"));
        }
    }
    for (number, story) in record.scenarios.iter().enumerate() {
        told(&mut text, number + 1, story);
    }
    if let Some(comparison) = &record.baseline {
        comment(&mut text, &words::compared_with(comparison));
        for change in comparison.slower() {
            let (scenario, step) = (change.scenario.name(), change.step.title());
            let (word, said) = (change.pace.word(), change.said().unwrap_or_default());
            comment(&mut text, &format!("{scenario}: {step} {word}: {said}"));
        }
    }
    for left in &record.left_over {
        comment(
            &mut text,
            &format!("left over: the user {}: {}", left.user, left.why),
        );
    }
    match record.verdict {
        Verdict::NothingRan | Verdict::Skipped => {
            line(&mut text, "Bail out! nothing ran, which is no pass");
        }
        Verdict::Interrupted => line(&mut text, "Bail out! interrupted"),
        Verdict::OtherVersion => {
            line(&mut text, &format!("Bail out! {}", words::verdict(record)));
        }
        Verdict::Passed | Verdict::CleanUpIncomplete | Verdict::Failed(_) | Verdict::Broken(_) => {}
    }
    text
}

fn told(text: &mut String, number: usize, story: &Story) {
    let scenario = story.scenario.name();
    let why = escaped(story.why.as_deref().unwrap_or_default());
    let (ok, directive) = match story.verdict {
        Verdict::Skipped => return line(text, &format!("ok {number} - {scenario} # SKIP {why}")),
        Verdict::Passed => ("ok", String::new()),
        Verdict::Failed(_)
        | Verdict::Broken(_)
        | Verdict::NothingRan
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted
        | Verdict::OtherVersion => {
            let word = words::short(&story.verdict);
            ("not ok", format!(": {word}"))
        }
    };
    comment(text, &format!("Subtest: {scenario}"));
    let mut steps = format!("1..{}\n", story.steps.len());
    if let Some(user) = &story.user {
        comment(&mut steps, &format!("as {user}"));
    }
    for (number, step) in story.steps.iter().enumerate() {
        point(&mut steps, number + 1, step);
    }
    for step in steps.lines() {
        line(text, &format!("    {step}"));
    }
    line(text, &format!("{ok} {number} - {scenario}{directive}"));
    if !why.is_empty() {
        line(text, "  ---");
        line(text, &format!("  message: {}", json!(story.why)));
        line(text, "  ...");
    }
}

fn point(text: &mut String, number: usize, step: &StepRecord) {
    let ok = match step.outcome {
        Outcome::Passed | Outcome::Skipped => "ok",
        Outcome::Failed | Outcome::Broken => "not ok",
    };
    let title = step.name.title();
    let why = escaped(step.why.as_deref().unwrap_or_default());
    let directive = match step.outcome {
        Outcome::Skipped => format!(" # SKIP {why}"),
        Outcome::Passed | Outcome::Failed | Outcome::Broken => String::new(),
    };
    line(text, &format!("{ok} {number} - {title}{directive}"));
    if step.outcome == Outcome::Skipped {
        return;
    }
    line(text, "  ---");
    // Whatever is JSON is YAML, and is quoted in one way only.
    let mut member =
        |name: &str, value: &serde_json::Value| line(text, &format!("  {name}: {value}"));
    if let Some(why) = &step.why {
        member("message", &json!(why));
    }
    match step.outcome {
        Outcome::Failed => member("severity", &json!("fail")),
        Outcome::Broken => member("severity", &json!("broken")),
        Outcome::Passed | Outcome::Skipped => {}
    }
    member("duration_ms", &json!(step.millis));
    member("requests", &json!(step.attempts));
    let seen =
        |state: &crate::record::StateSeen| format!("{} {}", state.state, seconds(state.at_millis));
    let states: Vec<_> = step.states.iter().map(seen).collect();
    if !states.is_empty() {
        member("states", &json!(states));
    }
    if let (Outcome::Failed | Outcome::Broken, Some(last)) = (step.outcome, &step.last) {
        member("curl", &json!(last.curl));
        if let Ok(answer) = &last.answer {
            member("status", &json!(answer.status));
        }
    }
    line(text, "  ...");
}

fn comment(text: &mut String, words: &str) {
    for words in words.lines() {
        line(text, &format!("# {words}"));
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a String cannot fail.
    let _infallible = writeln!(text, "{}", line.trim_end());
}

/// What stands behind a point is one line, in which `#` and `\` begin something.
fn escaped(words: &str) -> String {
    let one_line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    one_line.replace('\\', "\\\\").replace('#', "\\#")
}
