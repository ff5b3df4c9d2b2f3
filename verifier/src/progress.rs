//! What the operator sees while a run goes on: one line that is redrawn on a terminal, a few plain lines elsewhere.

use std::cell::RefCell;
use std::time::Instant;

use crate::outlet::Outlet;
use crate::record::{StateSeen, StepRecord, millis, seconds};
use crate::steps::StepName;

/// Progress on standard error.
#[derive(Debug)]
pub(crate) struct Progress<'a> {
    outlet: &'a Outlet<'a>,
    current: RefCell<Option<Current>>,
}

#[derive(Debug)]
struct Current {
    step: StepName,
    began: Instant,
    state: String,
}

impl<'a> Progress<'a> {
    pub(crate) fn new(outlet: &'a Outlet<'a>) -> Self {
        Self {
            outlet,
            current: RefCell::new(None),
        }
    }

    pub(crate) fn begin(&self, step: &StepName) {
        *self.current.borrow_mut() = Some(Current {
            step: step.clone(),
            began: Instant::now(),
            state: String::new(),
        });
        if self.outlet.talk_is_live {
            self.redraw();
        } else {
            self.outlet.talk(&format!("{} ...\n", step.title()));
        }
    }

    pub(crate) fn state(&self, seen: &StateSeen) {
        if let Some(current) = self.current.borrow_mut().as_mut() {
            current.state.clone_from(&seen.state);
        }
        if self.outlet.talk_is_live {
            self.redraw();
        } else {
            self.outlet.talk(&format!(
                "  {} after {}\n",
                seen.state,
                seconds(seen.at_millis)
            ));
        }
    }

    pub(crate) fn redraw(&self) {
        if let Some(current) = self
            .current
            .borrow()
            .as_ref()
            .filter(|_| self.outlet.talk_is_live)
        {
            let elapsed = seconds(millis(current.began.elapsed()));
            self.outlet.talk(&format!(
                "{CLEAR_LINE}{}  {elapsed}  {}",
                current.step.title(),
                current.state
            ));
        }
    }

    pub(crate) fn interrupted(&self) {
        let clear = if self.outlet.talk_is_live {
            CLEAR_LINE
        } else {
            ""
        };
        self.outlet.talk(&format!(
            "{clear}interrupted: cleaning up; once more to stop at once\n"
        ));
    }

    pub(crate) fn end(&self, record: &StepRecord) {
        *self.current.borrow_mut() = None;
        if self.outlet.talk_is_live {
            self.outlet.talk(CLEAR_LINE);
        } else {
            self.outlet.talk(&format!(
                "  {} after {}\n",
                record.outcome.word(),
                seconds(record.millis)
            ));
        }
    }
}

/// Back to the first column, and erase (ECMA-48, EL).
const CLEAR_LINE: &str = "\r\x1b[2K";
