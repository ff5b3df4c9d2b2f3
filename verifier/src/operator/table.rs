//! Tables and records for a person, as wide as there is room for. The first column is what one copies, so it is never cut.

use policy::time::Moment;
use textwrap::core::display_width;

use crate::terminal::harmless;
use crate::tokens::words::utc;
use crate::width::Width;

/// The rows under their heads; nothing where there is none.
pub(super) fn table<const N: usize>(
    room: Width,
    heads: [&str; N],
    rows: Vec<[String; N]>,
) -> String {
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
    // Where there is no room for all, a long key has a line of its own, and the rest stands below it.
    let own_line =
        !room.holds(total(&widths)) && widths.first().is_some_and(|&key| key > MOST_OF_KEY);
    if own_line {
        widths.iter_mut().take(1).for_each(|key| *key = 0);
    }
    fit(&mut widths, room);
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

/// The same under a head that says UTC.
pub(super) fn clock(seconds: u64) -> String {
    let whole = second(seconds);
    whole.trim_end_matches(" UTC").to_owned()
}

/// The same where nobody asks for seconds.
pub(super) fn minute(seconds: u64) -> String {
    let whole = second(seconds);
    whole.get(..16).unwrap_or(&whole).to_owned()
}

/// Something that may not be there.
pub(super) fn or_dash(text: Option<&str>) -> String {
    text.unwrap_or("-").to_owned()
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + widths.len().saturating_sub(1) * GAP
}

/// Takes from the widest column but the first until all fit.
fn fit(widths: &mut [usize], room: Width) {
    while !room.holds(total(widths)) {
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
    fn a_table_fits_its_room_and_its_keys_are_whole() {
        for length in [1, 36, 37, 128] {
            let key = "k".repeat(length);
            let row = || [key.clone(), "s".to_owned(), "w".repeat(60), "é".repeat(60)];
            let shown = |room| table(room, ["ID", "STATUS", "WHY", "WHO"], vec![row()]);
            for columns in [80, 120, 200] {
                let text = shown(Width::Columns(columns));
                for line in text.lines().filter(|line| **line != key) {
                    assert!(line.chars().count() <= columns, "{line}");
                }
                assert!(text.contains(&key), "{text}");
            }
            // Without end nothing is cut, and a row is a line.
            let text = shown(Width::Endless);
            assert_eq!(text.lines().count(), 2, "{text}");
            assert!(row().iter().all(|cell| text.contains(cell)), "{text}");
        }
    }

    #[test]
    fn a_wider_room_shows_more() {
        let row = || ["i-1".to_owned(), "w".repeat(100)];
        let cut = |room| table(room, ["ID", "WHAT"], vec![row()]).contains('…');
        assert!(cut(Width::Columns(80)) && !cut(Width::Columns(105)));
    }

    #[test]
    fn what_others_wrote_stays_in_its_cell() {
        let row = ["a\nb".to_owned(), "\x1b[2J".to_owned()];
        let text = table(Width::Endless, ["ID", "WHAT"], vec![row]);
        assert_eq!(text.lines().count(), 2);
    }
}
