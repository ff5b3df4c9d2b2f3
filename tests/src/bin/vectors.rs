//! Every file of a folder of vectors against the gate's own code: natively, in workerd, and through a running gate.
//!
//! `cargo xtask vectors` builds everything and becomes this program.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tests::gate::GateError;
use tests::places;
use tests::vectors::{FileReport, Folder, FolderError, Kind, Runner, Tally, Workerd};

#[derive(Debug, Parser)]
#[command(
    about = "Every file of a folder of vectors against the gate's own code, natively and in workerd"
)]
struct Arguments {
    /// The folder, laid out like ../shared/vectors
    folder: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let folder = arguments.folder.unwrap_or_else(places::vectors);
    match run(&folder).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            // A closed stderr is no reason for another code.
            let _ = writeln!(io::stderr(), "error: {problem}");
            ExitCode::from(2)
        }
    }
}

/// Whether every verdict is right.
async fn run(folder: &std::path::Path) -> Result<bool, Problem> {
    let folder = Folder::open(folder).map_err(Problem::Folder)?;
    let workerd = Workerd::start().await.map_err(Problem::Gate)?;
    say(&format!(
        "{:<52} {:<13}{}",
        "file",
        "runner",
        Tally::HEADINGS
    ));
    let mut reports = Vec::new();
    for (name, kind) in folder.parts() {
        let report = judge(&folder, &name, kind, &workerd).await;
        say(report.text().trim_end());
        reports.push(report);
    }
    workerd.stop().await;
    for name in folder.missing() {
        say(&format!("missing: {name}"));
    }
    for name in folder.unknown() {
        say(&format!("unknown file, not judged: {name}"));
    }
    Ok(sum_up(&reports))
}

/// A file that cannot be read is a fault of its own, and the others are judged all the same.
async fn judge(folder: &Folder, name: &str, kind: Kind, workerd: &Workerd) -> FileReport {
    match folder.put(name, kind, workerd).await {
        Ok(report) => report,
        Err(unreadable) => {
            let mut report = FileReport::new(name, 0);
            report.faults.push(unreadable.to_string());
            report
        }
    }
}

fn sum_up(reports: &[FileReport]) -> bool {
    say("");
    for runner in Runner::ALL {
        let mut total = Tally::default();
        for report in reports {
            total.absorb(report.tally(runner));
        }
        if total.asked > 0 {
            say(&format!(
                "{:<52} {:<13}{}",
                "total",
                runner.name(),
                total.row()
            ));
        }
    }
    let faults: usize = reports.iter().map(|report| report.faults.len()).sum();
    match faults {
        0 => say("\nevery verdict is right, and native and workerd agree"),
        1 => say("\n1 fault, marked WRONG above"),
        more => say(&format!("\n{more} faults, marked WRONG above")),
    }
    faults == 0
}

fn say(line: &str) {
    // A closed stdout is no reason to stop.
    let _ = writeln!(io::stdout().lock(), "{line}");
}

/// Why nothing was judged.
#[derive(Debug)]
enum Problem {
    Folder(FolderError),
    Gate(GateError),
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder(error) => error.fmt(f),
            Self::Gate(error) => write!(f, "the gate did not start: {error}"),
        }
    }
}
