//! What came of each step of a plan.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;

use crate::audit::plan::Step;
use crate::counted::counted;
use crate::outcome::ExitCode;
use crate::report::wrapped;
use crate::terminal::{self, harmless};

/// What came of a step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// The rows are not as they were when the plan was made.
    Changed,
    /// It was done, and nobody has looked yet.
    Done,
    /// It was refused, or broke.
    Failed(String),
    /// Not begun: the limit was reached, or too many failed in a row.
    Left,
    /// It was done, and what was wrong is as it was.
    NotMended,
    /// Nothing was wrong any more.
    Settled,
    /// A source could not be read to its end.
    Unknown(String),
    /// It was done, and what was wrong is gone.
    Verified,
}

impl Outcome {
    const fn word(&self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Done => "done",
            Self::Failed(_) => "failed",
            Self::Left => "left",
            Self::NotMended => "not_mended",
            Self::Settled => "settled",
            Self::Unknown(_) => "unknown",
            Self::Verified => "verified",
        }
    }

    const fn meaning(&self) -> &'static str {
        match self {
            Self::Changed => "left alone: the rows are not as they were when the plan was made",
            Self::Done => "done, and not looked at",
            Self::Failed(_) => "failed",
            Self::Left => "not begun",
            Self::NotMended => "done, and still as before: the action does not mend it",
            Self::Settled => "in order already",
            Self::Unknown(_) => "nobody can tell: a source could not be read to its end",
            Self::Verified => "done, and seen to be in order",
        }
    }
}

/// What came of a plan.
#[derive(Debug, Default)]
pub(super) struct Applied {
    steps: Vec<(String, Outcome)>,
}

impl Applied {
    pub(super) fn note(&mut self, step: &Step, outcome: Outcome) {
        self.steps.push((step.found.id(), outcome));
    }

    pub(super) fn did_something(&self) -> bool {
        self.steps
            .iter()
            .any(|(_, outcome)| *outcome == Outcome::Done)
    }

    pub(super) fn outcomes_mut(&mut self) -> impl Iterator<Item = &mut Outcome> {
        self.steps.iter_mut().map(|(_, outcome)| outcome)
    }

    /// What is known to be wrong counts before what is not known.
    pub(super) fn exit_code(&self) -> ExitCode {
        let mut code = ExitCode::Passed;
        for (_, outcome) in &self.steps {
            match outcome {
                Outcome::Settled | Outcome::Verified => {}
                Outcome::Done | Outcome::Unknown(_) => {
                    if code == ExitCode::Passed {
                        code = ExitCode::Broken;
                    }
                }
                Outcome::Changed | Outcome::Failed(_) | Outcome::Left | Outcome::NotMended => {
                    code = ExitCode::Failed;
                }
            }
        }
        code
    }

    pub(super) fn report(&self, is_for_people: bool) -> String {
        let mut counts: BTreeMap<&str, (u64, &Outcome)> = BTreeMap::new();
        for (_, outcome) in &self.steps {
            counts.entry(outcome.word()).or_insert((0, outcome)).0 += 1;
        }
        if !is_for_people {
            let steps = self.steps.iter().map(|(id, outcome)| {
                let why = outcome.why();
                json!({ "step": id, "outcome": outcome.word(), "why": why })
            });
            let counts = counts
                .iter()
                .map(|(word, (count, _))| ((*word).to_owned(), json!(count)));
            let counts: serde_json::Map<_, _> = counts.collect();
            let steps: Vec<_> = steps.collect();
            return terminal::json(
                &json!({ "schema_version": 1, "counts": counts, "steps": steps }),
            );
        }
        let mut text = String::new();
        for (id, outcome) in &self.steps {
            let why = outcome
                .why()
                .map(|why| format!(" ({why})"))
                .unwrap_or_default();
            if !matches!(
                outcome,
                Outcome::Settled | Outcome::Verified | Outcome::Left
            ) {
                text.push_str(&wrapped(
                    "  ",
                    "    ",
                    &harmless(&format!("{id}: {}{why}", outcome.meaning())),
                ));
            }
        }
        for (count, outcome) in counts.values() {
            let _infallible = writeln!(text, "{}: {}", counted(*count, "step"), outcome.meaning());
        }
        if self.steps.is_empty() {
            text.push_str("the plan is empty\n");
        }
        text
    }
}

impl Outcome {
    fn why(&self) -> Option<&str> {
        match self {
            Self::Failed(why) | Self::Unknown(why) => Some(why),
            Self::Changed
            | Self::Done
            | Self::Left
            | Self::NotMended
            | Self::Settled
            | Self::Verified => None,
        }
    }
}
