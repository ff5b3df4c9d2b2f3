//! For a person: the cause and the cure first, then the steps, then what was sent and answered; the verdict is the last line.

use std::fmt::Write as _;

use serde_json::Value;
use textwrap::{Options, WordSeparator, WordSplitter};

use crate::deployment::exchange::{Answer, Exchange};
use crate::findings::Finding;
use crate::outcome::{Outcome, Verdict};
use crate::record::{LeftOver, Record, StepRecord, seconds};
use crate::report::Look;
use crate::report::style::Tone;

/// Renders the run; no line but a command is longer than 80 columns.
pub(crate) fn render(record: &Record, look: Look) -> String {
    let mut page = Page {
        text: String::new(),
        look,
    };
    page.line(&format!(
        "{} on {} as {}",
        record.scenario.name(),
        record.app,
        record.user
    ));
    page.causes(record);
    page.heading("Steps");
    record.steps.iter().for_each(|step| page.step(step));
    page.last_request(record);
    record
        .left_over
        .iter()
        .for_each(|left| page.left_over(left));
    page.line("");
    page.verdict(record);
    page.text
}

/// What is wrong, without the steps: the causes, where nobody could look, and what was sent and answered last.
pub(super) fn explanation(record: &Record) -> String {
    let mut page = Page {
        text: String::new(),
        look: Look { coloured: false },
    };
    page.why(record);
    page.text.trim_start().to_owned()
}

struct Page {
    text: String,
    look: Look,
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

    fn why(&mut self, record: &Record) {
        if let Some(step) = record.stopped_at() {
            let (title, outcome) = (step.name.title(), step.outcome.word());
            let why = step.why.as_deref().unwrap_or_default();
            self.wrapped("", "", &format!("`{title}` {outcome}: {why}"));
        }
        self.causes(record);
        self.last_request(record);
    }

    fn causes(&mut self, record: &Record) {
        record
            .findings
            .iter()
            .for_each(|finding| self.finding(finding));
        if !record.could_not_look.is_empty() {
            self.heading("Could not look");
            record
                .could_not_look
                .iter()
                .for_each(|unlooked| self.item(&format!("{}: {}", unlooked.at, unlooked.why)));
        }
    }

    fn last_request(&mut self, record: &Record) {
        if let Some(step) = record.stopped_at()
            && let Some(last) = &step.last
        {
            self.heading(&format!("Last request of `{}`", step.name.title()));
            self.exchange(last);
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let code = finding.code.word();
        self.heading(&format!(
            "Cause: {code}, explains `{}`",
            finding.explains.title()
        ));
        self.wrapped("  ", "  ", &finding.sentence);
        self.line("  Evidence");
        for evidence in &finding.evidence {
            self.wrapped("    - ", "      ", &evidence.what);
            self.wrapped("      ", "      ", &evidence.source);
        }
        self.line("  Fix");
        self.wrapped("    ", "    ", &finding.fix.sentence);
        // A command is never broken: it is there to be copied.
        finding
            .fix
            .commands
            .iter()
            .for_each(|command| self.line(&format!("      {command}")));
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
        let head = format!(
            "  {} {:18} {took:>8}",
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
        let mut details = [states.join(" → "), tries, why]
            .into_iter()
            .filter(|detail| !detail.is_empty());
        match details.next() {
            None => self.line(&head),
            Some(first) => {
                // The indent has no colour, so that colour does not count as width.
                let lines = textwrap::wrap(&first, at_spaces(COLUMNS - DETAIL.len()));
                let mut lines = lines.iter();
                self.line(&format!("{head}  {}", lines.next().map_or("", |line| line)));
                lines.for_each(|line| self.line(&format!("{DETAIL}{line}")));
            }
        }
        details.for_each(|detail| self.wrapped(DETAIL, DETAIL, &detail));
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

    fn verdict(&mut self, record: &Record) {
        let tone = match record.verdict {
            Verdict::Passed => Tone::Good,
            Verdict::Failed(_) | Verdict::NothingRan => Tone::Bad,
            Verdict::Broken(_)
            | Verdict::CleanUpIncomplete
            | Verdict::Interrupted
            | Verdict::OtherVersion => Tone::Unsure,
        };
        let painted = self.look.paint(tone, &verdict(record));
        self.line(&painted);
    }
}

/// The verdict in one line.
pub(super) fn verdict(record: &Record) -> String {
    let took = seconds(record.millis);
    let causes = record.findings.iter().map(|finding| finding.code.word());
    let causes = causes.collect::<Vec<_>>().join(", ");
    let because = if causes.is_empty() {
        ", no cause found".to_owned()
    } else {
        format!(" because of {causes}")
    };
    match &record.verdict {
        Verdict::Passed => format!("PASSED in {took}"),
        Verdict::Failed(step) => format!("FAILED at `{}`{because}, after {took}", step.title()),
        Verdict::Broken(step) => format!(
            "BROKEN at `{}`: nobody can tell whether the deploy is right",
            step.title()
        ),
        Verdict::NothingRan => "NOTHING RAN, which is no pass".to_owned(),
        Verdict::CleanUpIncomplete => format!("PASSED in {took}, but the clean-up is incomplete"),
        Verdict::Interrupted => format!("INTERRUPTED after {took}"),
        Verdict::OtherVersion => format!(
            "INCONCLUSIVE: {}, and not version {}",
            record.unconfirmed.as_deref().unwrap_or_default(),
            record.wanted_version.as_deref().unwrap_or_default()
        ),
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
