//! Where a request waited, as `Server-Timing` (W3C Server Timing): for operators only, because how long it takes tells strangers what
//! is remembered of whom.
//!
//! The platform's clock stands still while we compute, so these are waits and no work ([`crate::clock`]).

use std::fmt::Write as _;

use policy::admission::Visitor;
use policy::time::{Moment, millis};

use crate::clock;
use crate::sightings::Source;

/// The waits of one request so far; of anybody else than an operator, nothing is noted.
pub(crate) struct Timing(Option<Noted>);

struct Noted {
    last: Moment,
    header: String,
}

impl Timing {
    /// Goes on measuring since then, if the visitor may see it.
    pub(crate) fn since(began: Moment, visitor: &Visitor) -> Self {
        Self(visitor.is_operator().then(|| Noted {
            last: began,
            header: String::new(),
        }))
    }

    /// What was waited for since the last one.
    pub(crate) fn note(&mut self, wait: Wait) {
        let Some(noted) = &mut self.0 else {
            return;
        };
        let now = clock::now();
        let millis = millis(now.since(noted.last));
        noted.last = now;
        let separator = if noted.header.is_empty() { "" } else { ", " };
        let (name, description) = wait.said();
        // Writing to a String cannot fail.
        let _ = write!(
            noted.header,
            "{separator}{name};desc=\"{description}\";dur={millis}"
        );
    }

    /// The header, if the visitor may see it.
    pub(crate) fn into_header(self) -> Option<String> {
        self.0.map(|noted| noted.header)
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
