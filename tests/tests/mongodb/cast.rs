//! A folder with usher.toml, and what commands say there; scripts in Python.

use std::path::PathBuf;
use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tests::{auth0, places};
use tokio::process::Command;

/// A folder of its own, where `MONGODB_URL` leads to this server.
pub(crate) struct Place {
    folder: TempDir,
    url: String,
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new(url: String) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            url,
        }
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub(crate) async fn usher(&self, arguments: &[&str]) -> Ended {
        self.usher_with(arguments, &self.url).await
    }

    pub(crate) async fn usher_with(&self, arguments: &[&str], url: &str) -> Ended {
        let mut command = Command::new(places::usher());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("CLIENT_SECRET", auth0::Auth0::CLIENT.1)
            .env("MONGODB_URL", url);
        Ended::of(&command.stdin(Stdio::null()).output().await.unwrap())
    }
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    pub(crate) fn codes(&self) -> Vec<String> {
        let findings = self.json()["findings"].as_array().cloned().unwrap();
        let code = |finding: &Value| finding["code"].as_str().unwrap().to_owned();
        findings.iter().map(code).collect()
    }

    /// `class source key` of each discrepancy, sorted.
    pub(crate) fn discrepancies(&self) -> Vec<String> {
        let found = self.json()["discrepancies"].as_array().cloned().unwrap();
        let text = |found: &Value, name: &str| found[name].as_str().unwrap_or("-").to_owned();
        let line = |found| {
            ["class", "source", "key"]
                .map(|name| text(found, name))
                .join(" ")
        };
        let mut lines: Vec<String> = found.iter().map(line).collect();
        lines.sort();
        lines
    }
}

/// The Python that has `pymongo`, or nothing where the machine has no Python. In CI that is a failure.
pub(crate) fn python(untried: &str) -> Option<PathBuf> {
    let python = places::python();
    if python.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "there is no Python with pymongo, and in CI there must be; install python3 and run `cargo xtask setup`"
        );
        eprintln!(
            "SKIPPED: {untried}: there is no target/tools/python; install python3 and run `cargo xtask setup`"
        );
    }
    python
}

/// A script of tests/mongodb/.
pub(crate) fn script(python: &PathBuf, name: &str) -> Command {
    let mut command = Command::new(python);
    command
        .arg(places::workspace().join("tests/mongodb").join(name))
        .kill_on_drop(true);
    command
}
