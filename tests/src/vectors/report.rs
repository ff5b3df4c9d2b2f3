//! What came of the cases of one file: numbers for each runner, and a line for every case that went wrong.

use std::fmt::Write as _;

use super::case::{Case, Expected, Verdict};
use super::question::Answer;

/// Who answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Runner {
    /// A running gate, asked by requests.
    Gate,
    /// The same code on this machine, with a library for the signatures.
    Native,
    /// The same code inside workerd, with WebCrypto.
    Workerd,
}

impl Runner {
    /// Every runner, in the order of the table.
    pub const ALL: [Self; 3] = [Self::Native, Self::Workerd, Self::Gate];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gate => "running gate",
            Self::Native => "native",
            Self::Workerd => "workerd",
        }
    }
}

/// The numbers of one runner.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Cases it was asked.
    pub asked: usize,
    /// Taken and to be refused.
    pub wrong_accepts: usize,
    /// Refused and to be taken.
    pub wrong_refusals: usize,
    /// Ended without an answer.
    pub crashes: usize,
    /// Taken where both are right.
    pub either_accepted: usize,
    /// Refused where both are right.
    pub either_refused: usize,
}

impl Tally {
    fn add(&mut self, verdict: Verdict) {
        self.asked += 1;
        match verdict {
            Verdict::Crash => self.crashes += 1,
            Verdict::EitherAccepted => self.either_accepted += 1,
            Verdict::EitherRefused => self.either_refused += 1,
            Verdict::Right => {}
            Verdict::WrongAccept => self.wrong_accepts += 1,
            Verdict::WrongRefusal => self.wrong_refusals += 1,
        }
    }

    /// Adds the numbers of another file.
    pub fn absorb(&mut self, other: &Self) {
        self.asked += other.asked;
        self.wrong_accepts += other.wrong_accepts;
        self.wrong_refusals += other.wrong_refusals;
        self.crashes += other.crashes;
        self.either_accepted += other.either_accepted;
        self.either_refused += other.either_refused;
    }

    /// The numbers as a row of the table.
    pub fn row(&self) -> String {
        format!(
            "{:>6} {:>13} {:>14} {:>7} {:>17}",
            self.asked,
            self.wrong_accepts,
            self.wrong_refusals,
            self.crashes,
            format!("{}/{}", self.either_accepted, self.either_refused),
        )
    }

    /// What stands above the rows.
    pub const HEADINGS: &str = " cases wrong accepts wrong refusals crashes either (acc./ref.)";
}

/// What came of one file.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Its name in the folder.
    pub name: String,
    /// How many cases it has.
    pub cases: usize,
    /// What went wrong, a line each.
    pub faults: Vec<String>,
    /// What else is to be known, a line each.
    pub notes: Vec<String>,
    tallies: [Tally; Runner::ALL.len()],
}

impl FileReport {
    /// A file of this many cases, nothing of it judged yet.
    pub fn new(name: &str, cases: usize) -> Self {
        Self {
            name: name.to_owned(),
            cases,
            faults: Vec::new(),
            notes: Vec::new(),
            tallies: [Tally::default(); Runner::ALL.len()],
        }
    }

    /// Judges what this machine and workerd say of a case; nothing where one of them is not asked.
    pub fn add(&mut self, case: &Case, native: Option<&Answer>, workerd: Option<&Answer>) {
        for (runner, answer) in [(Runner::Native, native), (Runner::Workerd, workerd)] {
            if let Some(answer) = answer {
                self.judge(runner, &case.id, &case.comment, &case.expected, answer);
            }
        }
        if let (Some(native), Some(workerd)) = (native, workerd)
            && differ(native, workerd)
        {
            self.faults.push(format!(
                "{} {} ({}): native and workerd differ: {native} | {workerd}",
                self.name,
                case.id,
                shown(&case.comment)
            ));
        }
    }

    /// Judges one answer.
    pub fn judge(
        &mut self,
        runner: Runner,
        id: &str,
        comment: &str,
        expected: &Expected,
        answer: &Answer,
    ) {
        let verdict = expected.judge(answer);
        let (expected, got) = (expected.to_string(), answer.to_string());
        self.note_verdict(runner, id, comment, verdict, &expected, &got);
    }

    /// Takes the verdict on one case.
    pub(super) fn note_verdict(
        &mut self,
        runner: Runner,
        id: &str,
        comment: &str,
        verdict: Verdict,
        expected: &str,
        got: &str,
    ) {
        self.tally_mut(runner).add(verdict);
        let wrong = match verdict {
            Verdict::Crash => "crash",
            Verdict::WrongAccept => "wrong accept",
            Verdict::WrongRefusal => "wrong refusal",
            Verdict::EitherAccepted | Verdict::EitherRefused | Verdict::Right => return,
        };
        self.faults.push(format!(
            "{} {id} ({}): {wrong} by {}: expected {expected}, got: {got}",
            self.name,
            shown(comment),
            runner.name()
        ));
    }

    /// The numbers of a runner.
    pub fn tally(&self, runner: Runner) -> &Tally {
        let [gate, native, workerd] = &self.tallies;
        match runner {
            Runner::Gate => gate,
            Runner::Native => native,
            Runner::Workerd => workerd,
        }
    }

    fn tally_mut(&mut self, runner: Runner) -> &mut Tally {
        let [gate, native, workerd] = &mut self.tallies;
        match runner {
            Runner::Gate => gate,
            Runner::Native => native,
            Runner::Workerd => workerd,
        }
    }

    /// One row a runner, then what went wrong.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for runner in Runner::ALL {
            let tally = self.tally(runner);
            if tally.asked > 0 {
                // Writing into a text cannot fail.
                let _ = writeln!(
                    text,
                    "{:<52} {:<13}{}",
                    self.name,
                    runner.name(),
                    tally.row()
                );
            }
        }
        if text.is_empty() {
            let _ = writeln!(text, "{:<52} {} cases, none judged", self.name, self.cases);
        }
        for note in &self.notes {
            let _ = writeln!(text, "    note: {note}");
        }
        for fault in &self.faults {
            let _ = writeln!(text, "  WRONG {fault}");
        }
        text
    }
}

/// Whether two answers are different verdicts.
fn differ(one: &Answer, other: &Answer) -> bool {
    match (one, other) {
        (Answer::Accepted(one), Answer::Accepted(other)) => one != other,
        (Answer::Refused(_), Answer::Refused(_)) => false,
        (
            Answer::Accepted(_) | Answer::Crashed(_) | Answer::Refused(_),
            Answer::Accepted(_) | Answer::Crashed(_) | Answer::Refused(_),
        ) => true,
    }
}

fn shown(comment: &str) -> String {
    comment
        .chars()
        .take(100)
        .flat_map(char::escape_debug)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::Question;
    use serde_json::{Value, json};

    #[test]
    fn two_runners_that_disagree_are_a_fault_even_where_both_are_right() {
        let case = Case {
            id: "1".to_owned(),
            comment: String::new(),
            question: Question::Path {
                path: "/".to_owned(),
            },
            expected: Expected::Either(None),
        };
        let [accepted, refused] = [
            Answer::Accepted(Value::Null),
            Answer::Refused("no".to_owned()),
        ];
        let other = Answer::Accepted(json!("somebody"));
        for (native, workerd, faults) in [
            (&accepted, &accepted, 0),
            (&refused, &refused, 0),
            (&accepted, &refused, 1),
            (&accepted, &other, 1),
        ] {
            let mut report = FileReport::new("file", 1);
            report.add(&case, Some(native), Some(workerd));
            assert_eq!(report.faults.len(), faults, "{:?}", report.faults);
        }
    }
}
