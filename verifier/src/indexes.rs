//! Indexes of MongoDB: those that the deployed code declares, held against those that are there.
//!
//! Nothing is created: what `createIndex` would answer is told beforehand (incident I2: it answered an error, the handler swallowed it,
//! and every sign-up from then on created nothing).
//!
//! ```text
//! indexes.json ─► declared ─┐
//!                           ├─► prediction ─► cause, with commands for mongosh (shell)
//! listIndexes ──────► live ─┘        └─► duplicates, where nothing but those can come between
//! ```

mod cause;
mod declared;
mod duplicates;
mod live;
mod partial;
mod prediction;
mod shell;
mod specification;

use std::collections::BTreeMap;
use std::path::Path;

use crate::configuration::database::{Database, Mongodb, Place};
use crate::findings::{Opinion, Unlooked};
use crate::indexes::cause::Scene;
pub(crate) use crate::indexes::declared::IndexesError;
use crate::indexes::declared::{Declared, declared};
use crate::indexes::live::Live;
use crate::indexes::prediction::{Prediction, predict};

/// What was looked at, and what came of it.
#[derive(Debug)]
pub(crate) struct Seen {
    /// How many indexes are declared.
    pub(crate) declared: usize,
    pub(crate) opinion: Opinion,
}

/// Looks into a database that says which indexes are declared; nothing where it does not.
pub(crate) async fn look(database: &Database) -> Option<Result<Opinion, IndexesError>> {
    let path = database.indexes.as_deref()?;
    let seen = look_at(database, path).await?;
    Some(seen.map(|seen| seen.opinion))
}

/// The same with the indexes of this file; nothing where the database has no collections at all.
pub(crate) async fn look_at(
    database: &Database,
    path: &Path,
) -> Option<Result<Seen, IndexesError>> {
    let Place::Mongodb(place) = &database.place else {
        return None;
    };
    Some(match declared(path) {
        Ok(all) => Ok(Seen {
            declared: all.len(),
            opinion: hold(database, place, path, &all).await,
        }),
        Err(error) => Err(error),
    })
}

async fn hold(database: &Database, place: &Mongodb, path: &Path, all: &[Declared]) -> Opinion {
    let mut opinion = Opinion::default();
    let could_not = |at: String, why: String| Unlooked { at, why };
    let whole = || format!("the database `{}` ({})", database.name, database.place);
    let live = match Live::of(place).await {
        Ok(live) => live,
        Err(error) => {
            opinion.unlooked.push(could_not(whole(), error.to_string()));
            return opinion;
        }
    };
    let mut collections: BTreeMap<&str, Vec<&Declared>> = BTreeMap::new();
    for declared in all {
        let of_it = collections.entry(declared.collection.as_str());
        of_it.or_default().push(declared);
    }
    for (collection, declared) in collections {
        let at = || format!("the indexes of `{collection}` in {}", whole());
        let existing = match live.indexes(collection).await {
            Ok(existing) => existing,
            Err(error) => {
                opinion.unlooked.push(could_not(at(), error.to_string()));
                continue;
            }
        };
        for declared in declared {
            let scene = Scene {
                database,
                place,
                path,
                declared,
                existing: &existing,
            };
            let wanted = &declared.specification;
            match predict(wanted, &existing.all, live.rules) {
                Prediction::Exists => {}
                Prediction::Unknown(why) => {
                    let at = format!("the index `{}` of `{collection}`", wanted.name);
                    opinion.unlooked.push(could_not(at, why.to_owned()));
                }
                Prediction::Refused(refusal) => opinion.causes.push(scene.conflict(&refusal)),
                Prediction::Missing => {
                    let found = duplicates::look(&live, declared, &existing).await;
                    let found = found.unwrap_or_else(|error| {
                        let at = format!("duplicates of `{}` in `{collection}`", wanted.name);
                        opinion.unlooked.push(could_not(at, error.to_string()));
                        Vec::new()
                    });
                    opinion.causes.push(scene.missing(&found));
                }
            }
        }
    }
    opinion
}
