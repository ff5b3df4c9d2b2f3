//! What every report says in the same words: what was played, what a cause explains, and how it ended.

use crate::baseline::comparison::{Comparison, Sample};
use crate::counted::counted;
use crate::findings::{Explained, Finding};
use crate::outcome::Verdict;
use crate::record::{Record, Story, seconds};
use crate::report::moment;

/// What was played on what, and as whom.
pub(super) fn head(record: &Record) -> String {
    match record.scenarios.as_slice() {
        [story] => format!(
            "{} on {}{}",
            story.scenario.name(),
            record.app,
            as_whom(story)
        ),
        stories => {
            let count = counted(stories.len() as u64, "scenario");
            format!("{count} on {}", record.app)
        }
    }
}

/// The user of a story, if there was one.
pub(super) fn as_whom(story: &Story) -> String {
    story
        .user
        .as_ref()
        .map_or_else(String::new, |user| format!(" as {user}"))
}

/// The steps that a cause explains, each with its story where there are several.
pub(super) fn explained(has_several: bool, finding: &Finding) -> String {
    let mut parts: Vec<(&str, Vec<&str>)> = Vec::new();
    for Explained { scenario, step } in &finding.explains {
        let title = step.title();
        match parts.iter_mut().find(|(known, _)| *known == title) {
            Some((_, stories)) => stories.push(scenario.name()),
            None => parts.push((title, vec![scenario.name()])),
        }
    }
    let part = |(title, stories): &(&str, Vec<&str>)| {
        if has_several {
            format!("`{title}` of {}", listed(stories))
        } else {
            format!("`{title}`")
        }
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", and ")
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The verdict of the run in one line.
pub(super) fn verdict(record: &Record) -> String {
    let took = seconds(record.millis);
    if !record.has_several() {
        let causes: Vec<_> = record.findings.iter().collect();
        let why = record
            .scenarios
            .iter()
            .find_map(|story| story.why.as_deref());
        return worded(&record.verdict, "", &causes, why, &took, record);
    }
    let story = record.decisive();
    let of = story.map_or_else(String::new, |story| {
        format!(" of {}", story.scenario.name())
    });
    let causes: Vec<_> = story.map_or_else(Vec::new, |story| record.causes_of(story).collect());
    let unconfirmed = |story: &&Story| story.verdict == record.verdict;
    let why = record.scenarios.iter().find(unconfirmed);
    let why = why.and_then(|story| story.why.as_deref());
    worded(&record.verdict, &of, &causes, why, &took, record)
}

/// How many stories ended in which way.
pub(super) fn tally(record: &Record) -> String {
    let mut parts: Vec<(&str, u64)> = Vec::new();
    for story in &record.scenarios {
        let word = short(&story.verdict);
        match parts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => parts.push((word, 1)),
        }
    }
    let parts: Vec<_> = parts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let count = counted(record.scenarios.len() as u64, "scenario");
    format!("{count}: {}", parts.join(", "))
}

/// A verdict in a word or two.
pub(super) const fn short(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Failed(_) => "failed",
        Verdict::Broken(_) => "broken",
        Verdict::NothingRan => "did not run",
        Verdict::CleanUpIncomplete => "passed and not cleaned up",
        Verdict::Interrupted => "interrupted",
        Verdict::OtherVersion => "inconclusive",
        Verdict::Skipped => "skipped",
    }
}

fn worded(
    verdict: &Verdict,
    of: &str,
    causes: &[&Finding],
    why: Option<&str>,
    took: &str,
    record: &Record,
) -> String {
    let codes = causes.iter().map(|finding| finding.cause.code.word());
    let codes = codes.collect::<Vec<_>>().join(", ");
    let because = if codes.is_empty() {
        ", no cause found".to_owned()
    } else {
        format!(" because of {codes}")
    };
    match verdict {
        Verdict::Passed => format!(
            "PASSED in {took}{}{}",
            but_skipped(record),
            but_slower(record)
        ),
        Verdict::Failed(step) => {
            format!("FAILED at `{}`{of}{because}, after {took}", step.title())
        }
        Verdict::Broken(step) => format!(
            "BROKEN at `{}`{of}: nobody can tell whether the deploy is right",
            step.title()
        ),
        Verdict::NothingRan | Verdict::Skipped => "NOTHING RAN, which is no pass".to_owned(),
        Verdict::CleanUpIncomplete => format!("PASSED in {took}, but the clean-up is incomplete"),
        Verdict::Interrupted => format!("INTERRUPTED after {took}"),
        Verdict::OtherVersion => format!(
            "INCONCLUSIVE: {}, and not version {}",
            why.unwrap_or_default(),
            record.wanted_version.as_deref().unwrap_or_default()
        ),
    }
}

/// What a pass does not hide.
fn but_slower(record: &Record) -> String {
    let baseline = record.baseline.as_ref();
    match baseline.map_or(0, |comparison| comparison.slower().count()) {
        0 => String::new(),
        slower => format!(
            ", {} slower than in the baseline",
            counted(slower as u64, "step")
        ),
    }
}

/// With what the times are compared.
pub(super) fn compared_with(comparison: &Comparison) -> String {
    let began = moment(comparison.started_at_unix_seconds);
    format!("Compared with {} of {began}", comparison.file)
}

/// On how many runs the figures stand, and what so few of them do not say.
pub(super) fn stand_on(comparison: &Comparison) -> String {
    let side = |sample: Option<Sample>| match sample {
        None => "nothing".to_owned(),
        Some(Sample {
            percentile: None, ..
        }) => "one run".to_owned(),
        Some(Sample {
            percentile: Some(percentile),
            runs,
            ..
        }) => format!("{} of {runs} runs", percentile.title()),
    };
    let then = side(comparison.most(|change| change.then));
    let now = side(comparison.most(|change| change.now));
    let hint = if comparison.has_single() {
        "; what is chance and what is change, `--repeat 10` on both sides tells better"
    } else {
        ""
    };
    format!("then: {then}, now: {now}{hint}")
}

/// What a pass says nothing about.
fn but_skipped(record: &Record) -> String {
    let stories = record.scenarios.iter();
    match stories
        .filter(|story| story.verdict == Verdict::Skipped)
        .count()
    {
        0 => String::new(),
        1 => ", with 1 scenario skipped".to_owned(),
        more => format!(", with {more} scenarios skipped"),
    }
}
