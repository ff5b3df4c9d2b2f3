//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use crate::scenario::Scenario;

/// Proves a deploy: registers a fresh user, logs in, reaches the instance through the gate, and names the cause when it fails.
#[derive(Debug, Parser)]
#[command(name = "usher", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What one can ask for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a scenario against the deployment that usher.toml describes
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
}

/// The options of `usher verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The file that describes the deployment
    #[arg(long, value_name = "FILE", default_value = "usher.toml")]
    pub(crate) config: PathBuf,

    /// The story to play
    #[arg(long, value_enum, default_value_t = Scenario::NewUser)]
    pub(crate) scenario: Scenario,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

/// How a run is reported.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a person: what is wrong and how to cure it, then the steps
    Human,
    /// For a program: everything, as one JSON object
    Json,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    passed
  1    failed: the deploy is wrong
  2    usage or configuration
  3    broken: it could not be found out whether the deploy is right
  4    nothing ran
  5    passed, but the clean-up is incomplete
  130  interrupted; what was created has been removed, or is named";

const VERIFY_EXAMPLES: &str = "\
Examples:
  usher verify
  usher verify --config staging.toml
  usher verify --report json > run.json

Exit codes:
  0 passed, 1 failed, 2 usage or configuration, 3 broken, 4 nothing ran,
  5 passed but clean-up incomplete, 130 interrupted

The report goes to standard output, progress to standard error. Tokens, passwords
and secrets are replaced by *** in both.";

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::outcome::ExitCode;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_names_every_exit_code() {
        for code in ExitCode::ALL {
            let number = u8::from(code).to_string();
            assert!(EXIT_CODES.contains(&format!("  {number} ")), "{number}");
            assert!(VERIFY_EXAMPLES.contains(&format!("{number} ")), "{number}");
        }
    }
}
