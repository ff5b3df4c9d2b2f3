//! The command line.

pub(crate) mod baseline;
pub(crate) mod check;
pub(crate) mod cleanup;
pub(crate) mod diagnose;
pub(crate) mod given;
pub(crate) mod incident;
pub(crate) mod operator;
pub(crate) mod report;

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use policy::contract::sql::table::Identifier;

use crate::arguments::baseline::Against;
use crate::arguments::report::ReportTo;
use crate::configuration::USUAL_FILE;
use crate::configuration::address::BaseUrl;
use crate::contract::TableName;
use crate::findings::code::Code;
use crate::preset::Preset;
use crate::programme::Wanted;
use crate::version::{VersionName, VersionOverride};

/// Proves a deploy (`verify`), looks at one part of it (`check`), and does at a gate what its operators do.
#[derive(Debug, Parser)]
#[command(name = "usher", version, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Arguments {
    /// Reads them, or ends with what is wrong with them, as clap says it.
    pub(crate) fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| without_bad_advice(error).exit())
    }
}

/// For any option that it does not know clap advises `-- --option`, which takes it for a name. Nothing here has such a name: whoever
/// follows that ends a session that is not there.
fn without_bad_advice(mut error: clap::Error) -> clap::Error {
    if let Some(ContextValue::StyledStrs(mut tips)) = error.remove(ContextKind::Suggested) {
        tips.retain(|tip| !tip.to_string().contains("as a value"));
        if !tips.is_empty() {
            error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
        }
    }
    error
}

/// What one can ask for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run one or several scenarios against the deployment that usher.toml describes
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
    /// Write a commented usher.toml to begin with; asks where nothing is said
    #[command(after_help = INIT_EXAMPLES)]
    Init(Init),
    /// What usher.toml may say
    #[command(subcommand)]
    Config(Config),
    /// Remove the users of runs that were killed; what no run wrote down is never touched
    #[command(after_help = CLEANUP_EXAMPLES)]
    Cleanup(cleanup::Cleanup),
    /// Look at one part of the platform on its own
    #[command(subcommand)]
    Check(check::Check),
    /// Follow one user's chain, from their identity to what they see, up to the first link that is broken
    #[command(after_help = diagnose::EXAMPLES)]
    Diagnose(diagnose::Diagnose),
    /// Write what has to be told to people when a run did not pass, from its JSON report
    #[command(after_help = incident::EXAMPLES)]
    Report(incident::Report),
    /// Say what a cause means, how it is known and what it takes to mend it; every cause, unless one is named
    Explain {
        /// Its stable name, such as `instance_stuck`
        #[arg(value_parser = cause)]
        cause: Option<Code>,
    },
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
    /// Print what a shell has to read to complete this command line
    #[command(after_help = COMPLETION_EXAMPLES)]
    Completions {
        /// Whose language
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the manual page of `usher`, or write those of all commands into a folder
    #[command(after_help = MAN_EXAMPLES)]
    Man {
        /// Where the pages go, such as ~/.local/share/man/man1
        folder: Option<PathBuf>,
    },
}

fn cause(word: &str) -> Result<Code, String> {
    Code::parse(word).map_err(|right| match right {
        Some(right) => format!("did you mean `{right}`?"),
        None => "`usher explain` without a name lists them all".to_owned(),
    })
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

/// The options of `usher verify`.
#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The file that describes the deployment
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// The stories to play, side by side, each with a user of its own; several with commas, or one by one
    #[arg(
        long = "scenario",
        value_enum,
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "new-user"
    )]
    pub(crate) scenarios: Vec<Wanted>,

    /// How many stories are played at the same time
    #[arg(long, value_name = "N", default_value = "4")]
    pub(crate) jobs: NonZeroUsize,

    /// How often all of them are played, one time after the other, to say how long each step takes; the first run that does not pass is
    /// the last
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) repeat: NonZeroU32,

    #[command(flatten)]
    pub(crate) against: Against,

    /// The platform has no owner yet, and a user of this run may become it: only where it is thrown away afterwards
    #[arg(long)]
    pub(crate) allow_bootstrap: bool,

    /// How the result is written: human, json, junit, tap, html or github; to standard output, or to a file. May be given several times
    #[arg(long = "report", value_name = "FORMAT[=FILE]", default_value = "human")]
    pub(crate) reports: Vec<ReportTo>,

    /// Wait until this version of the gate answers, by its id or its tag, and count no run in which another one did
    #[arg(long, value_name = "VERSION")]
    pub(crate) expect_version: Option<VersionName>,

    /// Ask Cloudflare to let this version of a Worker answer, also where it serves no traffic yet
    #[arg(long, value_name = "WORKER=ID")]
    pub(crate) version_override: Option<VersionOverride>,

    /// How long the version is waited for, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) version_within: u64,

    /// Print what would be sent, in its order, and send nothing
    #[arg(long, conflicts_with = "reports")]
    pub(crate) plan: bool,

    /// Try whether wrong expectations are noticed: each has to fail a run at its step
    #[arg(long, conflicts_with_all = ["plan", "repeat", "reports", "scenarios"])]
    pub(crate) self_test: bool,
}

