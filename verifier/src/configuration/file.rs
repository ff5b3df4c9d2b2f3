//! The file as it is written: its tables and keys.

use std::path::PathBuf;

use serde::Deserialize;
use serde::de::IgnoredAny;
use toml::Spanned;

use crate::configuration::address::{BaseUrl, UrlPath, UrlTemplate};
use crate::configuration::database::DatabaseKind;
use crate::configuration::template::{JsonTemplate, Template};
use crate::configuration::value::{AcceptedStatus, EmailTemplate, JsonPointer, Method, Seconds};

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) target: Target,
    pub(super) register: Call,
    pub(super) log_in: LogIn,
    pub(super) log_out: Option<Call>,
    pub(super) remove_user: Option<Call>,
    pub(super) instance: Instance,
    pub(super) gate_admin: Option<GateAdmin>,
    #[serde(default)]
    pub(super) budget: Budget,
    #[serde(default)]
    pub(super) users: Users,
    #[serde(default)]
    pub(super) databases: Vec<DatabaseEntry>,
    /// For `usher check contract`, which reads it in full.
    pub(super) contract: Option<IgnoredAny>,
}

/// `[target]`: where the deployment is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    pub(super) gate: BaseUrl,
    pub(super) identity: Option<BaseUrl>,
}

/// One request that the deployment is asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Call {
    pub(crate) method: Option<Method>,
    pub(crate) url: Spanned<UrlTemplate>,
    pub(crate) json: Option<Spanned<JsonTemplate>>,
    #[serde(default)]
    pub(crate) status: AcceptedStatus,
}

/// The request that gives a token, and where the token is in the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogIn {
    pub(crate) method: Option<Method>,
    pub(crate) url: Spanned<UrlTemplate>,
    pub(crate) json: Option<Spanned<JsonTemplate>>,
    #[serde(default)]
    pub(crate) status: AcceptedStatus,
    pub(crate) token: JsonPointer,
    /// Whether browsers hand this token over to the gate for a session.
    #[serde(default = "yes")]
    pub(crate) session: bool,
}

const fn yes() -> bool {
    true
}

impl LogIn {
    pub(crate) fn call(&self) -> Call {
        Call {
            method: self.method,
            url: self.url.clone(),
            json: self.json.clone(),
            status: self.status.clone(),
        }
    }
}

/// What is fetched through the gate.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Instance {
    #[serde(default)]
    pub(crate) path: UrlPath,
    pub(crate) contains: Option<Template>,
    pub(crate) health: Option<UrlPath>,
}

/// `[gate_admin]`: how the gate's registry may be asked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GateAdmin {
    pub(super) secret_env: Spanned<String>,
}

/// `[budget]`: how long things may take.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Budget {
    pub(super) ready_seconds: Seconds,
    pub(super) request_seconds: Seconds,
}

/// `[users]`: what the created user is called.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Users {
    pub(super) email: EmailTemplate,
}

/// `[[databases]]`: a database that may be looked into.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DatabaseEntry {
    pub(super) name: Spanned<String>,
    pub(super) kind: DatabaseKind,
    pub(super) path: Option<PathBuf>,
    pub(super) path_env: Option<Spanned<String>>,
    pub(super) url_env: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) tables: Vec<String>,
    pub(super) migrate: Option<String>,
}

impl Default for Budget {
    fn default() -> Self {
        // Two minutes: a fresh app of one user takes 20 to 60 s on the usual platforms. Ten seconds: a cold start.
        Self {
            ready_seconds: Seconds::new(120),
            request_seconds: Seconds::new(10),
        }
    }
}
