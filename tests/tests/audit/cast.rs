//! A folder with usher.toml, and what `usher audit` says there.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;
use tests::places;
use tokio::process::Command;

/// What a command said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// `class source key` of each discrepancy, sorted.
    pub(crate) fn discrepancies(&self) -> Vec<String> {
        let json = self.json();
        let text = |found: &Value, name: &str| found[name].as_str().unwrap_or("-").to_owned();
        let found = json["discrepancies"].as_array().unwrap();
        let mut found: Vec<_> = found
            .iter()
            .map(|found| {
                ["class", "source", "key"]
                    .map(|name| text(found, name))
                    .join(" ")
            })
            .collect();
        found.sort();
        found
    }

    pub(crate) fn findings(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned())
            .collect()
    }

    /// What came of each step of a plan, as it is counted.
    pub(crate) fn count(&self, outcome: &str) -> u64 {
        self.json()["counts"][outcome].as_u64().unwrap_or(0)
    }
}

/// A folder of its own.
pub(crate) struct Place {
    folder: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn sqlite(&self, name: &str, script: &str) -> Connection {
        let database = Connection::open(self.path(name)).unwrap();
        database.execute_batch(script).unwrap();
        database
    }

    /// The command line in this folder, in an environment of its own.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        usher(self.folder.path(), arguments)
    }

    pub(crate) async fn audit(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(&["audit"]);
        ended(command.args(arguments)).await
    }
}

fn usher(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(places::usher());
    command
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("CLIENT_SECRET", tests::auth0::Auth0::CLIENT.1)
        .env("PDS_PASSWORD", "pds-admin-password")
        .env(
            "PDS_BASIC",
            BASE64_STANDARD.encode("admin:pds-admin-password"),
        )
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

pub(crate) async fn ended(command: &mut Command) -> Ended {
    let output = command.output().await.unwrap();
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
