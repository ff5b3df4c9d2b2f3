//! Asking before something that cannot be undone.

use std::io::{self, BufRead as _, IsTerminal as _};

use crate::arguments::operator::Consent;
use crate::operator::failure::Failure;
use crate::outlet::Outlet;
use crate::terminal::harmless;

/// Goes on only if somebody wants it.
pub(super) fn confirmed(
    consent: Consent,
    question: &str,
    outlet: &Outlet<'_>,
) -> Result<(), Failure> {
    if consent.yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::Unconfirmed(
            "nobody can be asked, because standard input is no terminal; give --yes to do it all the same",
        ));
    }
    outlet.talk(&format!("{} Type `yes` to go on: ", harmless(question)));
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.is_ok() && line.trim() == "yes" {
        Ok(())
    } else {
        Err(Failure::Unconfirmed("the answer was not `yes`"))
    }
}
