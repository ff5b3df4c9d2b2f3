//! An issuer as a process: one JSON line in, one JSON line out (tests/issuers/).

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tests::places;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A running issuer. It ends when its standard input closes, so also when the test is killed.
pub(crate) struct Script {
    questions: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Script {
    /// Starts it and gives the first thing it says.
    pub(crate) async fn start(program: &Path, name: &str) -> (Self, Value) {
        let mut child = Command::new(program)
            .arg(places::workspace().join("tests/issuers").join(name))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("`{}`: {error}; run `cargo xtask setup`", program.display())
            });
        let mut script = Self {
            questions: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()).lines(),
            _child: child,
        };
        let said = script.answer().await;
        (script, said)
    }

    pub(crate) async fn ask(&mut self, question: &Value) -> Value {
        let line = format!("{question}\n");
        self.questions.write_all(line.as_bytes()).await.unwrap();
        self.answer().await
    }

    async fn answer(&mut self) -> Value {
        let line = tokio::time::timeout(PATIENCE, self.answers.next_line()).await;
        let line = line.unwrap().unwrap();
        serde_json::from_str(&line.unwrap_or_else(|| panic!("the issuer ended"))).unwrap()
    }
}

/// The Python that has `PyJWT`, or nothing where the machine has no Python. In CI that is a failure.
pub(crate) fn python() -> Option<PathBuf> {
    let python = places::python();
    if python.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "there is no Python with PyJWT, and in CI there must be; install python3 and run `cargo xtask setup`"
        );
        eprintln!(
            "SKIPPED: TOKENS OF PYJWT WERE NOT TRIED: there is no target/tools/python; install python3 and run `cargo xtask setup`"
        );
    }
    python
}

/// Making an RSA key takes a second on a slow machine under load.
const PATIENCE: Duration = Duration::from_mins(1);
