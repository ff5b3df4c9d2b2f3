//! A finished run as a text. Every format is rendered from the one record.

mod cause;
mod chain;
mod contract;
mod examined;
pub(crate) mod github;
#[cfg(test)]
mod golden;
mod html;
mod human;
mod json;
mod junit;
mod style;
mod swept;
mod tap;
mod tokens;
mod words;

use crate::arguments::ReportFormat;
use crate::arguments::report::RunFormat;
use crate::check::contract::findings::Report;
use crate::diagnose::chain::Chain;
use crate::examined::Examined;
use crate::record::Record;
use crate::terminal;
use crate::tokens::explanation::Explanation;

/// How a report may look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Whether colours are welcome: only on a terminal and without `NO_COLOR` (no-color.org).
    pub(crate) coloured: bool,
}

pub(crate) use human::COLUMNS;
pub(crate) use swept::{Swept, SweptUser};

/// The words as lines of at most 80 columns, the first with one indent, all further ones with another.
pub(crate) fn wrapped(first: &str, further: &str, words: &str) -> String {
    let options = human::at_spaces(COLUMNS)
        .initial_indent(first)
        .subsequent_indent(further);
    let lines = textwrap::wrap(words, options);
    lines
        .iter()
        .flat_map(|line| [line.trim_end(), "\n"])
        .collect()
}

/// Renders the run in this format.
pub(crate) fn render(format: RunFormat, record: &Record, look: Look) -> String {
    match format {
        RunFormat::Github => github::annotations(record),
        RunFormat::Html => html::render(record),
        RunFormat::Human => human::render(record, look),
        RunFormat::Json => json::render(record),
        RunFormat::Junit => junit::render(record),
        RunFormat::Tap => tap::render(record),
    }
}

/// Renders what a clean-up did in this format.
pub(crate) fn render_swept(format: ReportFormat, swept: &Swept) -> String {
    match format {
        ReportFormat::Human => swept::render(swept),
        ReportFormat::Json => json::render(swept),
    }
}

/// A second of the Unix epoch as RFC 3339, in UTC.
pub(crate) fn moment(unix_seconds: u64) -> String {
    let seconds = i64::try_from(unix_seconds).unwrap_or_default();
    jiff::Timestamp::from_second(seconds)
        .map_or_else(|_| String::new(), |moment| moment.to_string())
}

/// Renders the chain of a user in this format.
pub(crate) fn render_chain(format: ReportFormat, chain: &Chain, look: Look) -> String {
    match format {
        ReportFormat::Human => chain::render(chain, look),
        ReportFormat::Json => json::render(chain),
    }
}

/// Renders what `usher check` found in this format.
pub(crate) fn render_examined(format: ReportFormat, examined: &Examined, look: Look) -> String {
    match format {
        ReportFormat::Human => examined::render(examined, look),
        ReportFormat::Json => json::render(examined),
    }
}

/// Renders what is known of a table in this format.
pub(crate) fn render_contract(format: ReportFormat, known: &Report, look: Look) -> String {
    match format {
        ReportFormat::Human => contract::render(known, look),
        // Rows hold what others wrote.
        ReportFormat::Json => terminal::json(&serde_json::to_value(known).unwrap_or_default()),
    }
}

/// Renders what is known of a token in this format.
pub(crate) fn render_token(format: ReportFormat, known: &Explanation, look: Look) -> String {
    match format {
        ReportFormat::Human => tokens::render(known, look),
        ReportFormat::Json => json::render(known),
    }
}
