//! How a source is read, by its kind.

use std::ops::Range;

use bson::Document;

use crate::configuration::audit::Reader;
use crate::configuration::audit::complete::Ground;
use crate::configuration::audit::entry::{Kind, SourceEntry};
use crate::configuration::audit::presets;
use crate::configuration::database::Place;
use crate::configuration::filter::Filter;
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::value::JsonPointer;

pub(super) fn complete(
    entry: &SourceEntry,
    span: &Range<usize>,
    ground: &Ground<'_>,
) -> Result<Reader, Mistake> {
    let kind = entry.kind.value;
    let unwanted = |(key, needed): &(&'static str, bool)| !kind.keys().contains(key) && *needed;
    if let Some((key, _)) = given(entry).iter().find(|given| unwanted(given)) {
        let sentence = format!("`{key}` is not for a source of this kind");
        let keys: Vec<_> = kind.keys().iter().map(|key| format!("`{key}`")).collect();
        let cure = if keys.is_empty() {
            "take it out".to_owned()
        } else {
            format!("take it out; this kind has {}", keys.join(", "))
        };
        return Err(ground.reading.mistake(&entry.kind, sentence, Some(cure)));
    }
    let need = |key: &str| {
        let sentence = format!("this source needs `{key}`");
        ground.reading.mistake_at(span, sentence, None)
    };
    Ok(match kind {
        Kind::Auth0 => Reader::Http(Box::new(presets::auth0(entry, ground)?)),
        Kind::Gate => Reader::Http(Box::new(presets::gate(entry, ground)?)),
        Kind::Pds => presets::pds(entry, ground, span)?,
        Kind::Http => {
            let list = entry.list.as_ref().ok_or_else(|| need("list"))?;
            Reader::Http(Box::new(
                list.complete(ground.reading, &mut ground.scope.clone())?,
            ))
        }
        Kind::Csv | Kind::Json | Kind::Ndjson => {
            let path = entry
                .file
                .as_ref()
                .ok_or_else(|| need("file"))?
                .value
                .clone();
            match kind {
                Kind::Csv => Reader::Csv(path),
                Kind::Ndjson => Reader::Ndjson(path),
                Kind::Json
                | Kind::Auth0
                | Kind::Gate
                | Kind::Http
                | Kind::Mongodb
                | Kind::Pds
                | Kind::Postgres
                | Kind::Sqlite => {
                    let rows = entry
                        .rows
                        .clone()
                        .or_else(|| JsonPointer::parse(String::new()).ok());
                    let rows = rows.ok_or_else(|| need("rows"))?;
                    Reader::Json { path, rows }
                }
            }
        }
        Kind::Mongodb => {
            let name = entry.database.as_ref().ok_or_else(|| need("database"))?;
            let collection = entry.collection.as_ref();
            let collection = collection.ok_or_else(|| need("collection"))?;
            mongodb(name, collection, entry.filter.as_ref(), ground)?
        }
        Kind::Postgres | Kind::Sqlite => {
            let name = entry.database.as_ref().ok_or_else(|| need("database"))?;
            let query = entry.query.as_ref().ok_or_else(|| need("query"))?;
            sql(kind, name, query, ground)?
        }
    })
}

fn sql(
    kind: Kind,
    name: &Placed<String>,
    query: &Placed<String>,
    ground: &Ground<'_>,
) -> Result<Reader, Mistake> {
    let place = ground.database(name)?.place;
    let is_of_kind = match &place {
        Place::Mongodb(_) => false,
        Place::Postgres { .. } => kind == Kind::Postgres,
        Place::Sqlite(_) => kind == Kind::Sqlite,
    };
    if !is_of_kind {
        return Err(of_another_kind(name, ground));
    }
    // It becomes a part of another statement.
    let query = query.value.trim().trim_end_matches(';').to_owned();
    Ok(Reader::Sql { place, query })
}

fn mongodb(
    name: &Placed<String>,
    collection: &Placed<String>,
    filter: Option<&Placed<Filter>>,
    ground: &Ground<'_>,
) -> Result<Reader, Mistake> {
    let Place::Mongodb(place) = ground.database(name)?.place else {
        return Err(of_another_kind(name, ground));
    };
    let filter = match filter {
        None => Document::new(),
        Some(Placed { span, value }) => {
            ground.scope.hold(ground.reading, span, value.names())?;
            let filled = value.fill(&ground.values);
            filled.map_err(|error| ground.reading.mistake_at(span, error.to_string(), None))?
        }
    };
    Ok(Reader::Mongodb {
        place,
        collection: collection.value.clone(),
        filter,
    })
}

fn of_another_kind(name: &Placed<String>, ground: &Ground<'_>) -> Mistake {
    let sentence = format!(
        "the database `{}` is of another kind than this source",
        name.value
    );
    let cure = "give the source the `kind` of its database".to_owned();
    ground.reading.mistake(name, sentence, Some(cure))
}

/// The keys that only some kinds have, and whether they are there.
fn given(entry: &SourceEntry) -> [(&'static str, bool); 12] {
    [
        ("list", entry.list.is_some()),
        ("url", entry.url.is_some()),
        ("client_id", entry.client_id.is_some()),
        ("client_secret", entry.client_secret.is_some()),
        ("token", entry.token.is_some()),
        ("password", entry.password.is_some()),
        ("database", entry.database.is_some()),
        ("query", entry.query.is_some()),
        ("collection", entry.collection.is_some()),
        ("filter", entry.filter.is_some()),
        ("file", entry.file.is_some()),
        ("rows", entry.rows.is_some()),
    ]
}

impl Kind {
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Auth0 => &["url", "client_id", "client_secret", "token"],
            Self::Csv | Self::Ndjson => &["file"],
            Self::Gate => &[],
            Self::Http => &["list"],
            Self::Json => &["file", "rows"],
            Self::Mongodb => &["database", "collection", "filter"],
            Self::Pds => &["url", "password"],
            Self::Postgres | Self::Sqlite => &["database", "query"],
        }
    }
}
