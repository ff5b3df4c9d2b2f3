//! The options of `usher cleanup`.

use std::path::PathBuf;

use clap::Args;

use crate::arguments::ReportFormat;
use crate::arguments::given::Span;

/// The options of `usher cleanup`.
#[derive(Debug, Args)]
pub(crate) struct Cleanup {
    /// Only these users, by their e-mail addresses
    #[arg(value_name = "USER")]
    pub(crate) users: Vec<String>,

    /// Only users that were created at least so long ago, such as 90s, 15m, 1h or 7d; an hour for those whom only `[tagged_users]` finds
    #[arg(long, value_name = "SPAN")]
    pub(crate) older_than: Option<Span>,

    /// How users are removed, in place of the configuration that their run had; its `[tagged_users]` finds users of which nothing is written
    /// down (usher.toml, if there is one, does as well)
    #[arg(long, value_name = "FILE", conflicts_with = "forget")]
    pub(crate) config: Option<PathBuf>,

    /// Drop the entries without removing anybody: they were removed by other means, or never came to be
    #[arg(long)]
    pub(crate) forget: bool,

    /// Do it without asking
    #[arg(long)]
    pub(crate) yes: bool,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}
