//! The file as it is written: its tables and keys. The schema for editors is made of these types.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::configuration::address::{BaseUrl, UrlPath, UrlTemplate};
use crate::configuration::audit::entry::AuditTable;
use crate::configuration::contract::Entry as ContractEntry;
use crate::configuration::database::DatabaseKind;
use crate::configuration::diagnosis::LinkTable;
use crate::configuration::email_template::EmailTemplate;
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::request::tables::{CallTable, LogInTable, ReadyTable, StepTable};
use crate::configuration::step_budget::Limits;
use crate::configuration::tagged_users::TaggedUsersTable;
use crate::configuration::template::Template;
use crate::configuration::value::{Millis, Seconds};
use crate::configuration::webhooks::entry::WebhookTable;
use crate::migrations::tool::Tool;

/// What `usher` needs to know of a deployment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "usher.toml")]
pub(super) struct File {
    pub(super) target: Target,
    /// How a user signs up; POST unless said otherwise.
    pub(super) register: CallTable,
    /// How a user logs in; POST unless said otherwise.
    pub(super) log_in: LogInTable,
    /// How a user logs out; POST unless said otherwise.
    pub(super) log_out: Option<CallTable>,
    /// How the created user is deleted; DELETE unless said otherwise. Without it every run leaves a user behind.
    pub(super) remove_user: Option<CallTable>,
    /// Only without a gate: what is asked until the user's app is there; GET unless said otherwise.
    pub(super) ready: Option<Placed<ReadyTable>>,
    #[serde(default)]
    pub(super) instance: InstanceTable,
    /// Requests of your own, made in this order by the logged-in user; GET unless said otherwise.
    #[serde(default)]
    pub(super) steps: Vec<StepTable>,
    /// Values that templates may use and nothing may show: each a name, and where its value is.
    #[serde(default)]
    pub(super) secrets: OwnKeys<Placed<SecretPlace>>,
    pub(super) gate_admin: Option<Placed<GateAdmin>>,
    #[serde(default)]
    pub(super) budget: Budget,
    #[serde(default)]
    pub(super) users: Users,
    pub(super) tagged_users: Option<Placed<TaggedUsersTable>>,
    /// Databases that may be looked into, read-only, when a step fails.
    #[serde(default)]
    pub(super) databases: Vec<DatabaseEntry>,
    /// For `usher diagnose`: the links of a user's chain before the gate, in their order.
    #[serde(default)]
    pub(super) diagnose: Vec<LinkTable>,
    /// For `usher check contract`, which reads it in full.
    #[schemars(with = "Option<ContractEntry>")]
    pub(super) contract: Option<IgnoredAny>,
    /// For `usher audit`, which reads it in full.
    #[schemars(with = "Option<AuditTable>")]
    #[expect(dead_code, reason = "it only has to be known here")]
    pub(super) audit: Option<IgnoredAny>,
    /// What carries a sign-up to the platform, for `usher check webhooks`, and looked at when a sign-up came to nothing.
    #[serde(default)]
    pub(super) webhooks: Vec<Placed<WebhookTable>>,
}

/// Where the deployment is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    /// The public address of Usher's gate; `{gate}` and `{app}` in templates.
    pub(super) gate: Option<BaseUrl>,
    /// Where users reach their app, if there is no gate; `{app}` in templates.
    pub(super) app: Option<Placed<BaseUrl>>,
    /// The address of the identity service; `{identity}` in templates.
    pub(super) identity: Option<BaseUrl>,
}

/// What is fetched of the user's app.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct InstanceTable {
    /// A path of the gate, or of the app where there is no gate.
    pub(super) path: Option<Placed<UrlPath>>,
    /// Only without a gate: the address itself, where each user has one of their own.
    pub(super) url: Option<Placed<UrlTemplate>>,
    /// A text that the page must contain: proves that the app sees the right visitor.
    pub(super) contains: Option<Placed<Template>>,
    /// A path of the app itself, asked when a step fails.
    pub(super) health: Option<UrlPath>,
}

