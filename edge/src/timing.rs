//! Where a request waited, as `Server-Timing` (W3C Server Timing): for operators only, because how long it takes tells strangers what
//! is remembered of whom.
//!
//! The platform's clock stands still while we compute, so these are waits and no work ([`crate::clock`]).

use std::fmt::Write as _;

use policy::admission::Visitor;
use policy::time::Moment;

use crate::clock;
use crate::sightings::Source;

/// The waits of one request so far.
pub(crate) struct Timing {
    last: Moment,
    header: String,
}

impl Timing {
    /// Begins to measure.
    pub(crate) fn begin() -> Self {
        Self {
            last: clock::now(),
            header: String::new(),
        }
    }

    /// What was waited for since the last one.
    pub(crate) fn note(&mut self, wait: Wait) {
        let now = clock::now();
        let millis = now.since(self.last).as_millis();
        self.last = now;
        let separator = if self.header.is_empty() { "" } else { ", " };
        let (name, description) = wait.said();
        // Writing to a String cannot fail.
        let _ = write!(
            self.header,
            "{separator}{name};desc=\"{description}\";dur={millis}"
        );
    }

    /// The header, if the visitor may see it.
    pub(crate) fn header_for(self, visitor: &Visitor) -> Option<String> {
        visitor.is_operator().then_some(self.header)
    }
}

/// What is waited for.
#[derive(Clone, Copy)]
pub(crate) enum Wait {
    /// The signature of the token, or nothing if it was checked for an earlier request.
    Admission { verified_now: bool },
    /// The assertion to the app.
    Assertion,
    /// Where the visitor stands.
    Standing(Source),
}

impl Wait {
    fn said(self) -> (&'static str, &'static str) {
        match self {
            Self::Admission { verified_now: true } => ("usher-token", "verified"),
            Self::Admission {
                verified_now: false,
            } => ("usher-token", "memory"),
            Self::Assertion => ("usher-assertion", "signed"),
            Self::Standing(source) => ("usher-standing", source.name()),
        }
    }
}
