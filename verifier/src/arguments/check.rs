//! The command line of `usher check`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use policy::issuer::Algorithm;
use policy::standing::IssuerUrl;

use crate::arguments::ReportFormat;
use crate::configuration::USUAL_FILE;
use crate::contract::TableName;
use crate::migrations::tool::Tool;

/// What can be looked at on its own.
#[derive(Debug, Subcommand)]
pub(crate) enum Check {
    /// Hold the gate's own files, usher.toml and the live gate against each other
    #[command(after_help = CONFIG_EXAMPLES)]
    Config(CheckConfig),
    /// Hold your own table of instances against the meaning of the statuses
    #[command(after_help = CHECK_CONTRACT_EXAMPLES)]
    Contract(CheckContract),
    /// Hold what the gate says to people in each state and language against the wording rules, and follow its links
    #[command(after_help = MESSAGES_EXAMPLES)]
    Messages(CheckLive),
    /// Hold the migrations of the code against what the database says of them: applied, pending, failed, edited, unknown
    #[command(after_help = MIGRATIONS_EXAMPLES)]
    Migrations(CheckMigrations),
    /// Whether what people have written is still there after a deploy, and the signs that it will not be
    #[command(after_help = PERSISTENCE_EXAMPLES)]
    Persistence(CheckPersistence),
    /// Hold a live database against what the deployed code expects of it: tables, columns, indexes
    #[command(after_help = SCHEMA_EXAMPLES)]
    Schema(CheckSchema),
    /// Try at the live gate what an attacker would try first; nothing is created and nothing is changed
    #[command(after_help = SECURITY_EXAMPLES)]
    Security(CheckLive),
    /// Say why the gate admits a token, or why not; the token itself is never printed
    #[command(after_help = TOKENS_EXAMPLES)]
    Tokens(CheckTokens),
    /// Whether sign-ups get from the identity provider to the platform: the webhook, its endpoint, what its handler needs
    #[command(after_help = WEBHOOKS_EXAMPLES)]
    Webhooks(CheckWebhooks),
}

/// The options of `usher check config`.
#[derive(Debug, Args)]
pub(crate) struct CheckConfig {
    /// The file whose `[target]` names the gate
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// The gate's configuration [default: wrangler.json, wrangler.jsonc or wrangler.toml in this folder]
    #[arg(long, value_name = "PATH")]
    pub(crate) wrangler: Option<PathBuf>,

    /// The environment of that configuration: `[env.NAME]`, and `.dev.vars.NAME` where it is there
    #[arg(long, value_name = "NAME")]
    pub(crate) env: Option<String>,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

/// The options of `usher check contract`.
#[derive(Debug, Args)]
pub(crate) struct CheckContract {
    /// The file whose `[contract]` names the table
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
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

/// The options of `usher check migrations`.
#[derive(Debug, Args)]
pub(crate) struct CheckMigrations {
    /// The file whose `[[databases]]` have `migrations`
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// The one database to look into; all that have `migrations`, unless given
    #[arg(long, value_name = "NAME")]
    pub(crate) database: Option<String>,

    /// The folder of the migrations, in place of what the file says
    #[arg(long, value_name = "PATH")]
    pub(crate) folder: Option<PathBuf>,

    /// What applies them, where it cannot be told: alembic, d1, flyway, plain, prisma, rails or sqlx
    #[arg(long, value_name = "NAME", requires = "folder")]
    pub(crate) tool: Option<Tool>,

    /// The table of what is applied, where it has not its usual name; with `--tool plain` TABLE.COLUMN
    #[arg(long, value_name = "TABLE", requires = "folder")]
    pub(crate) history: Option<String>,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

/// The options of `usher check persistence`.
#[derive(Debug, Args)]
pub(crate) struct CheckPersistence {
    /// The file that describes the deployment
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// Create the marker, a user unless --table is given, before a deploy
    #[arg(long, group = "moment")]
    pub(crate) before: bool,

