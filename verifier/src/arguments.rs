//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use policy::issuer::Algorithm;
use policy::standing::IssuerUrl;

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
    /// Look at one part of the platform on its own
    #[command(subcommand)]
    Check(Check),
}

/// What can be looked at on its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Check {
    /// Say why the gate admits a token, or why not; the token itself is never printed
    #[command(after_help = TOKENS_EXAMPLES)]
    Tokens(CheckTokens),
}

/// The options of `usher check tokens`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckTokens {
    /// The token, or `-` to read it from standard input, which keeps it out of the history of the shell
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,

    /// The gate's configuration [default: wrangler.toml in this folder, unless --jwks is given]
    #[arg(long, value_name = "PATH")]
    pub(crate) wrangler: Option<PathBuf>,

    /// A key set to judge by, or to take in place of the one that --wrangler names
    #[arg(long, value_name = "URL|FILE")]
    pub(crate) jwks: Option<String>,

    /// The `iss` to expect, where no configuration of a gate is read
    #[arg(long, value_name = "ISS", requires_all = ["audience", "jwks"], conflicts_with = "wrangler", value_parser = issuer)]
    pub(crate) issuer: Option<IssuerUrl>,

    /// An `aud` to expect; may be given more than once
    #[arg(long, value_name = "AUD", requires = "issuer")]
    pub(crate) audience: Vec<String>,

    /// An algorithm to allow: ES256, RS256 or `EdDSA`; all of them unless given
    #[arg(long, value_name = "ALG", requires = "jwks", conflicts_with = "wrangler", value_parser = algorithm)]
    pub(crate) algorithm: Vec<Algorithm>,

    /// Judge for this moment instead of now
    #[arg(long, value_name = "UNIX_SECONDS")]
    pub(crate) at: Option<u64>,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

fn issuer(name: &str) -> Result<IssuerUrl, String> {
    IssuerUrl::new(name).ok_or_else(|| "give the exact `iss`".to_owned())
}

/// HS256 needs a secret, and a secret on a command line is none.
fn algorithm(name: &str) -> Result<Algorithm, String> {
    Algorithm::parse(name)
        .filter(|algorithm| *algorithm != Algorithm::Hs256)
        .ok_or_else(|| {
            "give ES256, RS256 or EdDSA; for HS256 name the secret in wrangler.toml".to_owned()
        })
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

const TOKENS_EXAMPLES: &str = "\
Examples:
  pbpaste | usher check tokens -
  usher check tokens - --wrangler ../gate/wrangler.toml < token.txt
  usher check tokens - --jwks https://id.example.com/jwks.json
  usher check tokens - --jwks keys.json --issuer https://id.example.com \\
    --audience usher --algorithm RS256 --at 1767225600

The issuers are those of [vars] USHER_ISSUERS, read as the gate reads them. The
value of a secret (HS256) is taken from the environment variable of its name, or
from .dev.vars beside wrangler.toml. With --jwks alone only form, key and
signature are judged.

Exit codes:
  0 the gate would admit it, 1 it would refuse it, 2 usage or configuration,
  3 could not find out: no answer from the key endpoint, or an unknown secret";

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
