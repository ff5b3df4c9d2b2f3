//! The command line.

pub(crate) mod given;
pub(crate) mod operator;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use policy::contract::sql::table::Identifier;
use policy::issuer::Algorithm;
use policy::standing::IssuerUrl;

use crate::contract::TableName;
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
    /// Look up and change instances and their statuses at a gate
    Instance(operator::Instance),
    /// Look up and change users at a gate
    User(operator::User),
    /// Look up and change orgs and their members at a gate
    Org(operator::orgs::Org),
    /// Invite an address into an org, and look up and withdraw invitations
    Invite(operator::orgs::Invite),
    /// Look up and end sessions at a gate
    Session(operator::Session),
    /// What happened at a gate, the newest first
    Events(operator::Events),
    /// Print the contract of the statuses for another program to hold
    #[command(subcommand, after_help = CONTRACT_EXAMPLES)]
    Contract(Contract),
    /// Print a fresh key with which a gate signs what it tells its apps: `usher key | npx wrangler secret put USHER_ASSERTION_KEY`
    Key,
}

/// For whom the contract is printed.
#[derive(Debug, Subcommand)]
pub(crate) enum Contract {
    /// JSON Schema (draft 2020-12) of a status and of the admin API's records
    JsonSchema,
    /// A table for your documentation
    Markdown,
    /// A script after which a table of instances holds no wrong status and makes no illegal step
    #[command(after_help = SQL_EXAMPLES)]
    Sql(ContractSql),
    /// A module with the statuses, what may follow each, and the admin API's records
    Typescript,
}

/// The options of `usher contract sql`.
#[derive(Debug, clap::Args)]
pub(crate) struct ContractSql {
    /// Whose SQL
    #[arg(long, value_enum)]
    pub(crate) dialect: DialectName,

    /// The table that holds instances, as the database stores its name; in PostgreSQL also SCHEMA.NAME
    #[arg(long, value_name = "NAME", default_value = "instances")]
    pub(crate) table: TableName,

    /// The column that says which instance it is
    #[arg(long, value_name = "NAME", default_value = "id", value_parser = Identifier::parse)]
    pub(crate) key_column: Identifier,

    /// The column that holds the status
    #[arg(long, value_name = "NAME", default_value = "status", value_parser = Identifier::parse)]
    pub(crate) status_column: Identifier,

    /// The column that holds what a suspended instance was before; PostgreSQL adds it where it is missing
    #[arg(long, value_name = "NAME", default_value = "suspended_from", value_parser = Identifier::parse)]
    pub(crate) suspended_from_column: Identifier,

    /// Let new rows begin in any status, while you import them; run the script without it afterwards
    #[arg(long)]
    pub(crate) any_first_status: bool,
}

/// Whose SQL.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum DialectName {
    /// PostgreSQL 14 or newer
    Postgres,
    /// SQLite, also as Cloudflare D1
    Sqlite,
}

/// What can be looked at on its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Check {
    /// Hold your own table of instances against the meaning of the statuses
    #[command(after_help = CHECK_CONTRACT_EXAMPLES)]
    Contract(CheckContract),
    /// Say why the gate admits a token, or why not; the token itself is never printed
    #[command(after_help = TOKENS_EXAMPLES)]
    Tokens(CheckTokens),
}

/// The options of `usher check contract`.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckContract {
    /// The file whose `[contract]` names the table
    #[arg(long, value_name = "FILE", default_value = "usher.toml")]
    pub(crate) config: PathBuf,

    /// Make healthy apps that were left behind `ready`, by legal steps; the plan is shown first
    #[arg(long)]
    pub(crate) fix: bool,

    /// Do what --fix plans without asking
    #[arg(long, requires = "fix")]
    pub(crate) yes: bool,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
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

const CHECK_CONTRACT_EXAMPLES: &str = "\
Examples:
  usher check contract
  usher check contract --config staging.toml --report json
  usher check contract --fix

Nothing is changed without --fix, and a word that is no status is never guessed at.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: the database, or a part of it, could not be looked into";

const CONTRACT_EXAMPLES: &str = "\
Examples:
  usher contract sql --dialect postgres | psql \"$DATABASE_URL\"
  usher contract typescript > src/usher.ts
  usher contract json-schema > usher.schema.json

All of it is generated from the one definition of the statuses that the gate decides
by. Print it again after an update of Usher.";

const SQL_EXAMPLES: &str = "\
Examples:
  usher contract sql --dialect postgres --table public.user_instances \\
    --key-column user_id | psql \"$DATABASE_URL\"
  usher contract sql --dialect sqlite > migrations/0002_statuses.sql

The script may be run again. It changes no row: old rows that are wrong stay, and
may only become right. In PostgreSQL its last statements fail as long as there are
any; new rows are held all the same.

Exit codes:
  0 printed, 2 usage";

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