/// The options of `usher init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The file to write; one that is there is never touched
    #[arg(default_value = USUAL_FILE)]
    pub(crate) file: PathBuf,

    /// How your users log in
    #[arg(long, value_enum)]
    pub(crate) preset: Option<Preset>,

    /// The address of the gate
    #[arg(long, value_name = "URL", value_parser = given::gate, conflicts_with = "app", requires = "preset")]
    pub(crate) gate: Option<BaseUrl>,

    /// Without a gate: the address where users reach their app
    #[arg(long, value_name = "URL", value_parser = given::gate, requires = "preset")]
    pub(crate) app: Option<BaseUrl>,

    /// The address of the service that registers users and logs them in
    #[arg(long, value_name = "URL", value_parser = given::gate, requires = "preset")]
    pub(crate) identity: Option<BaseUrl>,
}

/// What is said of usher.toml.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Config {
    /// Its JSON Schema (draft 7): `usher config schema > usher.schema.json`, for a first line `#:schema usher.schema.json`
    Schema,
}

impl Verify {
    /// The version that has to answer: who asks for one by override wants no other.
    pub(crate) fn wanted_version(&self) -> Option<&VersionName> {
        let overridden = self.version_override.as_ref().map(|asked| &asked.version);
        self.expect_version.as_ref().or(overridden)
    }
}

/// How a run is reported.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For a person
    Human,
    /// For a program: JSON
    Json,
}

const EXIT_CODES: &str = "\
Exit codes of every command:
  0    done, or what was looked at is right
  1    it is wrong, or the gate refused it
  2    usage or configuration
  3    it could not be found out
And of `usher verify`, and 5 of `usher cleanup`:
  4    nothing ran, or another version answered
  5    passed, but the clean-up is incomplete
  130  interrupted; what was created has been removed, or is named

`usher COMMAND --help` says more of each.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  usher verify
  usher verify --config staging.toml
  usher verify --scenario all               # what this configuration can tell
  usher verify --scenario new-user,denied --jobs 1
  usher verify --report json > run.json     # everything, as one object
  usher verify --report human --report junit=usher.xml --report html=usher.html
  usher verify --plan                       # what would be sent
  usher verify --repeat 10                  # and how long each step took, P50 and P90
  usher verify --baseline last-good.json    # and whether a step became slower
  usher verify --expect-version \"$VERSION_ID\"
  usher verify --version-override my-gate=\"$VERSION_ID\"   # before it serves anybody

In GitHub Actions annotations and the summary of the step come by themselves.

Exit codes:
  0 passed, 1 failed, 2 usage or configuration, 3 broken,
  4 nothing ran or another version answered, 5 passed but clean-up incomplete,
  130 interrupted

Of several scenarios the gravest decides: interrupted, failed, broken, another
version, nothing ran, clean-up incomplete, passed. One that `all` had to skip is
reported as skipped, and counts as nothing.

The report goes to standard output, progress to standard error. Tokens, passwords
and secrets are replaced by *** in both.";

const CLEANUP_EXAMPLES: &str = "\
Examples:
  usher cleanup                             # lists them, and asks
  usher cleanup --older-than 1h --yes       # for a scheduled job
  usher cleanup --forget                    # they are gone already

Exit codes:
  0 nothing is left over, 2 usage, or nobody said yes, 5 somebody is left over";

const COMPLETION_EXAMPLES: &str = "\
Examples:
  usher completions bash > ~/.local/share/bash-completion/completions/usher
  usher completions zsh > ~/.zfunc/_usher     # a folder of fpath
  usher completions fish > ~/.config/fish/completions/usher.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  usher man | man -l -
  usher man ~/.local/share/man/man1";

const INIT_EXAMPLES: &str = "\
Examples:
  usher init                                # asks
  usher init --preset auth0 --gate https://app.example.com \\
    --identity https://example.eu.auth0.com
  usher init --preset form --app https://app.example.com staging.toml

It also writes usher.schema.json beside the file, unless there is one: editors with
an extension for TOML complete the keys and mark mistakes by it.

Exit codes:
  0 written, 2 usage, or the file is there already";

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
    fn an_option_that_is_not_there_is_not_to_be_passed_as_a_name() {
        for line in [
            "usher session end abc --yes",
            "usher user sign-out x --force",
            "usher events --users x",
        ] {
            let error = Arguments::try_parse_from(line.split(' ')).unwrap_err();
            let words = without_bad_advice(error).to_string();
            assert!(words.contains("unexpected argument '--"), "{words}");
            assert!(!words.contains("-- --"), "{words}");
        }
        let error = Arguments::try_parse_from(["usher", "events", "--users", "x"]).unwrap_err();
        let words = without_bad_advice(error).to_string();
        assert!(
            words.contains("'--user' exists")
                || words.contains("similar argument exists: '--user'"),
            "{words}"
        );
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
