//! The file that says which indexes the deployed code declares.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bson::{Bson, Document};

use crate::configuration::suggestion::closest;
use crate::indexes::specification::{Specification, whole};

/// An index that the code makes.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) collection: String,
    pub(crate) specification: Specification,
}

/// Reads all of them.
pub(crate) fn declared(path: &Path) -> Result<Vec<Declared>, IndexesError> {
    let text = fs::read_to_string(path);
    let text = text.map_err(|error| IndexesError::Unreadable(path.to_owned(), error))?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Vec<Declared>, IndexesError> {
    // As documents: the order of a key's fields is a part of it.
    let entries: Vec<Document> = serde_json::from_str(text)
        .map_err(|error| IndexesError::NoList(path.to_owned(), error.to_string()))?;
    let read = entries.iter().zip(1..).map(|(entry, number)| {
        one(entry).map_err(|wrong| IndexesError::Entry {
            path: path.to_owned(),
            number,
            wrong,
        })
    });
    read.collect()
}

fn one(entry: &Document) -> Result<Declared, Wrong> {
    if let Some(unknown) = entry.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(Wrong::Unknown(unknown.clone()));
    }
    let collection = entry.get_str("collection").map_err(|_| Wrong::Collection)?;
    let key = entry.get_document("key").map_err(|_| Wrong::Key)?;
    let is_kind = |value: &Bson| {
        whole(value).is_some_and(|direction| direction != 0) || value.as_str().is_some()
    };
    if collection.is_empty() || key.is_empty() || !key.values().all(is_kind) {
        return Err(if collection.is_empty() {
            Wrong::Collection
        } else {
            Wrong::Key
        });
    }
    for (option, is_right) in TYPES {
        if entry.get(option).is_some_and(|value| !is_right(value)) {
            return Err(Wrong::Type(option));
        }
    }
    let mut written = entry.clone();
    written.remove("collection");
    let specification = Specification::of(&written).ok_or(Wrong::Key)?;
    Ok(Declared {
        collection: collection.to_owned(),
        specification,
    })
}

/// Why it is not known what is declared.
#[derive(Debug)]
pub(crate) enum IndexesError {
    /// One of the entries is none.
    Entry {
        path: PathBuf,
        number: usize,
        wrong: Wrong,
    },
    NoList(PathBuf, String),
    Unreadable(PathBuf, io::Error),
}

/// What is wrong with an entry.
#[derive(Debug)]
pub(crate) enum Wrong {
    Collection,
    Key,
    /// The value of this key is of another type.
    Type(&'static str),
    Unknown(String),
}

impl fmt::Display for IndexesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry {
                path,
                number,
                wrong,
            } => write!(f, "`{}`, index {number}: {wrong}", path.display()),
            Self::NoList(path, error) => write!(
                f,
                "`{}` is no list of indexes: {error}; expected [{{\"collection\": \"users\", \"key\": {{\"code\": 1}}, \"unique\": true}}]",
                path.display()
            ),
            Self::Unreadable(path, error) => write!(
                f,
                "cannot read `{}`: {error}; give `indexes` in [[databases]], or --expect, a path that is right from this folder",
                path.display()
            ),
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Collection => f.write_str("it needs `collection`, a name"),
            Self::Key => f.write_str(
                "it needs `key`, an object of fields, each with 1, -1 or a kind such as \"hashed\"",
            ),
            Self::Type(option) => write!(f, "the value of `{option}` is of the wrong type"),
            Self::Unknown(key) => {
                write!(f, "`{key}` is not known; ")?;
                match closest(key, KEYS) {
                    Some(right) => write!(f, "did you mean `{right}`?"),
                    None => write!(f, "there is `{}`", KEYS.join("`, `")),
                }
            }
        }
    }
}

const KEYS: [&str; 9] = [
    "collation",
    "collection",
    "expireAfterSeconds",
    "hidden",
    "key",
    "name",
    "partialFilterExpression",
    "sparse",
    "unique",
];

type Judge = fn(&Bson) -> bool;

const TYPES: [(&str, Judge); 7] = [
    ("collation", |value| value.as_document().is_some()),
    ("expireAfterSeconds", |value| whole(value).is_some()),
    ("hidden", |value| value.as_bool().is_some()),
    ("name", |value| {
        value.as_str().is_some_and(|name| !name.is_empty())
    }),
    ("partialFilterExpression", |value| {
        value.as_document().is_some()
    }),
    ("sparse", |value| value.as_bool().is_some()),
    ("unique", |value| value.as_bool().is_some()),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Declared>, String> {
        parse(Path::new("indexes.json"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_fields_of_a_key_keep_their_order() {
        let text = r#"[{"collection": "users", "key": {"tenant": 1, "at": -1, "code": 1}, "unique": true}]"#;
        let declared = read(text).unwrap();
        let keys: Vec<_> = declared[0].specification.key.keys().collect();
        assert_eq!(keys, ["tenant", "at", "code"]);
        assert_eq!(declared[0].specification.name, "tenant_1_at_-1_code_1");
    }

    #[test]
    fn every_mistake_is_said_with_its_place_and_its_cure() {
        for (text, said) in [
            ("{}", "no list of indexes"),
            (r#"[{"key": {"a": 1}}]"#, "index 1: it needs `collection`"),
            (
                r#"[{"collection": "u", "key": {"a": 1}}, {"collection": "u"}]"#,
                "index 2: it needs `key`",
            ),
            (
                r#"[{"collection": "u", "key": {"a": 0}}]"#,
                "it needs `key`",
            ),
            (
                r#"[{"collection": "u", "key": {"a": 1}, "uniqe": true}]"#,
                "did you mean `unique`?",
            ),
            (
                r#"[{"collection": "u", "key": {"a": 1}, "unique": "yes"}]"#,
                "`unique` is of the wrong type",
            ),
        ] {
            let error = read(text).map(|_| ()).unwrap_err();
            assert!(error.contains(said), "expected `{said}` in: {error}");
        }
    }
}
