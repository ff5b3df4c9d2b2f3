//! What the operator sees while a run goes on: a line for each story that is redrawn on a terminal, plain lines elsewhere.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::io;
use std::time::Instant;

use terminal_size::{Width, terminal_size_of};

use crate::outlet::Outlet;
use crate::record::{StateSeen, StepRecord, millis, seconds};
use crate::report::COLUMNS;
use crate::scenario::Scenario;
use crate::steps::StepName;
use crate::terminal::harmless;

/// Progress on standard error.
#[derive(Debug)]
pub(crate) struct Progress<'a> {
    outlet: &'a Outlet<'a>,
    /// The steps that are being performed, in the order in which their stories began.
    lines: RefCell<Vec<Line>>,
    /// How many lines stand on the terminal, the cursor behind the last one.
    drawn: Cell<usize>,
    is_interrupted: Cell<bool>,
}

#[derive(Debug)]
struct Line {
    story: Option<Scenario>,
    step: StepName,
    began: Instant,
    state: String,
}

/// What one story says of its progress.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice<'a> {
    progress: &'a Progress<'a>,
    /// Which one it is, where there are several.
    story: Option<Scenario>,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(outlet: &'a Outlet<'a>) -> Self {
        Self {
            outlet,
            lines: RefCell::default(),
            drawn: Cell::new(0),
            is_interrupted: Cell::new(false),
        }
    }

    /// For the only one that says something.
    pub(crate) fn of_one(&'a self) -> Voice<'a> {
        Voice {
            progress: self,
            story: None,
        }
    }

    /// For one of several.
    pub(crate) fn of(&'a self, story: Scenario) -> Voice<'a> {
        Voice {
            progress: self,
            story: Some(story),
        }
    }

    fn redraw(&self) {
        if !self.outlet.talk_is_live {
            return;
        }
        let columns = columns();
        let mut text = self.back_to_the_top();
        let lines = self.lines.borrow();
        for (index, line) in lines.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            let _infallible = write!(text, "{newline}{}", line.shown(columns));
        }
        self.drawn.set(lines.len());
        self.outlet.talk(&text);
    }

    /// Where the first line begins, with nothing below it (ECMA-48, CUU and ED).
    fn back_to_the_top(&self) -> String {
        match self.drawn.get() {
            0 | 1 => "\r\x1b[J".to_owned(),
            drawn => format!("\r\x1b[{}A\x1b[J", drawn - 1),
        }
    }
}

impl Voice<'_> {
    pub(crate) fn begin(&self, step: &StepName) {
        let fresh = Line {
            story: self.story,
            step: step.clone(),
            began: Instant::now(),
            state: String::new(),
        };
        let mut lines = self.progress.lines.borrow_mut();
        match lines.iter_mut().find(|line| line.story == self.story) {
            Some(line) => *line = fresh,
            None => lines.push(fresh),
        }
        drop(lines);
        if self.progress.outlet.talk_is_live {
            self.redraw();
        } else if self.story.is_none() {
            self.say(&format!("{} ...\n", step.title()));
        }
    }

    pub(crate) fn state(&self, seen: &StateSeen) {
        let mut title = String::new();
        let mut lines = self.progress.lines.borrow_mut();
        if let Some(line) = lines.iter_mut().find(|line| line.story == self.story) {
            line.state = harmless(&seen.state);
            line.step.title().clone_into(&mut title);
        }
        drop(lines);
        if self.progress.outlet.talk_is_live {
            return self.redraw();
        }
        let (state, after) = (harmless(&seen.state), seconds(seen.at_millis));
        self.say(&match self.story {
            None => format!("  {state} after {after}\n"),
            Some(story) => format!("{}: {title}: {state} after {after}\n", story.name()),
        });
    }

    pub(crate) fn redraw(&self) {
        self.progress.redraw();
    }

    pub(crate) fn interrupted(&self) {
        if self.progress.is_interrupted.replace(true) {
            return;
        }
        let clear = if self.progress.outlet.talk_is_live {
            self.progress.back_to_the_top()
        } else {
            String::new()
        };
        self.progress.drawn.set(0);
        self.say(&format!(
            "{clear}interrupted: cleaning up; once more to stop at once\n"
        ));
    }

    /// A step is over; on a terminal its line stays until the next one of its story begins, or the story is over.
    pub(crate) fn end(&self, record: &StepRecord) {
        if self.progress.outlet.talk_is_live {
            return;
        }
        let (outcome, took) = (record.outcome.word(), seconds(record.millis));
        self.say(&match self.story {
            None => format!("  {outcome} after {took}\n"),
            Some(story) => {
                let title = record.name.title();
                format!("{}: {title} {outcome} after {took}\n", story.name())
            }
        });
    }

    /// The story is over.
    pub(crate) fn leave(&self) {
        let mut lines = self.progress.lines.borrow_mut();
        lines.retain(|line| line.story != self.story);
        drop(lines);
        self.redraw();
    }

    fn say(&self, words: &str) {
        self.progress.outlet.talk(words);
    }
}

impl Line {
    /// In one line of a terminal: a longer one would be two, of which only one is erased.
    fn shown(&self, columns: usize) -> String {
        let story = self
            .story
            .map_or_else(String::new, |story| format!("{:15} ", story.name()));
        let (title, elapsed) = (self.step.title(), seconds(millis(self.began.elapsed())));
        let line = match self.story {
            None => format!("{title}  {elapsed}  {}", self.state),
            Some(_) => format!("{story}{title:18} {elapsed:>7}  {}", self.state),
        };
        line.chars().take(columns.saturating_sub(1)).collect()
    }
}

fn columns() -> usize {
    terminal_size_of(io::stderr()).map_or(COLUMNS, |(Width(columns), _)| usize::from(columns))
}
