//! One promise and what became of it.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A promise, and what became of it; without bounds, a figure that explains the others.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) figure: String,
    pub(super) must: Option<Bound>,
    pub(super) aim: Option<Bound>,
    pub(super) unit: Unit,
    pub(super) measured: f64,
    /// What is behind the figure, and how far it lies apart.
    pub(super) told: String,
    /// Whether there was nothing to hold it against; `told` says why.
    is_left_out: bool,
}

/// On which side of a value a figure has to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Unit {
    Kilobytes,
    Mebibytes,
    Reads,
    /// So many times as much as what it is held against.
    Times,
}

impl Bound {
    /// Nothing meets a figure that is missing.
    fn is_met(self, measured: f64) -> bool {
        match self {
            Self::AtLeast(least) => measured >= least,
            Self::AtMost(most) => measured <= most,
        }
    }

    fn text(self, unit: Unit) -> String {
        match self {
            Self::AtLeast(least) => format!("≥ {}", unit.text(least)),
            Self::AtMost(most) => format!("≤ {}", unit.text(most)),
        }
    }

    fn json(self) -> Value {
        match self {
            Self::AtLeast(least) => json!({ "at_least": least }),
            Self::AtMost(most) => json!({ "at_most": most }),
        }
    }
}

impl Unit {
    fn text(self, value: f64) -> String {
        match self {
            Self::Kilobytes => format!("{value:.0} KB"),
            Self::Mebibytes => format!("{value:.0} MiB"),
            Self::Reads => format!("{value:.0}"),
            Self::Times => format!("{value:.2}×"),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Kilobytes => "kilobytes",
            Self::Mebibytes => "mebibytes",
            Self::Reads => "reads",
            Self::Times => "times",
        }
    }
}

impl Row {
    /// What is promised.
    pub(super) fn promise(figure: &str, must: Bound, aim: Bound) -> Self {
        Self {
            figure: figure.to_owned(),
            must: Some(must),
            aim: Some(aim),
            unit: Unit::Times,
            measured: f64::NAN,
            told: String::new(),
            is_left_out: false,
        }
    }

    /// What is only told.
    pub(super) fn beside(figure: &str) -> Self {
        Self {
            figure: figure.to_owned(),
            must: None,
            aim: None,
            unit: Unit::Times,
            measured: f64::NAN,
            told: String::new(),
            is_left_out: false,
        }
    }

    /// The same with what was measured.
    pub(super) fn measured(self, unit: Unit, measured: f64, told: String) -> Self {
        Self {
            unit,
            measured,
            told,
            ..self
        }
    }

    /// The same, which was not measured at all: what it is held against is not there.
    pub(super) fn left_out(self, why: String) -> Self {
        Self {
            told: why,
            is_left_out: true,
            ..self
        }
    }

    /// A promise that nobody looked at is not broken.
    pub(super) fn is_met(&self) -> bool {
        self.is_left_out || self.must.is_none_or(|must| must.is_met(self.measured))
    }

    pub(super) const fn is_left_out(&self) -> bool {
        self.is_left_out
    }

    fn markdown(&self) -> String {
        let bound =
            |bound: Option<Bound>| bound.map_or_else(String::new, |bound| bound.text(self.unit));
        let (must, aim) = (bound(self.must), bound(self.aim));
        let missed = if self.is_met() { "" } else { "**missed**; " };
        let (figure, told) = (&self.figure, &self.told);
        let measured = if self.is_left_out {
            "**not measured**".to_owned()
        } else {
            self.unit.text(self.measured)
        };
        format!("| {figure} | {must} | {aim} | {measured} | {missed}{told} |\n")
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "figure": self.figure,
            "must": self.must.map(Bound::json),
            "aim": self.aim.map(Bound::json),
            "unit": self.unit.word(),
            "measured": self.measured,
            "met": self.is_met(),
            "left_out": self.is_left_out,
            "told": self.told,
        })
    }
}

/// Markdown, to be copied.
pub(super) fn table(rows: &[Row]) -> String {
    let mut table =
        "| figure | must | aim | measured | |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for row in rows {
        // Writing into a text does not fail.
        let _ = table.write_str(&row.markdown());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(measured: f64) -> Row {
        Row::promise("a", Bound::AtMost(1.2), Bound::AtMost(1.0)).measured(
            Unit::Times,
            measured,
            "b".to_owned(),
        )
    }

    #[test]
    fn what_misses_its_must_is_told_and_what_misses_its_aim_is_not() {
        assert!(row(1.2).is_met() && !row(1.21).is_met());
        // A figure that is missing meets nothing.
        assert!(!row(f64::NAN).is_met());
        assert!(
            table(&[row(1.3)]).ends_with("| a | ≤ 1.20× | ≤ 1.00× | 1.30× | **missed**; b |\n")
        );
        assert!(table(&[row(1.1)]).ends_with("| 1.10× | b |\n"));
    }

    #[test]
    fn more_can_be_what_is_promised() {
        let rate = |measured| Row {
            must: Some(Bound::AtLeast(1.6)),
            ..row(measured)
        };
        assert!(rate(1.6).is_met() && !rate(1.59).is_met() && !rate(f64::NAN).is_met());
    }

    #[test]
    fn what_was_not_measured_is_said_to_be_so_and_is_no_missed_promise() {
        let row = Row::promise("a", Bound::AtMost(1.2), Bound::AtMost(1.0));
        let row = row.left_out("no hurl".to_owned());
        assert!(row.is_met() && row.is_left_out());
        assert!(
            table(&[row]).ends_with("| a | ≤ 1.20× | ≤ 1.00× | **not measured** | no hurl |\n")
        );
    }

    #[test]
    fn what_is_only_told_misses_nothing() {
        let beside = Row::beside("a").measured(Unit::Kilobytes, 209.4, String::new());
        assert!(beside.is_met());
        assert!(table(&[beside]).ends_with("| a |  |  | 209 KB |  |\n"));
    }
}
