//! How a source is read, by its kind.

use std::ops::Range;

use crate::configuration::audit::Reader;
use crate::configuration::audit::complete::Ground;
use crate::configuration::audit::entry::{Kind, SourceEntry};
use crate::configuration::audit::presets;
use crate::configuration::database::Place;
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
        Place::Postgres { .. } => kind == Kind::Postgres,
        Place::Sqlite(_) => kind == Kind::Sqlite,
    };
    if !is_of_kind {
        let sentence = format!(
            "the database `{}` is of another kind than this source",
            name.value
        );
        let cure = "give the source the `kind` of its database".to_owned();
        return Err(ground.reading.mistake(name, sentence, Some(cure)));
    }
    // It becomes a part of another statement.
    let query = query.value.trim().trim_end_matches(';').to_owned();
    Ok(Reader::Sql { place, query })
}

/// The keys that only some kinds have, and whether they are there.
fn given(entry: &SourceEntry) -> [(&'static str, bool); 10] {
    [
        ("list", entry.list.is_some()),
        ("url", entry.url.is_some()),
        ("client_id", entry.client_id.is_some()),
        ("client_secret", entry.client_secret.is_some()),
        ("token", entry.token.is_some()),
        ("password", entry.password.is_some()),
        ("database", entry.database.is_some()),
        ("query", entry.query.is_some()),
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
            Self::Pds => &["url", "password"],
            Self::Postgres | Self::Sqlite => &["database", "query"],
        }
    }
}
