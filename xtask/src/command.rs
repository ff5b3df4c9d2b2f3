//! Running other programs, and saying plainly when one is missing or fails.

use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Output, Stdio};
use std::time::Instant;

use crate::talk;

/// A program that tasks run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Program {
    Cargo,
    CargoDeny,
    CxxCompiler,
    Fuzzer,
    Hurl,
    Node,
    Npm,
    Postgres,
    Python,
    Rustc,
    Rustup,
    Versus,
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::CargoDeny => "cargo-deny",
            Self::CxxCompiler => "c++",
            Self::Fuzzer => "the fuzzer",
            Self::Hurl => "hurl",
            Self::Node => "node",
            Self::Npm => "npm",
            Self::Postgres => "postgres",
            Self::Python => "python3",
            Self::Rustc => "rustc",
            Self::Rustup => "rustup",
            Self::Versus => "the comparison",
        }
    }

    /// What to do when it is not there.
    const fn cure(self) -> &'static str {
        match self {
            Self::Cargo | Self::Rustc | Self::Rustup => "install Rust from https://rustup.rs",
            Self::CargoDeny => "run `cargo install cargo-deny --locked`",
            Self::CxxCompiler => "install a C++ compiler",
            Self::Fuzzer => "run `cargo xtask fuzz` again, which builds it",
            Self::Hurl => "run `cargo install hurl --version 8.0.1 --locked`",
            Self::Versus => "run `cargo xtask bench` again, which builds it",
            Self::Node | Self::Npm => "install Node.js 22 or newer from https://nodejs.org",
            Self::Postgres => "it comes with `npm ci` for Linux on x86-64 only",
            Self::Python => "install Python 3.10 or newer with venv and pip",
        }
    }
}

/// A command line about to be run.
#[derive(Debug)]
pub(crate) struct Run {
    program: Program,
    command: Command,
}

impl Run {
    /// The program of that name on the PATH.
    pub(crate) fn new(program: Program) -> Self {
        Self::at(program, PathBuf::from(program.name()))
    }

    /// The program at that place.
    pub(crate) fn at(program: Program, path: PathBuf) -> Self {
        // On Windows npm is a script, which only its full name starts.
        let path = if cfg!(windows) && program == Program::Npm {
            PathBuf::from("npm.cmd")
        } else {
            path
        };
        Self {
            program,
            command: Command::new(path),
        }
    }

    pub(crate) fn arguments<A: AsRef<OsStr>>(
        mut self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Self {
        self.command.args(arguments);
        self
    }

    pub(crate) fn variable(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn folder(mut self, path: &std::path::Path) -> Self {
        self.command.current_dir(path);
        self
    }

    /// Runs it with our own output, so that its progress is seen.
    pub(crate) fn show(mut self) -> Result<(), CommandError> {
        let status = self
            .command
            .status()
            .map_err(|source| self.unstartable(source))?;
        self.expect_success(status, String::new())
    }

    /// Runs it silently and gives its standard output; what it said is shown only when it fails.
    pub(crate) fn capture(mut self) -> Result<String, CommandError> {
        let output = self
            .command
            .stdin(Stdio::null())
            .output()
            .map_err(|source| self.unstartable(source))?;
        let Output {
            status,
            stdout,
            stderr,
        } = output;
        self.expect_success(status, String::from_utf8_lossy(&stderr).into_owned())?;
        Ok(String::from_utf8_lossy(&stdout).into_owned())
    }

    /// Runs it with its standard output captured and its standard error shown.
    pub(crate) fn capture_stdout(mut self) -> Result<String, CommandError> {
        let output = self
            .command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| self.unstartable(source))?;
        self.expect_success(output.status, String::new())?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs it silently and gives whether it succeeded and what it said on standard error: for programs whose failure is an answer.
    pub(crate) fn observe(mut self) -> Result<(bool, String), CommandError> {
        let output = self
            .command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .map_err(|source| self.unstartable(source))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((output.status.success(), said))
    }

    /// Runs it silently and says in one line what was done and how long it took.
    pub(crate) fn announce(self, done: &str) -> Result<(), CommandError> {
        let started = Instant::now();
        self.capture()?;
        talk::say_done(done, started.elapsed());
        Ok(())
    }

    /// Runs it with our own output, and with a standard input that closes when we end, however we end.
    pub(crate) fn show_while_we_live(mut self) -> Result<(), CommandError> {
        let mut child = self
            .command
            .stdin(Stdio::piped())
            .spawn()
            .map_err(|source| self.unstartable(source))?;
        // Waiting through the child would close the pipe first.
        let lifeline = child.stdin.take();
        let status = child.wait().map_err(|source| self.unstartable(source))?;
        drop(lifeline);
        self.expect_success(status, String::new())
    }

    fn expect_success(&self, status: ExitStatus, said: String) -> Result<(), CommandError> {
        if status.success() {
            Ok(())
        } else {
            Err(CommandError::Unsuccessful {
                line: self.line(),
                status,
                said,
            })
        }
    }

    fn unstartable(&self, source: io::Error) -> CommandError {
        if source.kind() == io::ErrorKind::NotFound {
            CommandError::Missing(self.program)
        } else {
            CommandError::Unstartable {
                line: self.line(),
                source,
            }
        }
    }

    fn line(&self) -> String {
        let words = std::iter::once(OsStr::new(self.program.name())).chain(self.command.get_args());
        words
            .map(OsStr::to_string_lossy)
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Why a program did not do its work.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// It is not installed.
    Missing(Program),
    /// It ran and failed.
    Unsuccessful {
        line: String,
        status: ExitStatus,
        said: String,
    },
    /// It is there and does not start.
    Unstartable { line: String, source: io::Error },
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(program) => {
                write!(f, "`{}` was not found; {}", program.name(), program.cure())
            }
            Self::Unsuccessful { line, status, said } => {
                write!(f, "`{line}` failed ({status})")?;
                if said.trim().is_empty() {
                    Ok(())
                } else {
                    write!(f, ":\n{}", said.trim_end())
                }
            }
            Self::Unstartable { line, source } => write!(f, "`{line}` cannot be started: {source}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_its_cure() {
        let error = Run::at(Program::CargoDeny, PathBuf::from("/nowhere/cargo-deny"))
            .capture()
            .unwrap_err();
        let sentence = "`cargo-deny` was not found; run `cargo install cargo-deny --locked`";
        assert_eq!(error.to_string(), sentence);
    }

    #[test]
    fn what_a_failed_program_said_is_shown() {
        let error = Run::new(Program::Cargo)
            .arguments(["no-such-command"])
            .capture()
            .unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("`cargo no-such-command` failed (exit status: 101):\n"),
            "{error}"
        );
    }
}
