//! What the gate costs beside what people would use instead: CPU a request, throughput, first answers, questions to the authority.
//!
//! `cargo xtask bench` builds everything and runs this program, which prints one JSON object with every round. It wants Linux, whose
//! accounting it reads and whose scheduler it tells which core is for what.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(about = "What the gate costs beside what people would use instead")]
struct Arguments {
    /// How often each variant runs
    #[arg(long, default_value_t = 12)]
    rounds: usize,
    /// Fewer requests a round
    #[arg(long)]
    quick: bool,
    /// Only this contest; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
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
    use tests::bench::{Contest, Effort, measure};

    let named = arguments.only.iter().map(|name| {
        let found = Contest::ALL.into_iter().find(|known| known.word() == name);
        found.ok_or_else(|| {
            let known = Contest::ALL.map(Contest::word).join("`, `");
            format!("there is no contest `{name}`; there are `{known}`")
        })
    });
    let only = named.collect::<Result<Vec<_>, _>>()?;
    let effort = Effort {
        rounds: arguments.rounds,
        quick: arguments.quick,
    };
    let found = measure(effort, &only).await;
    found
        .map(|found| found.to_string())
        .map_err(|error| error.to_string())
}

#[cfg(not(target_os = "linux"))]
async fn measured(_arguments: &Arguments) -> Result<String, String> {
    Err("the time of a process is measured on Linux only".to_owned())
}
