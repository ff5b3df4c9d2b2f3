//! How wide a table may be: as wide as the terminal that shows it. What goes into a pipe or a file is never cut, for nobody knows how
//! wide that will be shown, and programs look for whole words.

use terminal_size::{Width as Columns, terminal_size_of};

use crate::configuration::Environment;
use crate::outlet::Outlet;
use crate::report::COLUMNS;

/// How many columns there are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Width {
    Columns(usize),
    Endless,
}

impl Width {
    /// That of standard output.
    pub(crate) fn of_report(outlet: &Outlet<'_>, environment: Environment<'_>) -> Self {
        if !outlet.report_is_live {
            return Self::Endless;
        }
        let terminal = terminal_size_of(std::io::stdout());
        let terminal = terminal.map(|(Columns(columns), _)| usize::from(columns));
        Self::of_terminal(environment("COLUMNS").as_deref(), terminal)
    }

    /// What somebody has set counts before what the terminal says of itself (POSIX, "Environment Variables", `COLUMNS`).
    fn of_terminal(set: Option<&str>, terminal: Option<usize>) -> Self {
        let set = set.and_then(|columns| columns.trim().parse().ok());
        let columns = [set, terminal].into_iter().flatten();
        let known = columns.into_iter().find(|&columns| columns > 0);
        Self::Columns(known.map_or(COLUMNS, |columns| columns.max(LEAST)))
    }

    pub(crate) const fn holds(self, columns: usize) -> bool {
        match self {
            Self::Columns(most) => columns <= most,
            Self::Endless => true,
        }
    }
}

/// Narrower, nothing but keys could be shown.
const LEAST: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_counts_before_what_the_terminal_says() {
        let width = Width::of_terminal;
        assert_eq!(width(Some("120"), Some(200)), Width::Columns(120));
        assert_eq!(width(None, Some(200)), Width::Columns(200));
        for nonsense in ["", "0", "wide", "-3"] {
            assert_eq!(width(Some(nonsense), Some(200)), Width::Columns(200));
        }
        assert_eq!(width(None, None), Width::Columns(80));
        assert_eq!(width(Some("7"), None), Width::Columns(LEAST));
    }
}