    /// Look for the marker after the deploy, and remove it
    #[arg(long, group = "moment")]
    pub(crate) after: bool,

    /// Create the marker, run this command in a shell, and look for the marker
    #[arg(long, value_name = "DEPLOY COMMAND", group = "moment")]
    pub(crate) around: Option<String>,

    /// Let the marker be a row, in a table of this name that is made for it and dropped with it; it needs `[[databases]]` alone
    #[arg(long, value_name = "TABLE", requires = "moment")]
    pub(crate) table: Option<TableName>,

    /// The one database to write the row into; all of PostgreSQL and SQLite, unless given
    #[arg(long, value_name = "NAME", requires = "table")]
    pub(crate) database: Option<String>,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

/// The options of `usher check schema`.
#[derive(Debug, Args)]
pub(crate) struct CheckSchema {
    /// The file whose `[[databases]]` name the databases, and what is expected of each (`schema`, `indexes`)
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// Only the database of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) database: Option<String>,

    /// What to expect, instead of `schema` or `indexes`: SQL, a Prisma schema (a file, or a folder of them), a folder of
    /// migrations in SQL, or for MongoDB indexes in JSON
    #[arg(long, value_name = "PATH")]
    pub(crate) expect: Option<PathBuf>,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

/// The options of `usher check webhooks`.
#[derive(Debug, Args)]
pub(crate) struct CheckWebhooks {
    /// The file whose `[[webhooks]]` say what carries a sign-up
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// Only the one of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) webhook: Option<String>,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

/// The options of a check of what is deployed.
#[derive(Debug, Args)]
pub(crate) struct CheckLive {
    /// The file that describes the deployment
    #[arg(long, value_name = "FILE", default_value = USUAL_FILE)]
    pub(crate) config: PathBuf,

    /// How the result is written to standard output
    #[arg(long, value_enum, default_value_t = ReportFormat::Human)]
    pub(crate) report: ReportFormat,
}

/// The options of `usher check tokens`.
#[derive(Debug, Args)]
pub(crate) struct CheckTokens {
    /// The token, or `-` to read it from standard input, which keeps it out of the history of the shell
    #[arg(value_name = "TOKEN")]
    pub(crate) token: String,

    /// The gate's configuration [default: wrangler.json, wrangler.jsonc or wrangler.toml in this folder, unless --jwks is given]
    #[arg(long, value_name = "PATH")]
    pub(crate) wrangler: Option<PathBuf>,

    /// The environment of that configuration: `[env.NAME.vars]`, and `.dev.vars.NAME` where it is there
    #[arg(long, value_name = "NAME", conflicts_with = "issuer")]
    pub(crate) env: Option<String>,

