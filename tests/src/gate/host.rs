//! The Node.js process that holds a gate: one JSON line in, one JSON line out (host.mjs).

use std::fmt;
use std::io;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::time;

use crate::places;

/// The process, the way to ask it, and what it has logged.
#[derive(Debug)]
pub(super) struct Host {
    child: Child,
    conversation: tokio::sync::Mutex<Conversation>,
    logs: Logs,
    talking: watch::Receiver<()>,
    group: Option<u32>,
}

#[derive(Debug)]
struct Conversation {
    questions: ChildStdin,
    answers: UnboundedReceiver<Value>,
}

impl Host {
    /// Starts the process with a configuration; gives what it says when the gate answers.
    pub(super) async fn start(configuration: &Value) -> Result<(Self, Value), HostError> {
        let mut command = Command::new(places::node());
        command.arg(places::workspace().join("tests/host.mjs"));
        // Not killed on drop: it ends by itself when its standard input closes, and takes workerd with it.
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // A group of its own: Ctrl-C at the terminal is for us to act on, in our order.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(HostError::NotStarted)?;
        let (Some(questions), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(HostError::Ended);
        };
        let logs = Logs::default();
        let (sender, answers) = mpsc::unbounded_channel();
        let (lifeline, talking) = watch::channel(());
        tokio::spawn(read_answers(stdout, sender, logs.clone(), lifeline));
        tokio::spawn(read_talk(stderr, logs.clone()));
        let host = Self {
            group: child.id(),
            child,
            conversation: tokio::sync::Mutex::new(Conversation { questions, answers }),
            logs,
            talking,
        };
        let ready = host.ask(configuration).await?;
        Ok((host, ready))
    }

    /// Asks one thing and waits for its answer.
    pub(super) async fn ask(&self, question: &Value) -> Result<Value, HostError> {
        let mut conversation = self.conversation.lock().await;
        let line = format!("{question}\n");
        conversation
            .questions
            .write_all(line.as_bytes())
            .await
            .map_err(HostError::Deaf)?;
        let answer = time::timeout(PATIENCE, conversation.answers.recv())
            .await
            .map_err(|_elapsed| HostError::Silent)?;
        let answer = answer.ok_or(HostError::Ended)?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(HostError::Refused(error.to_owned())),
            None => Ok(answer),
        }
    }

    pub(super) fn logs(&self) -> Vec<String> {
        self.logs.all()
    }

    pub(super) fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until nothing more can come from the process.
    pub(super) async fn ended(&self) {
        // Nothing is ever sent: the other end is dropped with the process's output.
        let _ = self.talking.clone().changed().await;
    }

    /// Ends the process and waits for its end.
    pub(super) async fn stop(self) {
        let mut host = self;
        let mut conversation = host.conversation.lock().await;
        // A process that has ended already cannot be told to end.
        let _ = conversation.questions.write_all(b"{\"stop\":true}\n").await;
        drop(conversation);
        let ended = time::timeout(PATIENCE, host.child.wait()).await;
        // Who was killed could not end its own child.
        if !matches!(ended, Ok(Ok(status)) if status.success()) {
            kill_group(host.group).await;
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if thread::panicking() {
            self.logs.print();
        }
    }
}

/// Ends whatever is left of a process group, workerd above all.
async fn kill_group(leader: Option<u32>) {
    let Some(leader) = leader else { return };
    // What has ended already cannot be killed.
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{leader}")])
        .stderr(Stdio::null())
        .status()
        .await;
}

/// Holds the lifeline until the process has closed its output.
async fn read_answers(
    stdout: impl AsyncRead + Unpin,
    answers: UnboundedSender<Value>,
    logs: Logs,
    _lifeline: watch::Sender<()>,
) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str::<Value>(&line) {
            Ok(answer) if answer.get("log").is_none() => {
                // Nobody is asking any more: the host is being dropped.
                let _ = answers.send(answer);
            }
            Ok(log) => logs.add(
                log.pointer("/log/message")
                    .and_then(Value::as_str)
                    .unwrap_or(&line),
            ),
            Err(_not_json) => logs.add(&line),
        }
    }
}

async fn read_talk(stderr: impl AsyncRead + Unpin, logs: Logs) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        logs.add(&line);
    }
}

/// What the gate has logged, shared with the tasks that read it.
#[derive(Clone, Debug, Default)]
struct Logs(Arc<Mutex<Vec<String>>>);

impl Logs {
    fn add(&self, line: &str) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line.to_owned());
    }

    fn all(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    #[expect(
        clippy::print_stderr,
        reason = "the test harness captures only what goes through this macro"
    )]
    fn print(&self) {
        eprintln!("--- the gate's log:");
        for line in self.all() {
            eprintln!("{line}");
        }
    }
}

/// Starting takes about a second, any command some milliseconds; a machine under heavy load may need many times that.
const PATIENCE: Duration = Duration::from_mins(1);

/// Why the process does not answer.
#[derive(Debug)]
pub enum HostError {
    /// It does not take a question.
    Deaf(io::Error),
    /// It ended before it answered.
    Ended,
    /// Node.js cannot be started.
    NotStarted(io::Error),
    /// It answered with an error.
    Refused(String),
    /// It did not answer in time.
    Silent,
}

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deaf(error) => write!(f, "the gate's process takes no command: {error}"),
            Self::Ended => write!(
                f,
                "the gate's process ended; run `cargo xtask setup` and `cargo xtask build`"
            ),
            Self::NotStarted(error) => write!(
                f,
                "`{}` cannot be started: {error}; run `cargo xtask setup`",
                places::node().display()
            ),
            Self::Refused(error) => write!(f, "the gate's process says: {error}"),
            Self::Silent => write!(
                f,
                "the gate's process did not answer within {} s",
                PATIENCE.as_secs()
            ),
        }
    }
}
