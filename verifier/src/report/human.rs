//! For a person: the cause and the cure first, then the steps, then what was sent and answered; the verdict is the last line.

use std::fmt::Write as _;

use serde_json::Value;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::baseline::comparison::{Comparison, Pace, Sample};
use crate::counted::counted;
use crate::deployment::exchange::{Answer, Exchange};
use crate::findings::Finding;
use crate::outcome::{Outcome, Verdict};
use crate::percentiles::StepTimes;
use crate::record::{LeftOver, Record, StepRecord, Story, seconds};
use crate::report::style::Tone;
use crate::report::words::{as_whom, compared_with, explained, head, stand_on, tally, verdict};
use crate::report::{Look, cause};
use crate::scenario::Scenario;
use crate::steps::StepName;

/// Renders the run; no line but a command is longer than 80 columns.
pub(crate) fn render(record: &Record, look: Look) -> String {
    let mut page = Page {
        text: String::new(),
        look,
        has_several: record.has_several(),
    };
    page.line(&head(record));
    page.causes(&record.findings.iter().collect::<Vec<_>>());
    page.could_not_look(record);
    if page.has_several {
        page.heading("Scenarios");
        record.scenarios.iter().for_each(|story| page.story(story));
    } else {
        page.heading("Steps");
        let steps = record.scenarios.iter().flat_map(|story| &story.steps);
        steps.for_each(|step| page.step(step));
    }
    page.last_requests(record);
    record
        .left_over
        .iter()
        .for_each(|left| page.left_over(left));
    page.times(&record.repeated);
    record
        .baseline
        .iter()
        .for_each(|comparison| page.comparison(comparison));
    page.line("");
    if page.has_several {
        page.wrapped("", "  ", &tally(record));
    }
    page.verdict(record);
    page.text
}

/// What is wrong in one story, without its steps: the causes, where nobody could look, and what was sent and answered last.
pub(super) fn explanation(record: &Record, story: &Story) -> String {
    let mut page = Page {
        text: String::new(),
        look: Look { coloured: false },
        has_several: record.has_several(),
    };
    if let Some(step) = story.stopped_at() {
        let (title, outcome) = (step.name.title(), step.outcome.word());
        let why = step.why.as_deref().unwrap_or_default();
        page.wrapped("", "", &format!("`{title}` {outcome}: {why}"));
    }
    page.causes(&record.causes_of(story).collect::<Vec<_>>());
    page.could_not_look(record);
    page.last_request(story);
    page.text.trim_start().to_owned()
}

