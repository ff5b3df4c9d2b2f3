//! A folder with a usher.toml, commands that are run in it as somebody would who copies them, and what `usher` finds there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tests::places;

/// A folder to work in.
pub(crate) struct Place {
    folder: tempfile::TempDir,
    /// What every command there can read.
    variables: Vec<(&'static str, String)>,
    /// Before those of the machine.
    programs: Vec<PathBuf>,
}

/// What a check found.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) code: Option<i32>,
    pub(crate) report: Value,
    pub(crate) said: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        let node = places::node();
        let programs = node.parent().filter(|folder| folder.is_dir());
        Self {
            folder,
            variables: Vec::new(),
            programs: programs.map(Path::to_owned).into_iter().collect(),
        }
    }

    pub(crate) fn with_programs(mut self, folder: &Path) -> Self {
        self.programs.push(folder.to_owned());
        self
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder).unwrap_or_else(|error| panic!("{error}"));
        fs::write(&path, text).unwrap_or_else(|error| panic!("{name}: {error}"));
    }

    /// As a person would, in a shell in this folder.
    pub(crate) fn shell(&self, line: &str) -> Output {
        self.run(Command::new("sh").args(["-c", line]))
    }

    /// The same, and it has to succeed.
    pub(crate) fn done(&self, line: &str) {
        let output = self.shell(line);
        assert!(output.status.success(), "{line}: {output:#?}");
    }

    pub(crate) fn usher(&self, arguments: &[&str]) -> Checked {
        let output = self.run(Command::new(places::usher()).args(arguments));
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        Checked {
            code: output.status.code(),
            report: serde_json::from_str(&stdout).unwrap_or_default(),
            said: stdout + &String::from_utf8_lossy(&output.stderr),
        }
    }

    fn run(&self, command: &mut Command) -> Output {
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let all = self.programs.iter().cloned();
        let path = std::env::join_paths(all.chain(std::env::split_paths(&inherited)));
        command
            .current_dir(self.folder.path())
            .env("PATH", path.unwrap_or(inherited))
            .env("USHER_STATE_DIR", self.path("state"))
            .env("NO_COLOR", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .output()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }

    pub(crate) fn check_migrations(&self) -> Checked {
        self.usher(&["check", "migrations", "--report", "json"])
    }

    /// A row of the matrix: exactly these causes, no more.
    pub(crate) fn finds(&self, state: &str, codes: &[&str]) -> Checked {
        let checked = self.check_migrations();
        say(&format!(
            "{state}: {} (wanted {codes:?})",
            checked.codes().join(", ")
        ));
        assert_eq!(checked.codes(), codes, "{state}: {}", checked.said);
        let code = i32::from(!codes.is_empty());
        assert_eq!(checked.code, Some(code), "{state}: {}", checked.said);
        checked
    }

    /// The same, and nothing after what it prints was run word for word.
    pub(crate) fn finds_and_mends(&self, state: &str, codes: &[&str]) -> Checked {
        let checked = self.finds(state, codes);
        let commands = checked.commands();
        assert!(!commands.is_empty(), "{state}: {}", checked.said);
        for command in &commands {
            self.done(command);
        }
        self.finds(&format!("{state}, after the printed fix"), &[]);
        checked
    }
}

impl Checked {
    pub(crate) fn codes(&self) -> Vec<String> {
        let findings = self.report["findings"].as_array();
        let codes = findings
            .into_iter()
            .flatten()
            .map(|finding| &finding["code"]);
        codes
            .filter_map(|code| Some(code.as_str()?.to_owned()))
            .collect()
    }

    /// Of every cause, in their order.
    pub(crate) fn commands(&self) -> Vec<String> {
        let findings = self.report["findings"].as_array().into_iter().flatten();
        let commands = findings.filter_map(|finding| finding["fix"]["commands"].as_array());
        let commands = commands.flatten().filter_map(Value::as_str);
        commands.map(str::to_owned).collect()
    }
}

/// Says loudly that something is not tried here; in CI that is a failure.
pub(crate) fn skipped(untried: &str, why: &str) {
    let said = format!("SKIPPED: {untried} WAS NOT TRIED: {why}");
    assert!(std::env::var_os("CI").is_none(), "{said}");
    say(&said);
}

#[expect(
    clippy::print_stderr,
    reason = "the test harness captures only what goes through this macro"
)]
fn say(line: &str) {
    eprintln!("{line}");
}
