//! What the server keeps: collections by database and name, and the cursors that are not at their end.

use std::collections::{BTreeMap, VecDeque};

use bson::{Bson, Document, doc};

use crate::mongo::Refusal;
use crate::mongo::indexes::{self, Decision};

/// Everything.
#[derive(Debug, Default)]
pub(super) struct Store {
    collections: BTreeMap<(String, String), Collection>,
    pub(super) cursors: BTreeMap<i64, Cursor>,
    last_cursor: i64,
}

/// A collection.
#[derive(Debug)]
pub(super) struct Collection {
    pub(super) namespace: String,
    pub(super) documents: Vec<Document>,
    /// As `listIndexes` has them; that of the ids is the first.
    pub(super) indexes: Vec<Document>,
}

/// What is left of an answer.
#[derive(Debug)]
pub(super) struct Cursor {
    pub(super) namespace: String,
    pub(super) rest: VecDeque<Document>,
}

impl Store {
    /// The collection, made where it is not there.
    pub(super) fn make(&mut self, database: &str, name: &str) -> &mut Collection {
        let key = (database.to_owned(), name.to_owned());
        self.collections.entry(key).or_insert_with(|| Collection {
            namespace: format!("{database}.{name}"),
            documents: Vec::new(),
            indexes: vec![doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" }],
        })
    }

    pub(super) fn find(&self, database: &str, name: &str) -> Option<&Collection> {
        self.collections
            .get(&(database.to_owned(), name.to_owned()))
    }

    /// The collection, which has to be there.
    pub(super) fn existing(
        &mut self,
        database: &str,
        name: &str,
    ) -> Result<&mut Collection, Refusal> {
        let key = (database.to_owned(), name.to_owned());
        self.collections.get_mut(&key).ok_or_else(|| {
            let said = format!("ns does not exist: {database}.{name}");
            Refusal::new(26, "NamespaceNotFound", said)
        })
    }

    /// The names of a database's collections.
    pub(super) fn names(&self, database: &str) -> impl Iterator<Item = &str> {
        let mine = self
            .collections
            .keys()
            .filter(move |(of, _)| of == database);
        mine.map(|(_, name)| name.as_str())
    }

    /// The first documents of an answer, and a cursor for the rest of it.
    pub(super) fn answer(
        &mut self,
        namespace: String,
        all: Vec<Document>,
        at_once: usize,
        is_single: bool,
    ) -> Document {
        let mut rest = VecDeque::from(all);
        let first: Vec<Document> = rest.drain(..at_once.min(rest.len())).collect();
        let id = if rest.is_empty() || is_single {
            0
        } else {
            self.last_cursor += 1;
            let namespace = namespace.clone();
            self.cursors
                .insert(self.last_cursor, Cursor { namespace, rest });
            self.last_cursor
        };
        doc! { "cursor": { "id": id, "ns": namespace, "firstBatch": first }, "ok": 1.0 }
    }
}

impl Collection {
    /// Adds a document, unless an index holds against it.
    pub(super) fn insert(&mut self, mut document: Document) -> Result<(), Refusal> {
        if !document.contains_key("_id") {
            let mut whole = doc! { "_id": bson::oid::ObjectId::new() };
            whole.extend(document);
            document = whole;
        }
        for index in &self.indexes {
            indexes::admit(index, &document, &self.documents, &self.namespace)?;
        }
        self.documents.push(document);
        Ok(())
    }

    /// Puts a document into the place of another one.
    pub(super) fn replace(&mut self, place: usize, document: Document) -> Result<(), Refusal> {
        let mut others = self.documents.clone();
        if place < others.len() {
            others.remove(place);
        }
        for index in &self.indexes {
            indexes::admit(index, &document, &others, &self.namespace)?;
        }
        if let Some(at) = self.documents.get_mut(place) {
            *at = document;
        }
        Ok(())
    }

    /// Makes an index, or does nothing where it is there.
    pub(super) fn create_index(&mut self, spec: &Document) -> Result<(), Refusal> {
        let spec = indexes::normal(spec)?;
        if let Decision::Exists = indexes::decide(&spec, &self.indexes)? {
            return Ok(());
        }
        for (place, document) in self.documents.iter().enumerate() {
            let before = self.documents.get(..place).unwrap_or_default();
            indexes::admit(&spec, document, before, &self.namespace).map_err(|refusal| {
                let said = format!(
                    "Index build failed: Collection {} :: caused by :: {}",
                    self.namespace, refusal.message
                );
                Refusal::new(refusal.code, refusal.name, said)
            })?;
        }
        self.indexes.push(spec);
        Ok(())
    }

    /// Takes indexes away, as `dropIndexes` names them.
    pub(super) fn drop_indexes(&mut self, wanted: &Bson) -> Result<(), Refusal> {
        match wanted {
            Bson::String(all) if all == "*" => {
                self.indexes.truncate(1);
                Ok(())
            }
            Bson::String(name) if name == "_id_" => {
                Err(Refusal::new(72, "InvalidOptions", "cannot drop _id index"))
            }
            Bson::String(name) => {
                let is_it =
                    |index: &Document| index.get_str("name").is_ok_and(|of_it| of_it == name);
                let place = self.indexes.iter().position(is_it).ok_or_else(|| {
                    let said = format!("index not found with name [{name}]");
                    Refusal::new(27, "IndexNotFound", said)
                })?;
                self.indexes.remove(place);
                Ok(())
            }
            Bson::Array(names) => names.iter().try_for_each(|name| self.drop_indexes(name)),
            _ => Err(Refusal::beyond("indexes that are not named")),
        }
    }
}
