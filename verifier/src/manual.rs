//! The command line for shells and for `man`, both made from the one definition that reads it.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::builder::Resettable;
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use crate::arguments::Arguments;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;

/// Prints what a shell has to read to complete the command line.
pub(crate) fn completions(shell: Shell, outlet: &Outlet<'_>) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    outlet.report(&String::from_utf8_lossy(&script));
    ExitCode::Passed
}

/// Prints the manual's first page, or writes all of them into a folder: one a command, as `man usher-verify` looks for it.
pub(crate) fn man(folder: Option<&Path>, outlet: &Outlet<'_>) -> Result<ExitCode, ManualError> {
    let mut root = Arguments::command();
    root.build();
    let Some(folder) = folder else {
        outlet.report(&page(&root, NAME));
        return Ok(ExitCode::Passed);
    };
    let failed = |error| ManualError(folder.to_owned(), error);
    fs::create_dir_all(folder).map_err(failed)?;
    for (name, text) in pages(&root, NAME) {
        let path = folder.join(format!("{name}.1"));
        outlet.file(&path, &text).map_err(failed)?;
    }
    Ok(ExitCode::Passed)
}

const NAME: &str = "usher";

/// The page of a command, and those of all below it.
fn pages(command: &Command, name: &str) -> Vec<(String, String)> {
    let mut all = vec![(name.to_owned(), page(command, name))];
    let below = command.get_subcommands();
    for one in below.filter(|one| one.get_name() != "help") {
        all.extend(pages(one, &format!("{name}-{}", one.get_name())));
    }
    all
}

fn page(command: &Command, name: &str) -> String {
    let examples = command.get_after_help().map(ToString::to_string);
    // Set as a paragraph, lines to be copied would be broken anew.
    let man = Man::new(command.clone().after_help(Resettable::Reset)).title(name.to_uppercase());
    let mut page = Vec::new();
    // It writes into memory, where nothing fails.
    let _infallible = man.render(&mut page);
    let mut page = String::from_utf8_lossy(&page).into_owned();
    if let Some(examples) = examples {
        page.push_str(".SH EXAMPLES AND EXIT CODES\n.nf\n");
        examples
            .lines()
            .for_each(|line| page.push_str(&as_it_stands(line)));
        page.push_str(".fi\n");
    }
    page
}

/// A line of which roff obeys nothing: no escape, and no request at its beginning (groff(7), "Identifiers" and "Control characters").
fn as_it_stands(line: &str) -> String {
    let line = line
        .replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq");
    let guard = if line.starts_with('.') { "\\&" } else { "" };
    format!("{guard}{line}\n")
}

/// The pages cannot be written there.
#[derive(Debug)]
pub(crate) struct ManualError(PathBuf, io::Error);

impl fmt::Display for ManualError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot write the pages into {}: {}",
            self.0.display(),
            self.1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_copied_is_set_as_it_stands() {
        assert_eq!(as_it_stands(r".so 'a\b'"), "\\&.so \\(aqa\\eb\\(aq\n");
        let mut root = Arguments::command();
        root.build();
        let verify = root.find_subcommand("verify").unwrap();
        let text = page(verify, "usher-verify");
        assert!(
            text.contains("\n  usher verify \\-\\-config staging.toml\n"),
            "{text}"
        );
        assert!(!text.contains(".SH EXTRA"), "{text}");
    }

    #[test]
    fn every_command_has_a_page_that_says_what_it_does() {
        let mut root = Arguments::command();
        root.build();
        let pages = pages(&root, NAME);
        let names: Vec<_> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for name in [
            "usher",
            "usher-verify",
            "usher-check-tokens",
            "usher-instance-set",
        ] {
            assert!(names.contains(&name), "{names:?}");
        }
        for (name, text) in &pages {
            assert!(text.contains(".SH SYNOPSIS"), "{name}");
            let words = text.split(".SH NAME").nth(1).unwrap_or_default();
            let words = words.split(".SH").next().unwrap_or_default();
            assert!(
                words.contains(" \\- "),
                "{name} does not say what it does: {words}"
            );
        }
    }
}
