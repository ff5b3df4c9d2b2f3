//! The options of `usher audit`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::configuration::USUAL_FILE;

/// The options of `usher audit`.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// The file whose `[audit]` names the places
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// Only users of this tenant
    #[arg(long, value_name = "TENANT", conflicts_with = "apply")]
    pub(crate) tenant: Option<String>,

    /// Only the N users that were created last
    #[arg(long, value_name = "N", conflicts_with = "apply")]
    pub(crate) last: Option<NonZeroU32>,

    /// Only the user with this key, or with this in something that is kept of a row, such as an address
    #[arg(long, value_name = "KEY", conflicts_with = "apply")]
    pub(crate) user: Option<String>,

    /// Write what [[audit.actions]] would do about it into a new file
    #[arg(long, value_name = "FILE", conflicts_with = "apply")]
    pub(crate) plan: Option<PathBuf>,

    /// Show what a plan will do; nothing is done without --fix
    #[arg(long, value_name = "FILE")]
    pub(crate) apply: Option<PathBuf>,

    /// Do what the plan says, where everything is still as it was, and look at it afterwards
    #[arg(long, requires = "apply")]
    pub(crate) fix: bool,

    /// No more than N steps of the plan
    #[arg(long, value_name = "N", requires = "apply")]
    pub(crate) limit: Option<NonZeroU32>,

    /// Do what --fix does without asking
    #[arg(long, requires = "fix")]
    pub(crate) yes: bool,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = AuditFormat::Human)]
    pub(crate) report: AuditFormat,
}

/// How an audit is reported.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum AuditFormat {
    /// A table: a row for each discrepancy
    Csv,
    /// For a person
    Human,
    /// For a program: JSON
    Json,
}

pub(crate) const EXAMPLES: &str = "\
Examples:
  usher audit
  usher audit --tenant acme --last 100
  usher audit --user guy@example.com
  usher audit --report csv > audit.csv
  usher audit --plan plan.json
  usher audit --apply plan.json              # what it would do
  usher audit --apply plan.json --fix        # asks, does it, looks again

A plan that was cut off is gone on with by the same command: what was done stands in
plan.json.state. What has changed since the plan was made is left alone.

Exit codes:
  0 in order, or all of the plan is done, 1 not in order, or something of the plan is
  left, 2 usage or configuration, 3 could not find out: a source was not read to its end";
