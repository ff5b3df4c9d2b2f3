//! `usher explain`: the catalogue of causes.

use crate::findings::catalogue::Entry;
use crate::findings::code::Code;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;

/// Says what a cause is, or every one.
pub(crate) fn explain(cause: Option<Code>, outlet: &Outlet<'_>) -> ExitCode {
    outlet.report(&cause.map_or_else(page, section));
    ExitCode::Passed
}

/// The whole catalogue, as `docs/findings.md` has it.
fn page() -> String {
    let sections = Code::ALL
        .into_iter()
        .map(|code| format!("\n{}", section(code)));
    std::iter::once(HEAD.to_owned()).chain(sections).collect()
}

fn section(code: Code) -> String {
    let Entry {
        meaning,
        known_by,
        cure,
    } = code.entry();
    let word = code.word();
    format!("## `{word}`\n\n{meaning}\n\n- **Known by:** {known_by}\n- **Cure:** {cure}\n")
}

const HEAD: &str = "\
# Causes that `usher` names

Each has a stable name: `code` in the JSON report. A cause is *certain* where the mistake itself was seen, *likely* where what was seen
fits and something else could be the case as well. `usher explain NAME` prints its part of this page.
";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// `UPDATE_FINDINGS=1` writes the page anew.
    #[test]
    fn the_page_of_causes_is_the_catalogue() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings.md");
        if std::env::var_os("UPDATE_FINDINGS").is_some() {
            std::fs::write(&path, page()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page());
    }
}
