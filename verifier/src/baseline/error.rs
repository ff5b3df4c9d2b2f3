//! Why a file cannot be a baseline, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::arguments::baseline::Percent;
use crate::percentiles::Percentile;
use crate::record::Record;
use crate::scenario::Scenario;
use crate::terminal::harmless;

/// A file that this run cannot be compared with.
#[derive(Debug)]
pub(crate) struct BaselineError {
    file: PathBuf,
    flaw: Flaw,
}

impl BaselineError {
    pub(super) fn of(file: &Path, flaw: Flaw) -> Self {
        let file = file.to_owned();
        Self { file, flaw }
    }
}

/// What is wrong with it, or with what is asked of it.
#[derive(Debug)]
pub(super) enum Flaw {
    /// A step may not warn where it has failed already.
    Limits {
        warn: Percent,
        fail: Percent,
    },
    /// It has not the runs for this percentile.
    NotCarried {
        step: String,
        percentile: Percentile,
        runs: usize,
    },
    /// The run did not pass, but ended like this.
    NotPassed(String),
    /// The story is not among these, or did not pass.
    NotTold(Scenario, Vec<String>),
    /// It is no JSON, or no report.
    NoReport(serde_json::Error),
    /// This run's own report goes to the same file.
    Overwritten,
    /// This run has not the runs for this percentile.
    TooFewRuns {
        percentile: Percentile,
        runs: u32,
    },
    Unreadable(io::Error),
    /// The report has another version.
    Version(u32),
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        let anew = format!(
            "write one by `usher verify --report json={file}`, with the scenarios and the `--repeat` of this run"
        );
        match &self.flaw {
            Flaw::Limits { warn, fail } => write!(
                f,
                "`--slower-than {warn}` is not below `--fail-slower-than {fail}`; warn before it fails"
            ),
            Flaw::NotCarried {
                step,
                percentile,
                runs,
            } => write!(
                f,
                "the baseline {file} cannot say {} of its step `{}`: it takes {} runs, and there were {runs}; leave `--percentile` out, or {anew}",
                percentile.title(),
                harmless(step),
                percentile.least_runs()
            ),
            Flaw::NotPassed(outcome) => write!(
                f,
                "the run of the baseline {file} did not pass: its `verdict` is `{}`; {anew}",
                harmless(outcome)
            ),
            Flaw::NotTold(scenario, known) => write!(
                f,
                "the baseline {file} has no `{}` that passed among its `scenarios` ({}); leave that scenario out, or {anew}",
                scenario.name(),
                harmless(&known.join(", "))
            ),
            Flaw::NoReport(error) => write!(
                f,
                "the baseline {file} is no report of `usher verify`: {error}; {anew}"
            ),
            Flaw::Overwritten => write!(
                f,
                "the report of this run would replace the baseline {file}, however slow it is; give `--report json=` another file, and move it when you want to"
            ),
            Flaw::TooFewRuns { percentile, runs } => write!(
                f,
                "{runs} runs cannot say {}; give `--repeat {}`, or leave `--percentile` out",
                percentile.title(),
                percentile.least_runs()
            ),
            Flaw::Unreadable(error) => {
                write!(f, "cannot read the baseline {file}: {error}; {anew}")
            }
            Flaw::Version(found) => write!(
                f,
                "the baseline {file} is a report of another usher: its `schema_version` is {found}, and this one reads {}; {anew}",
                Record::SCHEMA_VERSION
            ),
        }
    }
}
