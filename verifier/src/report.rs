//! A finished run as a text. Every format is rendered from the one record.

mod human;
mod json;
mod style;

use crate::arguments::ReportFormat;
use crate::record::Record;

/// How a report may look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Whether colours are welcome: only on a terminal and without `NO_COLOR` (no-color.org).
    pub(crate) coloured: bool,
}

/// Renders the run in this format.
pub(crate) fn render(format: ReportFormat, record: &Record, look: Look) -> String {
    match format {
        ReportFormat::Human => human::render(record, look),
        ReportFormat::Json => json::render(record),
    }
}
