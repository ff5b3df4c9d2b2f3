//! Asking before something that cannot be undone.

use std::fmt;
use std::io::{self, BufRead as _, IsTerminal as _};

use crate::outlet::Outlet;
use crate::terminal::harmless;

/// Goes on only if somebody wants it, beforehand (`--yes`) or asked.
pub(crate) fn ask(is_given: bool, question: &str, outlet: &Outlet<'_>) -> Result<(), Unconfirmed> {
    if is_given {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Unconfirmed::NobodyToAsk);
    }
    outlet.talk(&format!("{} Type `yes` to go on: ", harmless(question)));
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    if read.is_ok() && line.trim() == "yes" {
        Ok(())
    } else {
        Err(Unconfirmed::NotYes)
    }
}

/// Why it is not done.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unconfirmed {
    /// Standard input is no terminal.
    NobodyToAsk,
    /// The answer was another one.
    NotYes,
}

impl fmt::Display for Unconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NobodyToAsk => {
                "nobody can be asked, because standard input is no terminal; give --yes to do it all the same"
            }
            Self::NotYes => "the answer was not `yes`",
        })
    }
}
