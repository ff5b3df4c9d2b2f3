//! `[audit]` as it is written.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::audit::field::{Compared, Field, Way};
use crate::configuration::audit::{Acted, Role};
use crate::configuration::filter::Filter;
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::request::tables::{CallTable, ListTable};
use crate::configuration::template::json::JsonTemplate;
use crate::configuration::value::{JsonPointer, WrittenSpan};

/// For `usher audit`: places that each have a row for a user, held against each other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::configuration) struct AuditTable {
    /// The first one is where users begin; every other one belongs to one before it.
    pub(super) sources: Vec<Placed<SourceEntry>>,
    /// What `usher audit --apply` does about what was found.
    #[serde(default)]
    pub(super) actions: Vec<Placed<ActionEntry>>,
}

/// A place that has a row for each user.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceEntry {
    /// What it is called in reports.
    pub(super) name: Placed<String>,
    /// What its rows are: "identity", "users", "accounts" or "gate".
    pub(super) role: Role,
    /// How it is read.
    pub(super) kind: Placed<Kind>,
    /// What says whose row it is; a text, or { field = "email", as = "email" }.
    pub(super) key: KeyEntry,
    /// The source whose rows these belong to; the first one unless said otherwise.
    pub(super) joins: Option<Placed<String>>,
    /// What of the other source's row is the key of this one; its own key unless said otherwise.
    pub(super) matches: Option<Field>,
    /// What must be the same in both rows.
    #[serde(default)]
    pub(super) agree: Vec<AgreeEntry>,
    /// Since when there is such a user: RFC 3339, or seconds or milliseconds since 1970.
    pub(super) created: Option<Field>,
    /// Whose user it is, where there are several tenants.
    pub(super) tenant: Option<Field>,
    /// What actions need of a row: each a name, and where the row has it.
    #[serde(default)]
    pub(super) keep: OwnKeys<Field>,
    /// While one of these holds, no row is missed here.
    #[serde(default)]
    pub(super) pending_if: Vec<PendingEntry>,
    /// How old a user is before a row is missed here: 90s, 15m, 1h, 7d.
    pub(super) grace: Option<WrittenSpan>,
    /// http: the list.
    pub(super) list: Option<ListTable>,
    /// auth0, pds: the address; for auth0 `{identity}` unless said otherwise.
    pub(super) url: Option<Placed<String>>,
    /// auth0: a machine-to-machine application that may `read:users`.
    pub(super) client_id: Option<Placed<String>>,
    /// auth0: its secret, by the name that `[secrets]` gives it, in braces.
    pub(super) client_secret: Option<Placed<String>>,
    /// auth0: in place of both, a token of the Management API, by the name that `[secrets]` gives it.
    pub(super) token: Option<Placed<String>>,
    /// pds: the administrator's password, by the name that `[secrets]` gives it.
    pub(super) password: Option<Placed<String>>,
    /// mongodb, postgres, sqlite: the name of one of `[[databases]]`.
    pub(super) database: Option<Placed<String>>,
    /// postgres, sqlite: the SELECT that gives the rows.
    pub(super) query: Option<Placed<String>>,
    /// mongodb: the collection.
    pub(super) collection: Option<Placed<String>>,
    /// mongodb: which of its documents, in MongoDB's extended JSON, as a table or as a text; all of them unless said otherwise.
    pub(super) filter: Option<Placed<Filter>>,
    /// csv, json, ndjson: the file.
    pub(super) file: Option<Placed<PathBuf>>,
    /// json: a JSON pointer to the rows; unless said otherwise the file is the list.
    pub(super) rows: Option<JsonPointer>,
}

/// How a source is read.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// The users of a tenant of Auth0, by its Management API.
    Auth0,
    /// A file with a line of names above its rows.
    Csv,
    /// The registry of the gate, by `[gate_admin]`.
    Gate,
    /// A list of an HTTP API.
    Http,
    /// A file with a list.
    Json,
    /// The documents of a collection of MongoDB.
    Mongodb,
    /// A file with an object in each line.
    Ndjson,
    /// The accounts of an `ATProto` PDS.
    Pds,
    /// A query on a PostgreSQL server.
    Postgres,
    /// A query on a SQLite file.
    Sqlite,
}

/// A part of a row, by itself or with what of its writing does not count.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum KeyEntry {
    Plain(Field),
    Table(KeyTable),
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyTable {
    field: Field,
    /// What of its writing does not count: "email", "trimmed", "truth"; everything counts unless said otherwise.
    #[serde(default, rename = "as")]
    way: Way,
}

impl KeyEntry {
    pub(super) fn complete(self) -> Compared {
        match self {
            Self::Plain(field) => Compared {
                field,
                way: Way::default(),
            },
            Self::Table(KeyTable { field, way }) => Compared { field, way },
        }
    }
}

/// What must be the same in both rows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AgreeEntry {
    pub(super) field: Field,
    /// What the other row calls it; the same unless said otherwise.
    pub(super) with: Option<Field>,
    /// What of its writing does not count: "email", "trimmed", "truth"; everything counts unless said otherwise.
    #[serde(default, rename = "as")]
    pub(super) way: Way,
}

/// What a row says while it is right that another one is not there yet.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PendingEntry {
    /// Whose row says it; the first source's unless said otherwise.
    pub(super) source: Option<Placed<String>>,
    pub(super) field: Field,
    #[schemars(with = "serde_json::Value")]
    pub(super) equals: serde_json::Value,
}

/// What is done about one kind of discrepancy: a request, or a statement of SQL. `{key}`, `{tenant}`, `{entry}` (an id of its own, for a
/// header such as `idempotency-key`) and what the row's source keeps are filled in; for "missing" that is the row which misses one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActionEntry {
    /// "missing", "orphan", "mismatch" or "duplicate".
    pub(super) class: Acted,
    /// Of which source.
    pub(super) source: Placed<String>,
    /// What is sent; POST unless said otherwise.
    pub(super) request: Option<CallTable>,
    /// The name of one of `[[databases]]`.
    pub(super) database: Option<Placed<String>>,
    /// The statement, with $1, $2 … (PostgreSQL) or ?1, ?2 … (SQLite) for the parameters.
    pub(super) sql: Option<Placed<String>>,
    /// What its parameters are.
    #[serde(default)]
    pub(super) parameters: Vec<Placed<JsonTemplate>>,
}
