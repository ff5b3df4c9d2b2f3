//! `docs/performance.md`: what was measured stands there as it was printed.

use std::fmt;

use crate::bench::{Measured, Part};
use crate::workspace::{self, FileError, Workspace};

const PAGE: &str = "docs/performance.md";

/// Puts what a part measured in the place of what stands there of it.
pub(super) fn write(
    workspace: &Workspace,
    part: Part,
    measured: &Measured,
    command: &str,
) -> Result<(), PageError> {
    let path = workspace.path(PAGE);
    let page = workspace::read(&path).map_err(PageError::File)?;
    let page = String::from_utf8_lossy(&page);
    let text = format!("`{command}`:\n\n{}", measured.text());
    let page = with(&page, part.word(), &text).ok_or(PageError::NoPlace(part.word()))?;
    workspace::write(&path, page.as_bytes()).map_err(PageError::File)
}

/// The page with another text between the markers of that name.
fn with(page: &str, name: &str, text: &str) -> Option<String> {
    let begin = format!("<!-- measured: {name} -->\n");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{begin}\n{text}\n{END}{after}"))
}

const END: &str = "<!-- end -->";

/// Why the page was not written.
#[derive(Debug)]
pub(crate) enum PageError {
    File(FileError),
    NoPlace(&'static str),
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::NoPlace(name) => write!(
                f,
                "`{PAGE}` has no place for the table: put `<!-- measured: {name} -->` and `{END}` into it"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_between_the_markers_of_the_part_is_replaced() {
        let page =
            "a\n<!-- measured: x -->\nold\n<!-- end -->\nb\n<!-- measured: y -->\n<!-- end -->\n";
        let written = with(page, "x", "new\n").unwrap();
        assert_eq!(
            written,
            "a\n<!-- measured: x -->\n\nnew\n\n<!-- end -->\nb\n<!-- measured: y -->\n<!-- end -->\n"
        );
        assert_eq!(with(&written, "x", "new\n"), Some(written.clone()));
        assert_eq!(with(page, "z", "new\n"), None);
    }
}
