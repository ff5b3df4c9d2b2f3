//! `[contract]` of usher.toml: the operator's own table of instances, and what its columns are called.

pub(crate) mod names;

use std::path::Path;
use std::time::Duration;

use policy::contract::sql::Dialect;
use policy::contract::sql::FirstStatus;
use policy::contract::sql::table::{Columns, Identifier, SameColumn, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use crate::configuration::address::UrlPath;
use crate::configuration::contract::names::{NamedColumn, Names};
use crate::configuration::database::{Database, Place};
use crate::configuration::file::DatabaseEntry;
use crate::configuration::mistake::{ConfigurationError, Mistake};
use crate::configuration::placed::Placed;
use crate::configuration::reading::{self, Reading};
use crate::configuration::value::Seconds;
use crate::configuration::{Environment, text_of};
use crate::contract::TableName;

/// A table that is held against the contract.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) database: Database,
    pub(crate) dialect: Dialect,
    pub(crate) table: Table,
    /// Whether the table has the column that says what a suspended instance was before.
    pub(crate) has_suspended_from: bool,
    /// When the app was there.
    pub(crate) provisioned_at: Option<Identifier>,
    /// Since when the row has its status.
    pub(crate) since: Option<Identifier>,
    /// Where the app answers.
    pub(crate) url: Option<Identifier>,
    /// What of the app is asked.
    pub(crate) health: UrlPath,
    /// How long a row may stay on its way to `ready`.
    pub(crate) budget: Duration,
    pub(crate) request_within: Duration,
    /// All of these names as the file has them.
    pub(crate) names: Names,
}

impl Held {
    /// Reads `[contract]` of the file at this path, and the one database that it names.
    pub(crate) fn load(
        path: &Path,
        environment: Environment<'_>,
    ) -> Result<Self, ConfigurationError> {
        Self::parse(path, &text_of(path)?, environment)
    }

    pub(crate) fn parse(
        path: &Path,
        text: &str,
        environment: Environment<'_>,
    ) -> Result<Self, ConfigurationError> {
        let part: Part = reading::parsed(path, text)?;
        let reading = Reading {
            path,
            text,
            environment,
        };
        Ok(part.complete(&reading)?)
    }
}

/// The rest of the file is what `usher verify` needs, and is judged there.
#[derive(Debug, Deserialize)]
struct Part {
    contract: Entry,
    #[serde(default)]
    databases: Vec<DatabaseEntry>,
}

/// For `usher check contract`: your own table of instances, held against the meaning of the statuses.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Contract")]
pub(super) struct Entry {
    /// The name of one of the databases.
    database: Placed<String>,
    /// The table; in PostgreSQL also schema.table.
    #[serde(deserialize_with = "table_name")]
    #[schemars(with = "String")]
    table: Placed<TableName>,
    /// The column that says which instance it is.
    key: Placed<Name>,
    /// The column that holds the status.
    status: Option<Placed<Name>>,
    /// The column that holds what a suspended instance was before.
    suspended_from: Option<Placed<Name>>,
    /// The column that says when the app was there.
    provisioned_at: Option<Placed<Name>>,
    /// The column that says when the status changed last.
    since: Option<Placed<Name>>,
    /// The column that says where the app answers.
    url: Option<Placed<Name>>,
    /// The path of the app that is asked whether it is well.
    #[serde(default)]
    health: UrlPath,
    /// How long a row may stay on its way to `ready`.
    #[serde(default = "usual_budget")]
    budget_seconds: Seconds,
    /// For one app to answer.
    #[serde(default = "usual_request")]
    request_seconds: Seconds,
}

