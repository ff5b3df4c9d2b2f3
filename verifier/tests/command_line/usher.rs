//! The real binary in a folder of its own, and what it said.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

use crate::deployment::ADMIN_SECRET;

/// A folder with a configuration, in which `usher` is run.
pub(crate) struct Usher {
    folder: TempDir,
    operator_secret: Option<&'static str>,
    environment: Vec<(&'static str, String)>,
}

/// How a run ended.
pub(crate) struct Ended {
    folder: PathBuf,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Usher {
    /// With the configuration of a deployment at this address.
    pub(crate) fn at(address: &str) -> Self {
        Self::configured(&configuration(address))
    }

    pub(crate) fn configured(text: &str) -> Self {
        let usher = Self::without_configuration();
        std::fs::write(usher.folder.path().join("usher.toml"), text).unwrap();
        usher
    }

    pub(crate) fn without_configuration() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            operator_secret: Some(ADMIN_SECRET),
            environment: Vec::new(),
        }
    }

    pub(crate) fn without_operator_secret(mut self) -> Self {
        self.operator_secret = None;
        self
    }

    /// With one more variable in its environment.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The journals that are still there.
    pub(crate) fn journals(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.path().join("state/journal"));
        entries
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default()
    }

    pub(crate) async fn verify(&self, arguments: &[&str]) -> Ended {
        self.finish(self.start(arguments)).await
    }

    /// Another command in the same folder.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.finish(self.spawn(arguments)).await
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Child {
        self.spawn(&[&["verify"], arguments].concat())
    }

    fn spawn(&self, arguments: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_usher"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear();
        // Relative, so that what is said does not depend on where the test runs.
        command.env("USHER_STATE_DIR", "state").envs(
            self.operator_secret
                .map(|secret| ("USHER_ADMIN_SECRET", secret)),
        );
        command.envs(self.environment.iter().map(|(name, value)| (*name, value)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap()
    }

    pub(crate) async fn finish(&self, child: Child) -> Ended {
        let output = child.wait_with_output().await.unwrap();
        Ended::of(self.folder.path(), output)
    }
}

/// Runs `usher` with these arguments in this folder, and with this on its standard input; the environment is empty.
pub(crate) async fn run(folder: &Path, arguments: &[&str], input: &str) -> Ended {
    let mut child = Command::new(env!("CARGO_BIN_EXE_usher"))
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Who needs no input has closed it.
    let _closed = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    Ended::of(folder, output)
}

pub(crate) async fn interrupt(child: &Child) {
    let pid = child.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
}

pub(crate) fn configuration(address: &str) -> String {
    format!(
        r#"[target]
gate = "{address}"
identity = "{address}"

[register]
url = "{{identity}}/register"
json = {{ email = "{{email}}", username = "{{username}}", password = "{{password}}" }}
status = [200, 201]

[log_in]
url = "{{identity}}/login"
json = {{ email = "{{email}}", password = "{{password}}" }}
token = "/access_token"

[log_out]
url = "{{identity}}/logout"

[remove_user]
url = "{{identity}}/users/me"

[instance]
contains = "{{email}}"
health = "/health"

[gate_admin]
secret_env = "USHER_ADMIN_SECRET"

[budget]
ready_seconds = 2
request_seconds = 1

[[databases]]
name = "identity"
kind = "sqlite"
path = "idp.db"
tables = ["users"]
migrate = "alembic upgrade head"
"#
    )
}

impl Ended {
    fn of(folder: &Path, output: Output) -> Self {
        Self {
            folder: folder.canonicalize().unwrap(),
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The report in one line, so that it can be searched whatever its width.
    pub(crate) fn report(&self) -> String {
        self.stdout.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Everything that was said, without what differs from run to run; every replacement keeps the width.
    pub(crate) fn snapshot(&self) -> String {
        let text = format!(
            "exit code: {}\n--- stdout\n{}--- stderr\n{}",
            self.code, self.stdout, self.stderr
        );
        let text = text.replace(self.folder.to_str().unwrap(), "[folder]");
        let text = masked(&text, "127.0.0.1:", |character| character.is_ascii_digit());
        let text = masked(&text, "127.0.0.1%3A", |character| {
            character.is_ascii_digit()
        });
        let text = masked(&text, "since=", |character| character.is_ascii_digit());
        let text = masked(&text, "usher-", |character| character.is_ascii_hexdigit());
        let text = masked(&text, "\"usher", |character| character.is_ascii_hexdigit());
        let text = masked(&text, "state/journal/", |character| {
            character.is_ascii_hexdigit() || character == '-'
        });
        text.lines()
            .map(without_durations)
            .collect::<Vec<_>>()
            .join("\n")
            + "\n"
    }
}

/// Replaces what follows `before` by zeros.
fn masked(text: &str, before: &str, is_variable: impl Fn(char) -> bool) -> String {
    let mut parts = text.split(before);
    let mut masked = parts.next().unwrap().to_owned();
    for part in parts {
        let fixed = part.trim_start_matches(&is_variable);
        masked.push_str(before);
        masked.push_str(&"0".repeat(part.len() - fixed.len()));
        masked.push_str(fixed);
    }
    masked
}

/// `1.2 s` and `7 requests` differ from run to run.
fn without_durations(line: &str) -> String {
    let mut words: Vec<String> = line.split(' ').map(str::to_owned).collect();
    for index in 1..words.len() {
        let is_number = words[index - 1].parse::<f64>().is_ok();
        let unit = words[index].trim_end_matches(|character: char| !character.is_alphanumeric());
        if is_number && ((unit == "s" && words[index - 1].contains('.')) || unit == "requests") {
            let zeros = words[index - 1].replace(|character: char| character.is_ascii_digit(), "0");
            words[index - 1] = if unit == "s" { zeros } else { "0".to_owned() };
        }
    }
    words.join(" ")
}
