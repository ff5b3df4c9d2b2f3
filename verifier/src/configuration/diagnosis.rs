//! `[[diagnose]]` of usher.toml: the links of a user's chain before the gate, in the order in which one comes of the other (incident I2:
//! identity, user record, account).

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::audit::field::Field;
use crate::configuration::database::{Database, Mongodb, Place};
use crate::configuration::expectation::ExpectationKeys;
use crate::configuration::filter::Filter;
use crate::configuration::mistake::Mistake;
use crate::configuration::name::{BuiltIn, Name, Unfilled, Values};
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::reading::Reading;
use crate::configuration::request::Call;
use crate::configuration::request::Request;
use crate::configuration::request::tables::{CallTable, expectations};
use crate::configuration::scope::Scope;
use crate::configuration::template::Template;
use crate::configuration::value::Method;

/// A link of the chain, as the operator describes it.
#[derive(Clone, Debug)]
pub(crate) struct OwnLink {
    /// What it is called.
    pub(crate) name: String,
    pub(crate) look: LinkLook,
    /// What to do where it is broken.
    pub(crate) fix: Option<Template>,
}

/// How it is looked at.
#[derive(Clone, Debug)]
pub(crate) enum LinkLook {
    /// Whole if the answer is as expected.
    Request {
        call: Box<Call>,
        /// The same request, expecting what makes it legitimate that the chain ends here.
        pending: Option<Box<Request>>,
    },
    /// Whole if there is a document, and it has all that is kept of it.
    Find {
        /// What the database is called.
        database: String,
        place: Box<Mongodb>,
        collection: String,
        filter: Filter,
        /// Each a name, and where the document has it.
        keep: Vec<(Name, Field)>,
    },
    /// Whole if there is a row, and nothing that is kept of it is NULL.
    Query {
        database: Box<Database>,
        query: Query,
        /// Each a name, and the column.
        keep: Vec<(Name, String)>,
    },
}

/// A question for a database; what its names stand for is never part of its text.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(transparent)]
pub(crate) struct Query(Template);

impl Query {
    /// The statement with a parameter for each name, as this prefix and a number, and their values.
    pub(crate) fn prepared(
        &self,
        prefix: char,
        values: &Values,
    ) -> Result<(String, Vec<String>), Unfilled> {
        let parameters = std::cell::RefCell::new(Vec::new());
        let statement = self.0.fill_each(values, |_, value| {
            let mut parameters = parameters.borrow_mut();
            parameters.push(value);
            format!("{prefix}{}", parameters.len())
        })?;
        Ok((statement, parameters.into_inner()))
    }
}

/// A link of the chain of one user, for `usher diagnose`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkTable {
    /// What it is called, such as `identity` or `user record`.
    name: Placed<String>,
    /// How it is looked at by HTTP: GET unless said otherwise, and whole if the answer is as expected.
    request: Option<CallTable>,
    /// What makes it legitimate that the chain ends here, such as an e-mail address that is not verified yet.
    #[serde(default)]
    pending_if: Vec<Placed<ExpectationKeys>>,
    /// The name of one of the databases, for `query` or `collection`.
    database: Option<Placed<String>>,
    /// A SELECT; whole if it gives a row. `{email}` and other names become parameters, which are texts.
    query: Option<Placed<Query>>,
    /// MongoDB: the collection; whole if the filter takes a document of it.
    collection: Option<Placed<String>>,
    /// MongoDB: which of its documents, as a table or as a text of JSON. `{email}` and other names become values, whatever is in them.
    filter: Option<Placed<Filter>>,
    /// What later links need of the row: each a name, and the column (of MongoDB, a JSON pointer as well); none of them may be NULL.
    #[serde(default)]
    keep: OwnKeys<Placed<String>>,
    /// What to do where it is broken.
    fix: Option<Placed<Template>>,
}

