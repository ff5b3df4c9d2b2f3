//! The plain engine as a program, and the way to try one input again. `cargo xtask fuzz` starts it and reads what it says.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use fuzz::runner::{self, Budget};
use fuzz::target::Target;

#[derive(Debug, Parser)]
#[command(name = "fuzz", about = "Looks for an input that breaks a law")]
struct Arguments {
    /// The reader to try
    #[arg(value_parser = target, required_unless_present = "list")]
    target: Option<Target>,
    /// Name the readers, each with the longest input worth trying
    #[arg(long)]
    list: bool,
    /// Try one input again and nothing else
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Stop after so many executions
    #[arg(long, default_value_t = 1_000_000)]
    executions: u64,
    /// Stop after so many seconds instead
    #[arg(long)]
    seconds: Option<u64>,
    /// Where an input that breaks the law is written, with `finding` at the end
    #[arg(long, value_name = "PREFIX", default_value = "")]
    findings: String,
}

fn target(name: &str) -> Result<Target, String> {
    Target::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Target::ALL.into_iter().map(Target::name).collect();
        format!("one of {}", names.join(", "))
    })
}

fn main() -> io::Result<ExitCode> {
    let arguments = Arguments::parse();
    match arguments.target {
        Some(target) if !arguments.list => tried(target, &arguments),
        Some(_) | None => {
            for target in Target::ALL {
                writeln!(io::stdout(), "{} {}", target.name(), target.max_bytes())?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn tried(target: Target, arguments: &Arguments) -> io::Result<ExitCode> {
    if let Some(path) = &arguments.input {
        let kept = runner::attempt(target, &fs::read(path)?);
        return Ok(match kept {
            None => ExitCode::FAILURE,
            Some(outcome) => {
                writeln!(io::stderr(), "{outcome:?}, and the law is kept")?;
                ExitCode::SUCCESS
            }
        });
    }
    let budget = arguments
        .seconds
        .map_or(Budget::Executions(arguments.executions), |seconds| {
            Budget::Time(Duration::from_secs(seconds))
        });
    let report = runner::run(target, budget, 0);
    // The words of libFuzzer, so that who starts either engine reads one language.
    let mut out = io::stderr();
    if let Some(input) = &report.finding {
        let path = format!("{}finding", arguments.findings);
        fs::write(&path, input)?;
        writeln!(out, "Test unit written to {path}")?;
    }
    writeln!(out, "stat::number_of_executed_units: {}", report.executions)?;
    Ok(if report.finding.is_some() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
