//! The Test Anything Protocol, version 14: a point a step, with what is wrong as YAML below it.

use std::fmt::Write as _;

use serde_json::json;

use crate::outcome::{Outcome, Verdict};
use crate::record::{Record, StepRecord, seconds};
use crate::report::human;

/// Renders the run.
pub(crate) fn render(record: &Record) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", record.steps.len());
    let scenario = record.scenario.name();
    comment(
        &mut text,
        &format!("{scenario} on {} as {}", record.app, record.user),
    );
    for finding in &record.findings {
        let sentence = format!("Cause: {}: {}", finding.code.word(), finding.sentence);
        comment(&mut text, &sentence);
        comment(&mut text, &format!("Fix: {}", finding.fix.sentence));
        for command in &finding.fix.commands {
            comment(&mut text, &format!("  {command}"));
        }
    }
    for (number, step) in record.steps.iter().enumerate() {
        point(&mut text, number + 1, scenario, step);
    }
    for left in &record.left_over {
        comment(
            &mut text,
            &format!("left over: the user {}: {}", left.user, left.why),
        );
    }
    match record.verdict {
        Verdict::NothingRan => line(&mut text, "Bail out! nothing ran, which is no pass"),
        Verdict::Interrupted => line(&mut text, "Bail out! interrupted"),
        Verdict::OtherVersion => {
            line(&mut text, &format!("Bail out! {}", human::verdict(record)));
        }
        Verdict::Passed | Verdict::CleanUpIncomplete | Verdict::Failed(_) | Verdict::Broken(_) => {}
    }
    text
}

fn point(text: &mut String, number: usize, scenario: &str, step: &StepRecord) {
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
    line(
        text,
        &format!("{ok} {number} - {scenario}: {title}{directive}"),
    );
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