impl LinkTable {
    pub(super) fn complete(
        &self,
        reading: &Reading<'_>,
        databases: &[Database],
        scope: &mut Scope,
    ) -> Result<OwnLink, Mistake> {
        let in_database = (&self.database, &self.query, &self.collection);
        let look = match (&self.request, in_database) {
            (Some(call), (None, None, None)) if self.filter.is_none() => {
                let call = call.complete(reading, Method::Get, scope)?;
                let pending_if = expectations(reading, scope, &self.pending_if)?;
                let pending = (!pending_if.is_empty()).then(|| Request {
                    expect: pending_if,
                    ..call.request.clone()
                });
                LinkLook::Request {
                    call: Box::new(call),
                    pending: pending.map(Box::new),
                }
            }
            (None, (Some(database), Some(query), None))
                if self.pending_if.is_empty() && self.filter.is_none() =>
            {
                let known = known(database, databases, reading)?;
                self.query(known, query, reading, scope)?
            }
            (None, (Some(database), None, Some(collection))) if self.pending_if.is_empty() => {
                let known = known(database, databases, reading)?;
                self.find(known, collection, reading, scope)?
            }
            (_, _) => {
                let sentence = format!("the link `{}` is looked at in one way", self.name.value);
                let cure = "give either `request`, perhaps with `pending_if`, or `database` and `query`, or of MongoDB `database`, `collection` and `filter`";
                return Err(reading.mistake(&self.name, sentence, Some(cure.to_owned())));
            }
        };
        if let Some(fix) = &self.fix {
            scope.hold(reading, &fix.span, fix.value.names())?;
        }
        Ok(OwnLink {
            name: self.name.value.clone(),
            look,
            fix: self.fix.as_ref().map(|fix| fix.value.clone()),
        })
    }

    /// In a database with tables.
    fn query(
        &self,
        known: &Database,
        query: &Placed<Query>,
        reading: &Reading<'_>,
        scope: &mut Scope,
    ) -> Result<LinkLook, Mistake> {
        if matches!(known.place, Place::Mongodb(_)) {
            let sentence = format!("the database `{}` is of MongoDB", known.name);
            let cure = "give `collection` and `filter` in place of `query`".to_owned();
            return Err(reading.mistake(query, sentence, Some(cure)));
        }
        scope.hold(reading, &query.span, query.value.0.names())?;
        let mut keep = Vec::new();
        for (name, column) in &self.keep.0 {
            keep.push((scope.capture(reading, name)?, column.value.clone()));
        }
        Ok(LinkLook::Query {
            database: Box::new(known.clone()),
            query: query.value.clone(),
            keep,
        })
    }

    /// In a collection.
    fn find(
        &self,
        known: &Database,
        collection: &Placed<String>,
        reading: &Reading<'_>,
        scope: &mut Scope,
    ) -> Result<LinkLook, Mistake> {
        let Place::Mongodb(place) = &known.place else {
            let sentence = format!("the database `{}` is none of MongoDB", known.name);
            let cure = "give `query` in place of `collection`".to_owned();
            return Err(reading.mistake(collection, sentence, Some(cure)));
        };
        let filter = match &self.filter {
            None => Filter::all(),
            Some(filter) => {
                scope.hold(reading, &filter.span, filter.value.names())?;
                filter.value.clone()
            }
        };
        let mut keep = Vec::new();
        for (name, field) in &self.keep.0 {
            let parsed = Field::parse(field.value.clone());
            let parsed = parsed.map_err(|error| reading.mistake(field, error.to_owned(), None))?;
            keep.push((scope.capture(reading, name)?, parsed));
        }
        Ok(LinkLook::Find {
            database: known.name.clone(),
            place: place.clone(),
            collection: collection.value.clone(),
            filter,
            keep,
        })
    }

    pub(super) fn captured(&self) -> impl Iterator<Item = &str> {
        let kept = self.keep.0.iter().map(|(name, _)| name.value.as_str());
        self.request
            .iter()
            .flat_map(CallTable::captured)
            .chain(kept)
    }
}

/// The database with this name.
fn known<'a>(
    name: &Placed<String>,
    databases: &'a [Database],
    reading: &Reading<'_>,
) -> Result<&'a Database, Mistake> {
    let mut known = databases.iter();
    let known = known.find(|known| known.name == name.value);
    known.ok_or_else(|| {
        let sentence = format!("there is no [[databases]] with the name `{}`", name.value);
        let cure = "add one, or give the name of one that is there".to_owned();
        reading.mistake(name, sentence, Some(cure))
    })
}

/// Reads the links in their order; each knows what those before it found.
pub(super) fn own_links(
    tables: &[LinkTable],
    reading: &Reading<'_>,
    databases: &[Database],
    mut scope: Scope,
) -> Result<Vec<OwnLink>, Mistake> {
    scope.learn(BuiltIn::Email.name());
    tables
        .iter()
        .map(|table| table.complete(reading, databases, &mut scope))
        .collect()
}

/// As it is written, with its names in braces.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Values::of([]).with_placeholders();
        f.write_str(&self.0.fill(&names).unwrap_or_default())
    }
}
