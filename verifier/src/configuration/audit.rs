//! `[audit]` of usher.toml: the places that each have a row for a user, how their rows belong together, and what is done where they do
//! not (incident I2: identities without a user record, for days).

pub(crate) mod action;
mod complete;
pub(super) mod entry;
pub(crate) mod field;
mod presets;
mod reader;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bson::Document;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::configuration::audit::complete::Part;
use crate::configuration::audit::field::{Compared, Field};
use crate::configuration::database::{Database, Mongodb, Place};
use crate::configuration::list::List;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::name::{Name, Values};
use crate::configuration::reading::{self, Reading};
use crate::configuration::request::{Call, Request};
use crate::configuration::secret::{Admin, NamedSecret};
use crate::configuration::template::json::JsonTemplate;
use crate::configuration::value::JsonPointer;
use crate::configuration::{Environment, text_of};

/// What is held against what.
#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) path: PathBuf,
    /// The first one is where users begin.
    pub(crate) sources: Vec<Source>,
    pub(crate) actions: Vec<Action>,
    pub(crate) secrets: Vec<NamedSecret>,
    pub(crate) admin: Option<Admin>,
    /// What an operator knows.
    pub(crate) values: Values,
    pub(crate) request_within: Duration,
}

/// A place that has a row for each user.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) role: Role,
    pub(crate) reader: Reader,
    pub(crate) key: Compared,
    /// Whose rows these belong to; nothing for the first source.
    pub(crate) link: Option<Link>,
    /// What must be the same in both.
    pub(crate) agree: Vec<Agreement>,
    pub(crate) created: Option<Field>,
    pub(crate) tenant: Option<Field>,
    /// What actions need of a row.
    pub(crate) keep: Vec<(Name, Field)>,
    /// What makes it right that there is no row here.
    pub(crate) pending_if: Vec<PendingIf>,
    /// How old a user is before a row is missed here.
    pub(crate) grace_seconds: u64,
}

/// How rows of one source belong to rows of another one.
#[derive(Debug)]
pub(crate) struct Link {
    /// The place of the other source in the list.
    pub(crate) to: usize,
    /// What of the other row is the key of this one.
    pub(crate) matches: Compared,
}

/// What two rows that belong together must both say.
#[derive(Debug)]
pub(crate) struct Agreement {
    pub(crate) here: Compared,
    pub(crate) there: Compared,
}

/// What a row says while it is right that another one is not there yet.
#[derive(Debug)]
pub(crate) struct PendingIf {
    /// The place in the list of whose row says it.
    pub(crate) source: usize,
    pub(crate) field: Field,
    pub(crate) equals: Value,
}

/// What the rows of a source are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Accounts somewhere else that users need, such as those of a PDS.
    Accounts,
    /// Those whom the gate knows.
    Gate,
    /// Those who can log in: where users begin.
    Identity,
    /// The app's own records of its users.
    Users,
}

/// How a source is read.
#[derive(Debug)]
pub(crate) enum Reader {
    Csv(PathBuf),
    Http(Box<List>),
    Json {
        path: PathBuf,
        rows: JsonPointer,
    },
    /// The documents of a collection.
    Mongodb {
        place: Box<Mongodb>,
        collection: String,
        filter: Document,
    },
    Ndjson(PathBuf),
    /// Repositories, and by their identifiers the accounts; the header is that of the administrator.
    Pds {
        repos: Box<List>,
        infos: Box<Request>,
    },
    Sql {
        place: Place,
        query: String,
    },
}

/// What is done about one kind of discrepancy.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) class: Acted,
    /// The place of the source in the list.
    pub(crate) source: usize,
    pub(crate) deed: Deed,
}

/// What an action does.
#[derive(Debug)]
pub(crate) enum Deed {
    Request(Box<Call>),
    Sql {
        database: Box<Database>,
        statement: String,
        parameters: Vec<JsonTemplate>,
    },
}

/// The discrepancies that can be acted on.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Acted {
    /// More than one row has the key.
    Duplicate,
    /// The rows disagree.
    Mismatch,
    /// There is no row here.
    Missing,
    /// There is a row here and nobody it belongs to.
    Orphan,
}

impl Audit {
    /// Reads no more of the file at this path than an audit needs.
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

    /// The members of a source's rows that anything here reads.
    pub(crate) fn members(&self, at: usize) -> BTreeSet<String> {
        let own = self.sources.get(at).into_iter().flat_map(|source| {
            let kept = source.keep.iter().map(|(_, field)| field);
            let agreed = source.agree.iter().map(|agree| &agree.here.field);
            [&source.key.field]
                .into_iter()
                .chain(&source.created)
                .chain(&source.tenant)
                .chain(kept)
                .chain(agreed)
        });
        let others = self.sources.iter().flat_map(|other| {
            let pending = (other.pending_if.iter())
                .filter(move |pending| pending.source == at)
                .map(|pending| &pending.field);
            let link = other.link.as_ref().filter(|link| link.to == at);
            let joined = link.into_iter().flat_map(|link| {
                let agreed = other.agree.iter().map(|agree| &agree.there.field);
                agreed.chain([&link.matches.field])
            });
            pending.chain(joined)
        });
        own.chain(others).map(Field::member).collect()
    }

    /// The sources from this one up to the first.
    pub(crate) fn ancestors(&self, source: usize) -> impl Iterator<Item = usize> {
        let up = |&at: &usize| Some(self.sources.get(at)?.link.as_ref()?.to);
        std::iter::successors(up(&source), up)
    }
}

#[cfg(test)]
mod tests;
