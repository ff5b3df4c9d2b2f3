//! Tables and records for a person, at 80 columns. The first column is what one copies, so it is never cut.

use policy::time::Moment;
use textwrap::core::display_width;

use crate::check::tokens::words::utc;
use crate::report::COLUMNS;
use crate::terminal::harmless;

/// The rows under their heads; nothing where there is none.
pub(super) fn table<const N: usize>(heads: [&str; N], rows: Vec<[String; N]>) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut lines = vec![heads.map(str::to_owned)];
    lines.extend(rows.into_iter().map(|row| row.map(|cell| harmless(&cell))));
    let mut widths = [0; N];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(display_width(cell));
        }
    }
    // A long key has a line of its own, and the rest stands below it.
    let own_line = widths.first().is_some_and(|&key| key > MOST_OF_KEY);
    if own_line {
        widths.iter_mut().take(1).for_each(|key| *key = 0);
    }
    fit(&mut widths);
    let mut text = String::new();
    for line in &lines {
        let cells = line.iter().zip(widths).enumerate();
        let mut shown = String::new();
        for (column, (cell, width)) in cells {
            if column == 0 && own_line {
                text.push_str(cell);
                text.push('\n');
                continue;
            }
            let cell = cut(cell, width);
            let blanks = (width + GAP).saturating_sub(display_width(&cell));
            shown.push_str(&cell);
            shown.push_str(&" ".repeat(blanks));
        }
        let indent = if own_line { "  " } else { "" };
        text.extend([indent, shown.trim_end(), "\n"]);
    }
    text
}

/// What is known of one thing, a line each; what is not known is left out.
pub(super) fn record<const N: usize>(fields: [(&str, Option<String>); N]) -> String {
    let shown = |(name, value): (&str, Option<String>)| {
        value.map(|value| {
            format!(
                "  {name:14} {}
",
                harmless(&value)
            )
        })
    };
    let lines: Vec<_> = fields.into_iter().filter_map(shown).collect();
    lines.concat()
}

/// A second of the Unix epoch, in UTC, to the second.
pub(super) fn second(seconds: u64) -> String {
    utc(Moment::from_unix_seconds(seconds))
}

/// The same as short as a table needs it.
pub(super) fn minute(seconds: u64) -> String {
    let whole = second(seconds);
    whole.get(..16).unwrap_or(&whole).to_owned()
}

/// Something that may not be there.
pub(super) fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}

/// Takes from the widest column but the first until all fit.
fn fit(widths: &mut [usize]) {
    let gaps = widths.len().saturating_sub(1) * GAP;
    while widths.iter().sum::<usize>() + gaps > COLUMNS {
        let widest = widths.iter_mut().skip(1).max();
        match widest {
            Some(width) if *width > LEAST => *width -= 1,
            Some(_) | None => return,
        }
    }
}

fn cut(cell: &str, width: usize) -> String {
    if display_width(cell) <= width {
        return cell.to_owned();
    }
    let mut shown = String::new();
    for character in cell.chars() {
        let mut next = shown.clone();
        next.push(character);
        if display_width(&next) >= width {
            break;
        }
        shown = next;
    }
    shown + "…"
}

const GAP: usize = 2;

/// A UUID.
const MOST_OF_KEY: usize = 36;

/// Below this a cell says nothing.
const LEAST: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_has_80_columns_and_its_keys_are_whole() {
        for length in [1, 36, 37, 128] {
            let key = "k".repeat(length);
            let row = [key.clone(), "s".to_owned(), "w".repeat(60), "é".repeat(60)];
            let text = table(["ID", "STATUS", "WHY", "WHO"], vec![row]);
            for line in text.lines().filter(|line| **line != key) {
                assert!(line.chars().count() <= COLUMNS, "{line}");
            }
            assert!(text.contains(&key), "{text}");
        }
    }

    #[test]
    fn what_others_wrote_stays_in_its_cell() {
        let row = ["a\nb".to_owned(), "\x1b[2J".to_owned()];
        assert_eq!(table(["ID", "WHAT"], vec![row]).lines().count(), 2);
    }
}
