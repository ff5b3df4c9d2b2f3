//! The commands, by their names.

use bson::{Bson, Document};

use crate::mongo::store::Store;
use crate::mongo::{Refusal, reading, writing};

/// Does what is asked for.
pub(super) fn perform(
    store: &mut Store,
    name: &str,
    command: &Document,
) -> Result<Document, Refusal> {
    let database = command.get_str("$db").unwrap_or_default().to_owned();
    let collection = command.get_str(name).unwrap_or_default().to_owned();
    let place = Place {
        database: &database,
        collection: &collection,
    };
    match name {
        "aggregate" => reading::aggregate(store, &place, command),
        "createIndexes" => writing::create_indexes(store, &place, command),
        "dropIndexes" => writing::drop_indexes(store, &place, command),
        "find" => reading::find(store, &place, command),
        "getMore" => reading::more(store, command),
        "insert" => writing::insert(store, &place, command),
        "killCursors" => Ok(reading::end(store, command)),
        "listCollections" => reading::collections(store, &place, command),
        "listIndexes" => reading::indexes(store, &place, command),
        "update" => writing::update(store, &place, command),
        other => Err(Refusal::new(
            59,
            "CommandNotFound",
            format!("no such command: '{other}'"),
        )),
    }
}

/// Where something is asked for.
pub(super) struct Place<'a> {
    pub(super) database: &'a str,
    pub(super) collection: &'a str,
}

impl Place<'_> {
    pub(super) fn namespace(&self) -> String {
        format!("{}.{}", self.database, self.collection)
    }
}

/// A list of documents in a command.
pub(super) fn list(command: &Document, name: &str) -> Result<Vec<Document>, Refusal> {
    let items = command.get_array(name);
    let items = items.map_err(|_| Refusal::new(9, "FailedToParse", format!("no list `{name}`")))?;
    let documents = items.iter().map(|item| match item {
        Bson::Document(document) => Ok(document.clone()),
        _ => Err(Refusal::new(
            14,
            "TypeMismatch",
            format!("`{name}` needs documents"),
        )),
    });
    documents.collect()
}

/// A document in a command, empty where there is none.
pub(super) fn part(command: &Document, name: &str) -> Document {
    command.get_document(name).cloned().unwrap_or_default()
}
