//! Why there is nothing to tell anybody, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::record::Record;
use crate::terminal::harmless;

/// Why no message was written.
#[derive(Debug)]
pub(crate) struct IncidentError {
    pub(super) file: PathBuf,
    pub(super) flaw: Flaw,
}

/// What is wrong with the report.
#[derive(Debug)]
pub(super) enum Flaw {
    /// The later run is the earlier one.
    NotLater,
    /// It is no JSON, or no report.
    NoReport(serde_json::Error),
    /// The run did not pass, so nothing is over.
    NotPassed(String),
    /// The later run did not tell this story, or not to its end.
    NotTold(String),
    /// The run passed, or showed nothing: there is no incident.
    NothingWrong(String),
    /// The runs are of different platforms.
    OtherPlatform { then: String, now: String },
    /// The file is not there, or nobody may read it.
    Unreadable(io::Error),
    /// The report has another version.
    Version(u32),
}

impl fmt::Display for IncidentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.flaw {
            Flaw::NotLater => write!(
                f,
                "{file} is no later run than the one that did not pass; verify again, and give its report"
            ),
            Flaw::NoReport(error) => write!(
                f,
                "{file} is no JSON report of `usher verify`: {error}; write one with `usher verify --report json={file}`"
            ),
            Flaw::NotPassed(outcome) => write!(
                f,
                "the run of {file} ended as `{}`: it is not over",
                harmless(outcome)
            ),
            Flaw::NotTold(scenario) => write!(
                f,
                "the run of {file} does not show that `{0}` is well again; verify it: `usher verify --scenario {0} --report json={file}`",
                harmless(scenario)
            ),
            Flaw::NothingWrong(outcome) => write!(
                f,
                "the run of {file} ended as `{}`: there is no incident to tell of",
                harmless(outcome)
            ),
            Flaw::OtherPlatform { then, now } => write!(
                f,
                "{file} is of {}, and the run that did not pass of {}",
                harmless(now),
                harmless(then)
            ),
            Flaw::Unreadable(error) => write!(f, "cannot read {file}: {error}"),
            Flaw::Version(version) => write!(
                f,
                "{file} is a report of version {version}, and this `usher` knows version {}; write it anew",
                Record::SCHEMA_VERSION
            ),
        }
    }
}
