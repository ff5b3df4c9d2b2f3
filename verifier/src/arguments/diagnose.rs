//! The options of `usher diagnose`.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::ReportFormat;
use crate::configuration::USUAL_FILE;

/// The options of `usher diagnose`.
#[derive(Debug, Args)]
pub(crate) struct Diagnose {
    /// The user, by their e-mail address
    #[arg(value_name = "E-MAIL")]
    pub(crate) user: String,

    /// The file that describes the deployment, and in `[[diagnose]]` what comes before the gate
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  usher diagnose guy@example.com
  usher diagnose guy@example.com --config staging.toml --report json

Nothing is changed, and nobody is logged in.

Exit codes:
  0 whole, or rightly not at its end yet; 1 broken off, 2 usage or configuration,
  3 could not find out: a link could not be looked at";