    /// Judge as the deployed gate does: without .dev.vars, which only `wrangler dev` reads
    #[arg(long, conflicts_with = "issuer")]
    pub(crate) deployed: bool,

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

const CONFIG_EXAMPLES: &str = "\
Examples:
  usher check config
  usher check config --wrangler ../gate/wrangler.toml --env staging
  usher check config --config staging.toml --report json

The settings, bindings and routes of wrangler's file (with .dev.vars, where the
gate is on this machine), the key endpoints of the issuers, what usher.toml says
of the same, and what the gate says of itself. What an attacker would try is the
matter of `usher check security`.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: no answer, or secrets that cannot be seen here";

const CHECK_CONTRACT_EXAMPLES: &str = "\
Examples:
  usher check contract
  usher check contract --config staging.toml --report json
  usher check contract --fix

Nothing is changed without --fix, and a word that is no status is never guessed at.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: the database, or a part of it, could not be looked into";

const MESSAGES_EXAMPLES: &str = "\
Examples:
  usher check messages
  usher check messages --report json

Whoever waits must not read that they are refused, whoever is suspended not that
they should wait; everybody reads what to do next, and whom to ask where only a
person can help. The rules know English; of other languages only that there is a
next step is held.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration, 3 could not find out";

const MIGRATIONS_EXAMPLES: &str = "\
Examples:
  usher check migrations
  usher check migrations --database identity --report json
  usher check migrations --database identity --folder prisma/migrations
  usher check migrations --folder db/changes --tool plain --history applied.file

The folder and the database say which tool it is: Prisma, Alembic, sqlx, Flyway,
Rails, wrangler D1. Nothing is changed; the report has the commands that mend it.
A history that cannot be read is never an empty one.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: a database could not be looked into";

const PERSISTENCE_EXAMPLES: &str = "\
Examples:
  usher check persistence
  usher check persistence --around 'docker compose up --build --detach'
  usher check persistence --before; ./deploy.sh; usher check persistence --after
  usher check persistence --around ./deploy.sh --table usher_markers

A user is created before the deploy, logged in after it, and removed. With
--table it is a row, in a table that is made for it and dropped afterwards;
another table of that name is left alone, and so is every other row. Without a
deploy only the signs are looked at: a SQLite file that is not on a volume (run
it where the app runs), and a database that is not the one the app is given
(`app_env_file` in [[databases]]).

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: nobody can log in at all, or a part could not be looked at";

const SCHEMA_EXAMPLES: &str = "\
Examples:
  usher check schema
  usher check schema --database platform --expect prisma/schema.prisma
  pg_dump --schema-only \"$STAGING_URL\" > expected.sql
  usher check schema --expect expected.sql --report json

Any ORM can print what it expects: `npx prisma migrate diff --from-empty
--to-schema-datamodel prisma/schema.prisma --script`, `alembic upgrade head
--sql`. With `scratch_env` in [[databases]] it is applied to a fresh database of
that PostgreSQL server, which is dropped afterwards; without, it is read. The
database itself is never changed: the report has the SQL that mends it. More
tables, columns and indexes than expected are in order. Of MongoDB, `indexes`
lists what the code declares in JSON; told is what createIndex would answer.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: a database, or a part of it, could not be looked into";

const SECURITY_EXAMPLES: &str = "\
Examples:
  usher check security
  usher check security --config staging.toml --report json

Requests without a token, with tokens that nobody signed and with headers that
claim to be somebody; the apps at their own addresses, which [gate_admin] lists;
encryption, the headers of the gate's pages, and its clock. Try it at your own
deployments only.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: something that was to be tried could not be";

const TOKENS_EXAMPLES: &str = "\
Examples:
  pbpaste | usher check tokens -
  usher check tokens - --wrangler ../gate/wrangler.toml < token.txt
  usher check tokens - --env staging --deployed < token.txt
  usher check tokens - --jwks https://id.example.com/jwks.json
  usher check tokens - --jwks keys.json --issuer https://id.example.com \\
    --audience usher --algorithm RS256 --at 1767225600

The issuers are those of [vars] USHER_ISSUERS, read as the gate reads them; what
stands in .dev.vars beside that file counts before it, as with `wrangler dev`. The
value of a secret (HS256) is taken from the environment variable of its name, or
from .dev.vars. With --jwks alone only form, key and signature are judged.

Exit codes:
  0 the gate would admit it, 1 it would refuse it, 2 usage or configuration,
  3 could not find out: no answer from the key endpoint, or an unknown secret";

const WEBHOOKS_EXAMPLES: &str = "\
Examples:
  usher check webhooks
  usher check webhooks --webhook sign-ups --report json

Auth0's log streams, event streams and Actions are read by its Management API,
within its rate limits; other providers by the list that [[webhooks]] describes.
The endpoint is asked with OPTIONS, HEAD and GET, and nothing is sent that could
be taken for a sign-up. Nothing is changed; the report has the commands that mend
it.

Exit codes:
  0 in order, 1 not in order, 2 usage or configuration,
  3 could not find out: no token, or one without the scope that is named";
