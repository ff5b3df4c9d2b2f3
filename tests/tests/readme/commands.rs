//! What the command line says of itself.

use std::process::Command;

use tests::places;

/// A command, as its own help has it.
struct Entry {
    /// With all that it stands below: `usher check tokens`.
    name: String,
    about: String,
    help: String,
    below: Vec<Self>,
}

impl Entry {
    /// The command of these words, and all below it.
    fn of(words: &[&str], about: &str) -> Self {
        let names: Vec<_> = listed(&said(words, "-h"));
        let help = said(words, "--help");
        let below = names
            .iter()
            .filter(|(name, _)| name != "help")
            .map(|(name, about)| Self::of(&[words, &[name.as_str()]].concat(), about))
            .collect();
        Self {
            name: [&["usher"], words].concat().join(" "),
            about: about.to_owned(),
            help,
            below,
        }
    }

    fn section(&self, page: &mut String) {
        let Self {
            name, help, below, ..
        } = self;
        let help = help.trim_end();
        page.push_str(&format!("\n## {name}\n\n```text\n{help}\n```\n"));
        for entry in below {
            entry.section(page);
        }
    }
}

fn said(words: &[&str], help: &str) -> String {
    let said = Command::new(places::usher()).args(words).arg(help).output();
    String::from_utf8(said.unwrap().stdout).unwrap()
}

/// The commands that a short help lists, each with what it is for; a long line goes on below itself.
fn listed(help: &str) -> Vec<(String, String)> {
    let Some((_, rest)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let mut commands: Vec<(String, String)> = Vec::new();
    for line in rest.lines().take_while(|line| !line.is_empty()) {
        let words = line.trim();
        if line.starts_with("   ") {
            let (_, about) = commands.last_mut().unwrap();
            about.push(' ');
            about.push_str(&words.replace('|', "\\|"));
        } else {
            let (name, about) = words.split_once("  ").unwrap_or((words, ""));
            // A cell ends at a bar.
            let about = about.trim().replace('|', "\\|");
            commands.push((name.to_owned(), about));
        }
    }
    commands
}

/// A line for each command.
pub(crate) fn table() -> String {
    let mut rows = String::from("| command | what it does |\n| --- | --- |\n");
    for entry in Entry::of(&[], "").below {
        if entry.below.is_empty() || entry.name == "usher invite" {
            rows.push_str(&format!("| `{}` | {} |\n", entry.name, entry.about));
            continue;
        }
        let names = entry.below.iter();
        let names: Vec<_> = names
            .map(|below| format!("`{}`", below.name.rsplit(' ').next().unwrap()))
            .collect();
        rows.push_str(&format!(
            "| `{}` | {}: {} |\n",
            entry.name,
            entry.about,
            names.join(", ")
        ));
    }
    rows
}

/// The whole page.
pub(crate) fn page() -> String {
    let mut page = String::from(
        "# Every command, as it explains itself\n\nWritten by `usher help`; nothing here is written by hand.\n",
    );
    Entry::of(&[], "").section(&mut page);
    page
}