#[derive(Clone, Debug, JsonSchema)]
#[schemars(transparent)]
struct Name(#[schemars(with = "String")] Identifier);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Identifier::parse(&text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

fn table_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Placed<TableName>, D::Error> {
    let written = Placed::<String>::deserialize(deserializer)?;
    let name = written.value.parse();
    name.map(|value| Placed {
        span: written.span,
        value,
    })
    .map_err(serde::de::Error::custom)
}

impl Part {
    fn complete(self, reading: &Reading<'_>) -> Result<Held, Mistake> {
        let entry = self.contract;
        let mut databases = self.databases.into_iter();
        let Some(database) = databases.find(|known| known.name.value == entry.database.value)
        else {
            let sentence = format!(
                "there is no [[databases]] with the name `{}`",
                entry.database.value
            );
            let cure = "add one, or give the name of one that is there".to_owned();
            return Err(reading.mistake(&entry.database, sentence, Some(cure)));
        };
        let database = database.complete(reading)?;
        let TableName { schema, name } = entry.table.value.clone();
        let dialect = match (&database.place, schema) {
            (Place::Mongodb(_), _) => {
                let sentence = format!("the database `{}` is of MongoDB", entry.database.value);
                let cure =
                    "the table of instances is held in PostgreSQL or SQLite; name such a database";
                return Err(reading.mistake(&entry.database, sentence, Some(cure.to_owned())));
            }
            (Place::Postgres { .. }, schema) => Dialect::Postgres { schema },
            (Place::Sqlite(_), None) => Dialect::Sqlite,
            (Place::Sqlite(_), Some(schema)) => {
                let sentence = "a table of SQLite has no schema".to_owned();
                let cure = format!("leave `{schema}.` out");
                return Err(reading.mistake(&entry.table, sentence, Some(cure)));
            }
        };
        let columns = entry.columns();
        let columns =
            columns.map_err(|same| reading.mistake(&entry.key, same.to_string(), None))?;
        let names = entry.names(reading, dialect.clone());
        let plain = |name: Option<Placed<Name>>| name.map(|name| name.value.0);
        Ok(Held {
            database,
            dialect,
            table: Table {
                name,
                columns,
                first: FirstStatus::First,
            },
            has_suspended_from: entry.suspended_from.is_some(),
            provisioned_at: plain(entry.provisioned_at),
            since: plain(entry.since),
            url: plain(entry.url),
            health: entry.health,
            budget: entry.budget_seconds.duration(),
            request_within: entry.request_seconds.duration(),
            names,
        })
    }
}

impl Entry {
    fn columns(&self) -> Result<Columns, SameColumn> {
        let usual = Columns::default();
        let or_usual = |name: &Option<Placed<Name>>, usual: &Identifier| {
            name.as_ref()
                .map_or_else(|| usual.clone(), |name| name.value.0.clone())
        };
        Columns::new(
            self.key.value.0.clone(),
            or_usual(&self.status, usual.status()),
            or_usual(&self.suspended_from, usual.suspended_from()),
        )
    }

    /// Every name that is looked for in the database. What is not configured is not looked for, but the status, which has a usual name.
    fn names(&self, reading: &Reading<'_>, dialect: Dialect) -> Names {
        let given = [
            ("key", Some(&self.key)),
            ("status", self.status.as_ref()),
            ("suspended_from", self.suspended_from.as_ref()),
            ("provisioned_at", self.provisioned_at.as_ref()),
            ("since", self.since.as_ref()),
            ("url", self.url.as_ref()),
        ];
        let column = |(member, name): (&'static str, Option<&Placed<Name>>)| {
            name.map(|name| NamedColumn {
                member,
                name: name.value.0.clone(),
                place: Some(name.span.clone()),
            })
        };
        let mut columns: Vec<_> = given.into_iter().filter_map(column).collect();
        if self.status.is_none() {
            columns.push(NamedColumn {
                member: "status",
                name: Columns::default().status().clone(),
                place: None,
            });
        }
        Names {
            path: reading.path.to_owned(),
            text: reading.text.to_owned(),
            dialect,
            table: (self.table.value.to_string(), self.table.span.clone()),
            columns,
        }
    }
}

/// As the gate's `USHER_SETUP_BUDGET_SECONDS`.
const fn usual_budget() -> Seconds {
    Seconds::new(600)
}

/// A machine that sleeps until it is asked takes some seconds to wake.
const fn usual_request() -> Seconds {
    Seconds::new(10)
}