/// How the gate's registry may be asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GateAdmin {
    /// The name of the environment variable that holds the operator's secret.
    pub(super) secret_env: Option<Placed<String>>,
    /// The file that holds the operator's secret.
    pub(super) secret_file: Option<Placed<PathBuf>>,
    /// Whether people become known by coming (`USHER_PROVISIONING = "first-sight"` of the gate): for the scenarios `invited`, `domain` and `bootstrap`.
    #[serde(default)]
    pub(super) first_sight: bool,
}

/// Where a secret is: one of the two.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SecretPlace {
    /// The name of the environment variable that holds it.
    pub(super) env: Option<Placed<String>>,
    /// The file that holds it; a line break at its end does not count.
    pub(super) file: Option<Placed<PathBuf>>,
}

/// How long things may take.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Budget {
    /// For a fresh user's app to be there, and for any other change of a status to count.
    pub(super) ready_seconds: Seconds,
    /// For one request.
    pub(super) request_seconds: Seconds,
    /// For the app to answer somebody who comes back; no limit unless said.
    pub(super) returning_millis: Option<Millis>,
    /// For single steps, by their names for programs (`log_in`) or those of your own steps.
    pub(super) steps: OwnKeys<Placed<Limits>>,
}

/// What created users are called.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Users {
    /// An address that nobody else can have; `{run}` is another one in every run.
    pub(super) email: EmailTemplate,
}

/// A database that may be looked into.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DatabaseEntry {
    /// What it is called in reports.
    pub(super) name: Placed<String>,
    pub(super) kind: DatabaseKind,
    /// SQLite: the file.
    pub(super) path: Option<PathBuf>,
    /// SQLite: the name of the environment variable that holds the file's path.
    pub(super) path_env: Option<Placed<String>>,
    /// PostgreSQL, MongoDB: the name of the environment variable that holds the connection string.
    pub(super) url_env: Option<Placed<String>>,
    /// PostgreSQL, MongoDB: the file that holds the connection string.
    pub(super) url_file: Option<Placed<PathBuf>>,
    /// MongoDB: which of the databases there, where the connection string does not end in its name.
    pub(super) database: Option<String>,
    /// Tables that the deployed code needs.
    #[serde(default)]
    pub(super) tables: Vec<String>,
    /// The command that applies the migrations, quoted in the fix.
    pub(super) migrate: Option<String>,
    /// The folder of the migrations that the deployed code brings, for `usher check migrations`.
    pub(super) migrations: Option<Placed<PathBuf>>,
    /// What applies them, where the folder and the database do not say it.
    pub(super) tool: Option<Tool>,
    /// The table that says what is applied, where it has not its usual name; for plain files TABLE.COLUMN, the column holding their names.
    pub(super) history: Option<Placed<String>>,
    /// The file of variables that the app is started with, for `usher check persistence`: whether it is given this very database.
    pub(super) app_env_file: Option<Placed<PathBuf>>,
    /// The variable in it that says which database; `DATABASE_URL` unless said otherwise.
    pub(super) app_env: Option<String>,
    /// What the deployed code expects of it: SQL (`.sql`), a Prisma schema (`.prisma`, or a folder of such files), or a folder of migrations
    /// in SQL.
    pub(super) schema: Option<PathBuf>,
    /// MongoDB: the JSON file with the indexes that the deployed code declares, for `usher check schema`: a list of objects with `collection`,
    /// `key`, and what else the code says (`name`, `unique`, `sparse`, `partialFilterExpression`, `expireAfterSeconds`, `collation`).
    pub(super) indexes: Option<PathBuf>,
    /// PostgreSQL: the name of the environment variable that holds the connection string of a server to throw away, where `schema` may be
    /// applied to a fresh database to read it exactly.
    pub(super) scratch_env: Option<Placed<String>>,
}

impl Default for Budget {
    fn default() -> Self {
        // Two minutes: a fresh app of one user takes 20 to 60 s on the usual platforms. Ten seconds: a cold start.
        Self {
            ready_seconds: Seconds::new(120),
            request_seconds: Seconds::new(10),
            returning_millis: None,
            steps: OwnKeys::default(),
        }
    }
}
