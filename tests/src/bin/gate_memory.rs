//! What the gate takes of memory while more and more different visitors come.
//!
//! `cargo xtask bench --only memory` builds everything and runs this program, which prints one JSON object. It wants Linux, whose accounting
//! it reads and whose scheduler it tells which core is for what.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(about = "What the gate takes of memory while more and more different visitors come")]
struct Arguments {
    /// How many come
    #[arg(long, default_value_t = 1_000_000)]
    visitors: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let said = match measured(&arguments).await {
        Ok(line) => writeln!(io::stdout(), "{line}").map_err(|error| error.to_string()),
        Err(problem) => Err(problem),
    };
    match said {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // A closed stderr is no reason for another code.
            let _ = writeln!(io::stderr(), "error: {problem}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(target_os = "linux")]
async fn measured(arguments: &Arguments) -> Result<String, String> {
    let found = tests::bench::remembering(arguments.visitors).await;
    found
        .map(|found| found.to_string())
        .map_err(|error| error.to_string())
}

#[cfg(not(target_os = "linux"))]
async fn measured(_arguments: &Arguments) -> Result<String, String> {
    Err("the memory of a process is measured on Linux only".to_owned())
}
