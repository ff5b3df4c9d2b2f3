//! A link that is a document of a collection.

use crate::configuration::audit::field::Field;
use crate::configuration::database::Mongodb;
use crate::configuration::filter::Filter;
use crate::configuration::name::Name;
use crate::diagnose::chain::State;
use crate::memory::Memory;
use crate::sources::mongodb::first;

/// What is asked for.
pub(super) struct Asked<'a> {
    pub(super) place: &'a Mongodb,
    pub(super) collection: &'a str,
    pub(super) filter: &'a Filter,
}

/// Whole if there is such a document, and it has all that later links need.
pub(super) async fn look(
    asked: &Asked<'_>,
    database: &str,
    keep: &[(Name, Field)],
    memory: &Memory,
) -> (State, String, String) {
    let (collection, filter) = (asked.collection, asked.filter);
    let place = asked.place.origin.in_a_shell();
    let source = format!("the database `{database}` ({place}): {collection} {filter}");
    let found = match filter.fill(&memory.values()) {
        Ok(filter) => first(asked.place, collection, filter).await,
        Err(error) => return (State::Unseen, error.to_string(), source),
    };
    let document = match found {
        Ok(Some(document)) => document,
        Ok(None) => {
            let what = "there is no such document".to_owned();
            return (State::Broken, what, source);
        }
        Err(error) => return (State::Unseen, error.to_string(), source),
    };
    for (name, field) in keep {
        let Some(value) = field.of(&document) else {
            let what = format!("the document has no `{}`", field.as_str());
            return (State::Broken, what, source);
        };
        memory.learn(name.clone(), value.clone());
    }
    (State::Whole, "there is a document".to_owned(), source)
}
