//! Where the reports of a run go: standard output, files, and what a CI server offers besides.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::arguments::report::{Clash, ReportTo, RunFormat, apart};
use crate::configuration::Environment;
use crate::outlet::Outlet;
use crate::record::Record;
use crate::report::{self, Look, github};

/// The reports that were asked for, each with a place that takes it.
#[derive(Debug)]
pub(crate) struct Delivery<'a> {
    reports: &'a [ReportTo],
    /// In GitHub Actions annotations are written although nobody asked for them.
    annotates: bool,
    /// The summary of a step of GitHub Actions.
    summary: Option<PathBuf>,
}

/// Why a report cannot be written.
#[derive(Debug)]
pub(crate) enum DeliveryError {
    /// Two want the same place.
    Clash(Clash),
    /// The file cannot be written.
    File(PathBuf, io::Error),
}

impl<'a> Delivery<'a> {
    /// Makes sure, before anything is sent, that every report can be written afterwards.
    pub(crate) fn prepare(
        reports: &'a [ReportTo],
        environment: Environment<'_>,
    ) -> Result<Self, DeliveryError> {
        apart(reports).map_err(DeliveryError::Clash)?;
        for file in reports.iter().filter_map(|report| report.file.as_deref()) {
            open(file).map_err(|error| DeliveryError::File(file.to_owned(), error))?;
        }
        let in_actions = environment("GITHUB_ACTIONS").as_deref() == Some("true");
        let asked = reports
            .iter()
            .any(|report| report.format == RunFormat::Github);
        let summary = environment("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
        Ok(Self {
            reports,
            annotates: in_actions && !asked,
            summary: summary.filter(|_| in_actions || asked).map(PathBuf::from),
        })
    }

    /// Writes them all. What can be written is, also when something cannot.
    pub(crate) fn deliver(
        &self,
        record: &Record,
        look: Look,
        outlet: &Outlet<'_>,
    ) -> Result<(), DeliveryError> {
        let mut result = Ok(());
        for ReportTo { format, file } in self.reports {
            match file {
                None => outlet.report(&report::render(*format, record, look)),
                Some(file) => {
                    let text = report::render(*format, record, Look { coloured: false });
                    if let Err(error) = outlet.file(file, &text) {
                        result = Err(DeliveryError::File(file.clone(), error));
                    }
                }
            }
        }
        if self.annotates {
            // The runner reads commands from either stream, and only this one is never somebody's report.
            outlet.talk(&github::annotations(record));
        }
        if let Some(path) = &self.summary {
            summarise(path, record, outlet);
        }
        result
    }
}

/// The summary is a courtesy: a run is not judged by it.
fn summarise(path: &Path, record: &Record, outlet: &Outlet<'_>) {
    let taken = fs::metadata(path).map_or(0, |file| file.len());
    let taken = usize::try_from(taken).unwrap_or(usize::MAX);
    if let Err(error) = outlet.append(path, &github::summary(record, taken)) {
        let path = path.display();
        outlet.talk(&format!(
            "note: the summary of the step ({path}) was not written: {error}\n"
        ));
    }
}

/// Whether the file can be written, with what is in it left there: this run has nothing to say yet.
fn open(file: &Path) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::File::options()
        .create(true)
        .append(true)
        .open(file)
        .map(drop)
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clash(clash) => clash.fmt(f),
            Self::File(file, error) => {
                write!(f, "cannot write the report to {}: {error}", file.display())
            }
        }
    }
}
