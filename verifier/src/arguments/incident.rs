//! The options of `usher report`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// The options of `usher report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// The JSON report of the run that did not pass, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub(crate) failed: PathBuf,

    /// Write what to tell people: one message for users, one for the team
    #[arg(long, required = true)]
    pub(crate) incident: bool,

    /// Only one of the two
    #[arg(long = "for", value_enum, value_name = "WHOM")]
    pub(crate) audience: Option<Audience>,

    /// The JSON report of a later run that passed: the incident is over
    #[arg(long, value_name = "FILE")]
    pub(crate) fixed: Option<PathBuf>,
}

/// Who reads it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Audience {
    /// People who use the platform
    Users,
    /// People who run it
    Team,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  usher verify --report json=run.json || usher report --incident run.json
  usher report --incident run.json --for users
  usher report --incident run.json --fixed after.json

What users read has no names of machines, no codes and nothing of the cause's
inside; what the team reads has the cause, what was seen, and the fix to copy.";
