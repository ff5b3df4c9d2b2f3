//! The one place where output leaves, and where it is freed of secrets.
//!
//! Secrets that leak one report format at a time are the common defect of tools like this one; here no format can write
//! past [`Outlet`], because the lints deny every other way to print.

use std::fs::File;
use std::io::{self, IsTerminal as _};
use std::path::Path;

use crate::redaction::Secrets;

/// Where all output of the program leaves.
#[derive(Debug)]
pub(crate) struct Outlet<'a> {
    secrets: &'a Secrets,
    /// Whether standard error is a terminal.
    pub(crate) talk_is_live: bool,
    /// Whether standard output is a terminal.
    pub(crate) report_is_live: bool,
}

impl<'a> Outlet<'a> {
    pub(crate) fn new(secrets: &'a Secrets) -> Self {
        Self {
            secrets,
            talk_is_live: io::stderr().is_terminal(),
            report_is_live: io::stdout().is_terminal(),
        }
    }

    /// Writes to standard output: the report. A text is always whole, so that no secret can be split between two writes.
    pub(crate) fn report(&self, text: &str) {
        self.write(&mut io::stdout().lock(), text);
    }

    /// Writes a part of a report that goes on for as long as somebody reads it; says whether somebody still does.
    pub(crate) fn report_on(&self, text: &str) -> bool {
        self.pass(&mut io::stdout().lock(), text).is_ok()
    }

    /// Writes to standard error: everything else.
    pub(crate) fn talk(&self, text: &str) {
        self.write(&mut io::stderr().lock(), text);
    }

    /// Writes a file anew.
    pub(crate) fn file(&self, path: &Path, text: &str) -> io::Result<()> {
        self.pass(&mut File::create(path)?, text)
    }

    /// Writes at the end of a file.
    pub(crate) fn append(&self, path: &Path, text: &str) -> io::Result<()> {
        let mut file = File::options().create(true).append(true).open(path)?;
        self.pass(&mut file, text)
    }

    fn write(&self, sink: &mut dyn io::Write, text: &str) {
        // Whoever closed the other end does not want to hear about it; the exit code still tells how the run went.
        let _closed = self.pass(sink, text);
    }

    fn pass(&self, sink: &mut dyn io::Write, text: &str) -> io::Result<()> {
        let redacted = self.secrets.redact(text);
        sink.write_all(redacted.as_bytes())?;
        sink.flush()
    }
}
