//! One page that needs nothing else: the verdict, the causes, and the steps along the time they took.

use askama::Template;

use crate::baseline::comparison::{Change, Comparison, Pace};
use crate::deployment::exchange::Exchange;
use crate::findings::{Cause, Unlooked};
use crate::outcome::{Outcome, Verdict};
use crate::record::{LeftOver, Record, StepRecord, Story, seconds};
use crate::report::{moment, words};

/// Renders the run.
pub(crate) fn render(record: &Record) -> String {
    let page = Page {
        head: words::head(record),
        tally: if record.has_several() {
            words::tally(record)
        } else {
            String::new()
        },
        began: moment(record.started_at_unix_seconds),
        verdict: words::verdict(record),
        tone: tone(&record.verdict),
        causes: (record.findings.iter())
            .map(|finding| Named {
                cause: &finding.cause,
                explained: words::explained(record.has_several(), finding).replace('`', ""),
            })
            .collect(),
        unlooked: &record.could_not_look,
        timelines: (record.scenarios.iter())
            .map(|story| Timeline::of(story, record))
            .collect(),
        left_over: &record.left_over,
        comparison: record.baseline.as_ref().map(Compared::with),
    };
    // It writes into memory, where nothing fails.
    page.render().unwrap_or_default()
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    head: String,
    tally: String,
    began: String,
    verdict: String,
    tone: &'static str,
    causes: Vec<Named<'a>>,
    unlooked: &'a [Unlooked],
    timelines: Vec<Timeline<'a>>,
    left_over: &'a [LeftOver],
    comparison: Option<Compared<'a>>,
}

/// Each step beside an earlier run.
struct Compared<'a> {
    title: String,
    stand_on: String,
    rows: Vec<Row<'a>>,
}

impl<'a> Compared<'a> {
    fn with(comparison: &'a Comparison) -> Self {
        Self {
            title: words::compared_with(comparison),
            stand_on: words::stand_on(comparison).replace('`', ""),
            rows: comparison.steps.iter().map(Row::of).collect(),
        }
    }
}

struct Row<'a> {
    scenario: &'static str,
    step: &'a str,
    then: String,
    now: String,
    change: String,
    word: &'static str,
    tone: &'static str,
}

impl<'a> Row<'a> {
    fn of(change: &'a Change) -> Self {
        let shown =
            |millis: Option<u64>| millis.map_or("-".to_owned(), |millis| format!("{millis} ms"));
        Self {
            scenario: change.scenario.name(),
            step: change.step.title(),
            then: shown(change.then.map(|sample| sample.millis)),
            now: shown(change.now.map(|sample| sample.millis)),
            change: change.shown_percent(),
            word: change.pace.word(),
            tone: match change.pace {
                Pace::Fine | Pace::Uncompared => "quiet",
                Pace::Slower => "unsure",
                Pace::TooSlow => "bad",
            },
        }
    }
}

struct Named<'a> {
    cause: &'a Cause,
    explained: String,
}

const fn tone(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "good",
        Verdict::Failed(_) | Verdict::NothingRan => "bad",
        Verdict::Skipped => "quiet",
        Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted
        | Verdict::OtherVersion => "unsure",
    }
}

/// A story along the time of the run.
struct Timeline<'a> {
    title: String,
    tone: &'static str,
    why: &'a str,
    bars: Vec<Bar<'a>>,
}

impl<'a> Timeline<'a> {
    fn of(story: &'a Story, record: &Record) -> Self {
        let title = if record.has_several() {
            let (name, ended) = (story.scenario.name(), words::short(&story.verdict));
            format!("{name}: {ended}{}", words::as_whom(story))
        } else {
            "Steps".to_owned()
        };
        Self {
            title,
            tone: if record.has_several() {
                tone(&story.verdict)
            } else {
                ""
            },
            why: story.why.as_deref().unwrap_or_default(),
            bars: match story.verdict {
                Verdict::Skipped => Vec::new(),
                Verdict::Passed
                | Verdict::Failed(_)
                | Verdict::Broken(_)
                | Verdict::NothingRan
                | Verdict::CleanUpIncomplete
                | Verdict::Interrupted
                | Verdict::OtherVersion => (story.steps.iter())
                    .map(|step| Bar::of(step, story, record))
                    .collect(),
            },
        }
    }
}

/// A step along the time of the run.
struct Bar<'a> {
    title: &'a str,
    outcome: &'static str,
    why: &'a str,
    took: String,
    /// Where it begins and how long it is, in hundredths of a per cent of the run, as CSS has it.
    left: String,
    width: String,
    requests: u32,
    states: Vec<String>,
    is_open: bool,
    last: Option<Sent<'a>>,
}

/// The last request of a step.
struct Sent<'a> {
    curl: &'a str,
    took: String,
    answered: String,
    body: &'a str,
}

impl<'a> Bar<'a> {
    fn of(step: &'a StepRecord, story: &Story, record: &Record) -> Self {
        Self {
            title: step.name.title(),
            outcome: step.outcome.word(),
            why: step.why.as_deref().unwrap_or_default(),
            took: match step.outcome {
                Outcome::Skipped => String::new(),
                Outcome::Passed | Outcome::Failed | Outcome::Broken => seconds(step.millis),
            },
            left: share(step.at_millis, record.millis),
            width: share(step.millis, record.millis),
            requests: step.attempts,
            states: (step.states.iter())
                .map(|seen| format!("{} after {}", seen.state, seconds(seen.at_millis)))
                .collect(),
            is_open: story.stopped_at().is_some_and(|at| at.name == step.name),
            last: step.last.as_ref().map(Sent::of),
        }
    }
}

impl<'a> Sent<'a> {
    fn of(exchange: &'a Exchange) -> Self {
        let (answered, body) = match &exchange.answer {
            Ok(answer) => {
                let headers = answer.headers.iter();
                let headers = headers.map(|(name, value)| format!("\n{name}: {value}"));
                let head = format!("HTTP {}{}", answer.status, headers.collect::<String>());
                (head, answer.body.as_str())
            }
            Err(reason) => (reason.to_string(), ""),
        };
        Self {
            curl: &exchange.curl,
            took: exchange.timing.said(),
            answered,
            body,
        }
    }
}

/// A part of the whole in per cent, with two places.
fn share(part: u64, whole: u64) -> String {
    let basis_points = part.saturating_mul(10_000) / whole.max(1);
    let basis_points = basis_points.min(10_000);
    format!("{}.{:02}", basis_points / 100, basis_points % 100)
}