struct Page {
    text: String,
    look: Look,
    /// Whether a step has to be told from one of the same name of another story.
    has_several: bool,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line.trim_end());
        self.text.push('\n');
    }

    fn heading(&mut self, heading: &str) {
        let painted = self.look.paint(Tone::Heading, heading);
        self.line("");
        self.line(&painted);
    }

    fn wrapped(&mut self, first: &str, further: &str, text: &str) {
        let options = at_spaces(COLUMNS)
            .initial_indent(first)
            .subsequent_indent(further);
        for line in textwrap::wrap(text, options) {
            self.line(&line);
        }
    }

    fn item(&mut self, text: &str) {
        self.wrapped("  - ", "    ", text);
    }

    fn causes(&mut self, findings: &[&Finding]) {
        for finding in findings {
            self.finding(finding);
        }
    }

    fn could_not_look(&mut self, record: &Record) {
        let text = cause::could_not_look(&record.could_not_look, self.look);
        self.text.push_str(&text);
    }

    fn last_requests(&mut self, record: &Record) {
        let mut told: Vec<(&StepName, Option<&str>)> = Vec::new();
        for story in record.stopped() {
            let Some(step) = story.stopped_at() else {
                continue;
            };
            let met = (&step.name, step.why.as_deref());
            if !told.contains(&met) {
                told.push(met);
                self.last_request(story);
            }
        }
    }

    fn last_request(&mut self, story: &Story) {
        if let Some(step) = story.stopped_at()
            && let Some(last) = &step.last
        {
            let of = if self.has_several {
                format!(" of {}", story.scenario.name())
            } else {
                String::new()
            };
            self.heading(&format!("Last request of `{}`{of}", step.name.title()));
            self.exchange(last);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let explains = explained(self.has_several, finding);
        let text = cause::cause(&finding.cause, Some(&explains), self.look);
        self.text.push_str(&text);
    }

    /// A story in a line, and below it the steps that have something to say.
    fn story(&mut self, story: &Story) {
        let (mark, tone) = mark(&story.verdict);
        let took = if story.verdict == Verdict::Skipped {
            String::new()
        } else {
            seconds(story.millis)
        };
        let performed = story.steps.iter();
        let performed = performed.filter(|step| step.outcome != Outcome::Skipped);
        let details = match (&story.verdict, &story.why) {
            (Verdict::Skipped, Some(why)) => format!("skipped: {why}"),
            (_, Some(why)) => why.clone(),
            (Verdict::Passed, None) => counted(performed.count() as u64, "step"),
            (_, None) => as_whom(story).trim_start().to_owned(),
        };
        let name = story.scenario.name();
        self.row(
            &format!("  {} {name:18} {took:>8}", self.look.paint(tone, mark)),
            &[details],
        );
        if story.user.is_none() {
            return;
        }
        let is_quiet = |step: &&StepRecord| {
            let passed = story.verdict == Verdict::Passed && step.outcome == Outcome::Passed;
            passed && step.why.is_none() || step.is_unreached()
        };
        let steps = story.steps.iter().filter(|step| !is_quiet(step));
        steps.for_each(|step| self.step(step));
    }

    fn step(&mut self, step: &StepRecord) {
        let (mark, tone) = match step.outcome {
            Outcome::Passed => ("✓", Tone::Good),
            Outcome::Failed => ("✗", Tone::Bad),
            Outcome::Broken => ("?", Tone::Unsure),
            Outcome::Skipped => ("-", Tone::Quiet),
        };
        let took = if step.outcome == Outcome::Skipped {
            String::new()
        } else {
            seconds(step.millis)
        };
        // Below the line of a story; the details begin in the same column.
        let (indent, width) = if self.has_several {
            ("    ", 6)
        } else {
            ("  ", 8)
        };
        let head = format!(
            "{indent}{} {:18} {took:>width$}",
            self.look.paint(tone, mark),
            step.name.title()
        );
        let states: Vec<_> = step
            .states
            .iter()
            .map(|seen| format!("{} {}", seen.state, seconds(seen.at_millis)))
            .collect();
        let outcome = match step.outcome {
            Outcome::Passed => None,
            Outcome::Failed | Outcome::Broken | Outcome::Skipped => Some(step.outcome.word()),
        };
        let why = [outcome, step.why.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(": ");
        let tries = if step.attempts > 1 {
            format!("{} requests", step.attempts)
        } else {
            String::new()
        };
        self.row(&head, &[states.join(" → "), tries, why]);
    }

    /// A line, with the details beside and below it.
    fn row(&mut self, head: &str, details: &[String]) {
        let mut details = details.iter().filter(|detail| !detail.is_empty());
        match details.next() {
            None => self.line(head),
            Some(first) => {
                // The indent has no colour, so that colour does not count as width.
                let lines = textwrap::wrap(first, at_spaces(COLUMNS - DETAIL.len()));
                let mut lines = lines.iter();
                self.line(&format!("{head}  {}", lines.next().map_or("", |line| line)));
                lines.for_each(|line| self.line(&format!("{DETAIL}{line}")));
            }
        }
        details.for_each(|detail| self.wrapped(DETAIL, DETAIL, detail));
    }

    fn exchange(&mut self, exchange: &Exchange) {
        self.line(&format!("  {}", exchange.curl));
        match &exchange.answer {
            Err(reason) => self.wrapped("  ", "  ", &reason.to_string()),
            Ok(answer) => self.answer(answer),
        }
    }

    fn answer(&mut self, answer: &Answer) {
        let mut head = format!("answered {}", answer.status);
        for name in ESSENTIAL_HEADERS {
            if let Some(value) = answer.header(name) {
                let _infallible = write!(head, ", {name}: {value}");
            }
        }
        self.wrapped("  ", "  ", &head);
        for line in body_lines(answer) {
            self.line(&format!("    {line}"));
        }
    }

    fn left_over(&mut self, left: &LeftOver) {
        self.heading("Left over");
        self.item(&format!("the user {}: {}", left.user, left.why));
        self.wrapped(
            "    ",
            "    ",
            &format!("what is needed to remove them: {}", left.journal.display()),
        );
    }

    /// The times of several runs; which percentile needs how many runs is said where one is missing.
    fn times(&mut self, repeated: &[StepTimes]) {
        let Some(most) = repeated.iter().map(|times| times.runs).max() else {
            return;
        };
        self.heading(&format!("Times of {most} runs, in ms"));
        self.line(&format!(
            "  {:32} {:>8} {:>8} {:>8}",
            "", "P50", "P90", "P99"
        ));
        for times in repeated {
            let shown =
                |millis: Option<u64>| millis.map_or("-".to_owned(), |millis| millis.to_string());
            let [p50, p90, p99] = [times.p50_millis, times.p90_millis, times.p99_millis].map(shown);
            let name = self.name(times.scenario, &times.step);
            self.line(&format!("  {name:32} {p50:>8} {p90:>8} {p99:>8}"));
        }
        if most < RUNS_FOR_P99 {
            self.line("  - : P90 takes 10 runs, P99 takes 100");
        }
    }

    /// Each step then and now.
    fn comparison(&mut self, comparison: &Comparison) {
        let heading = format!("{}, in ms", compared_with(comparison));
        self.line("");
        for line in textwrap::wrap(&heading, at_spaces(COLUMNS)) {
            let painted = self.look.paint(Tone::Heading, &line);
            self.line(&painted);
        }
        self.line(&format!(
            "  {:32} {:>8} {:>8} {:>9}",
            "", "then", "now", "change"
        ));
        for change in &comparison.steps {
            let shown = |sample: Option<Sample>| {
                sample.map_or("-".to_owned(), |sample| sample.millis.to_string())
            };
            let [then, now] = [change.then, change.now].map(shown);
            let (name, percent) = (
                self.name(change.scenario, &change.step),
                change.shown_percent(),
            );
            let tone = match change.pace {
                Pace::Fine | Pace::Uncompared => Tone::Quiet,
                Pace::Slower => Tone::Unsure,
                Pace::TooSlow => Tone::Bad,
            };
            let word = match change.pace {
                Pace::Fine => String::new(),
                Pace::Slower | Pace::TooSlow | Pace::Uncompared => {
                    self.look.paint(tone, change.pace.word())
                }
            };
            self.line(&format!(
                "  {name:32} {then:>8} {now:>8} {percent:>9}  {word}"
            ));
        }
        self.wrapped("  ", "  ", &stand_on(comparison));
    }

    /// A step, told from one of the same name of another story.
    fn name(&self, scenario: Scenario, step: &StepName) -> String {
        if self.has_several {
            format!("{}: {}", scenario.name(), step.title())
        } else {
            step.title().to_owned()
        }
    }

    fn verdict(&mut self, record: &Record) {
        let (_, tone) = mark(&record.verdict);
        for line in textwrap::wrap(&verdict(record), at_spaces(COLUMNS)) {
            let painted = self.look.paint(tone, &line);
            self.line(&painted);
        }
    }
}

const fn mark(verdict: &Verdict) -> (&'static str, Tone) {
    match verdict {
        Verdict::Passed => ("✓", Tone::Good),
        Verdict::Failed(_) | Verdict::NothingRan => ("✗", Tone::Bad),
        Verdict::Skipped => ("-", Tone::Quiet),
        Verdict::Broken(_)
        | Verdict::CleanUpIncomplete
        | Verdict::Interrupted
        | Verdict::OtherVersion => ("?", Tone::Unsure),
    }
}

/// The members of a JSON object, one a line, or the beginning of any other body; cut to what helps to recognise it.
fn body_lines(answer: &Answer) -> Vec<String> {
    let lines: Vec<String> = match answer.json() {
        Some(Value::Object(members)) => members
            .iter()
            .map(|(name, value)| format!("{name}: {value}"))
            .collect(),
        Some(
            other @ (Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)),
        ) => {
            vec![other.to_string()]
        }
        None => answer
            .body
            .lines()
            .map(|line| line.trim().to_owned())
            .filter(|line| !line.is_empty())
            .collect(),
    };
    let cut = |line: &String| {
        let shown: String = line
            .chars()
            .filter(|character| !character.is_control())
            .take(BODY_COLUMNS)
            .collect();
        if shown.len() < line.len() {
            shown + " …"
        } else {
            shown
        }
    };
    let mut shown: Vec<String> = lines.iter().take(BODY_LINES).map(cut).collect();
    if lines.len() > BODY_LINES {
        shown.push("…".to_owned());
    }
    shown
}

/// How text is wrapped: at spaces only, so that an address stays whole and can be copied.
pub(super) fn at_spaces(columns: usize) -> Options<'static> {
    Options::new(columns)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
}

/// Of fewer none is the slowest of a hundred.
const RUNS_FOR_P99: usize = 100;

/// What every terminal and every log viewer shows in one line.
pub(crate) const COLUMNS: usize = 80;

/// Where the details of a step begin: behind mark, name and duration.
const DETAIL: &str = "                                 ";

/// As many lines of a body as help to recognise it; `--report json` has the rest.
const BODY_LINES: usize = 12;

/// Four of indent and two for the mark of a cut line.
const BODY_COLUMNS: usize = COLUMNS - 6;

/// What tells a gate's answer from an app's, and where a redirect goes.
const ESSENTIAL_HEADERS: [&str; 4] = ["content-type", "usher-response", "usher-reason", "location"];
