//! `[[webhooks]]` as it is written.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::address::UrlTemplate;
use crate::configuration::audit::field::Field;
use crate::configuration::placed::Placed;
use crate::configuration::request::tables::ListTable;
use crate::configuration::value::WrittenSpan;

/// For `usher check webhooks`: what carries a sign-up from the identity provider to the platform.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::configuration) struct WebhookTable {
    /// What it is called in reports.
    pub(super) name: Placed<String>,
    /// Who sends it: "auth0", or "http", any other provider that lists its webhooks.
    pub(super) provider: Placed<Provider>,
    /// Where this deployment takes it.
    pub(super) endpoint: Placed<UrlTemplate>,
    /// What it has to send; the sign-up unless said otherwise. auth0: categories of log streams, such as auth.signup.success (or the code
    /// `ss`), and types of event streams, such as user.created.
    #[serde(default)]
    pub(super) events: Vec<String>,
    /// auth0: the address of the tenant; `{identity}` unless said otherwise.
    pub(super) url: Option<Placed<String>>,
    /// auth0: a machine-to-machine application that may `read:log_streams`, `read:event_streams` and `read:event_deliveries` (for an Action
    /// `read:actions`).
    pub(super) client_id: Option<Placed<String>>,
    /// auth0: its secret, by the name that `[secrets]` gives it, in braces.
    pub(super) client_secret: Option<Placed<String>>,
    /// auth0: in place of both, a token of the Management API, by the name that `[secrets]` gives it.
    pub(super) token: Option<Placed<String>>,
    /// auth0: the name of the log stream or event stream; where it is not given, the one that sends to `endpoint`.
    pub(super) stream: Option<Placed<String>>,
    /// auth0: in place of a stream, the name of the Action of the trigger post-user-registration that sends it.
    pub(super) action: Option<Placed<String>>,
    /// auth0: how long ago a failed delivery of an event stream counts: 90s, 15m, 1h, 7d; 7d unless said otherwise.
    pub(super) failed_within: Option<Placed<WrittenSpan>>,
    /// http: the provider's list of webhooks.
    pub(super) list: Option<ListTable>,
    /// http: where a row has the address that it sends to; `/url` unless said otherwise.
    pub(super) endpoint_at: Option<Placed<Field>>,
    /// http: what a row says while it sends nothing.
    #[serde(default)]
    pub(super) off_if: Vec<Placed<OffEntry>>,
    /// http: where a row has the list of what it sends; none there, or one with "*", is everything.
    pub(super) events_at: Option<Placed<Field>>,
    /// The variables that the handler needs: looked for in `env_file`, or, without one, where this command runs.
    #[serde(default)]
    pub(super) environment: Vec<String>,
    /// The file of variables that the handler is started with.
    pub(super) env_file: Option<PathBuf>,
}

/// Who sends it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Provider {
    /// A tenant of Auth0.
    Auth0,
    /// Any list of an HTTP API.
    Http,
}

/// What a row says while it sends nothing.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OffEntry {
    pub(super) field: Field,
    #[schemars(with = "serde_json::Value")]
    pub(super) equals: serde_json::Value,
}

impl WebhookTable {
    pub(in crate::configuration) fn captured(&self) -> impl Iterator<Item = &str> {
        self.list.iter().flat_map(ListTable::captured)
    }
}
