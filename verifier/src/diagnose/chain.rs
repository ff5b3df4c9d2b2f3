//! The chain of one user: from their identity to what they see, each link with what was seen of it, and where, and when.

use serde::Serialize;

use crate::clock::now;
use crate::outcome::ExitCode;

/// What is known of one user.
#[derive(Debug, Serialize)]
pub(crate) struct Chain {
    pub(crate) schema_version: u32,
    pub(crate) user: String,
    /// In the order in which one comes of the other; up to the first that is not whole.
    pub(crate) links: Vec<Link>,
    /// What the user is told now.
    pub(crate) told: Option<Told>,
}

/// One link.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) name: String,
    pub(crate) state: State,
    /// What was seen.
    pub(crate) what: String,
    /// Where it was seen.
    pub(crate) source: String,
    pub(crate) at_unix_seconds: u64,
    /// What to do about it; empty where nothing has to be done.
    pub(crate) fix: String,
    /// To be copied, in this order.
    pub(crate) commands: Vec<String>,
}

/// How a link is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// It is as it should be.
    Whole,
    /// The chain ends here, and should not.
    Broken,
    /// The chain ends here for now, and rightly.
    Pending,
    /// Nobody could look; the chain is followed beyond it where that is possible.
    Unseen,
}

/// What the gate tells the user.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    pub(crate) admitted: bool,
    pub(crate) reason: String,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) next: String,
}

impl Chain {
    pub(crate) const SCHEMA_VERSION: u32 = 1;

    /// Where it ends before its end.
    pub(crate) fn end(&self) -> Option<&Link> {
        let mut links = self.links.iter();
        links.find(|link| matches!(link.state, State::Broken | State::Pending))
    }

    /// A chain of which a link was not seen is not whole.
    pub(crate) fn exit_code(&self) -> ExitCode {
        let is = |state| self.links.iter().any(|link| link.state == state);
        if is(State::Broken) {
            ExitCode::Failed
        } else if is(State::Unseen) || self.links.is_empty() {
            ExitCode::Broken
        } else {
            ExitCode::Passed
        }
    }

    /// Changes every text that others wrote.
    pub(crate) fn for_each_text(&mut self, mut change: impl FnMut(&mut String)) {
        change(&mut self.user);
        for link in &mut self.links {
            change(&mut link.what);
            change(&mut link.source);
            change(&mut link.fix);
            link.commands.iter_mut().for_each(&mut change);
        }
    }
}

impl Link {
    /// Seen just now.
    pub(crate) fn seen(
        name: &str,
        state: State,
        what: impl Into<String>,
        source: impl Into<String>,
    ) -> Self {
        Self {
            name: name.to_owned(),
            state,
            what: what.into(),
            source: source.into(),
            at_unix_seconds: now().unix_seconds(),
            fix: String::new(),
            commands: Vec::new(),
        }
    }

    /// With what to do about it.
    pub(crate) fn mended_by(self, fix: impl Into<String>, commands: Vec<String>) -> Self {
        Self {
            fix: fix.into(),
            commands,
            ..self
        }
    }

    /// Whether what comes after it can be looked at.
    pub(crate) fn is_passed(&self) -> bool {
        matches!(self.state, State::Whole | State::Unseen)
    }
}
