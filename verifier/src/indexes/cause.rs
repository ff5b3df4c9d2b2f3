//! A declared index that is not there, or cannot come there, as a cause with its cure.

use std::path::Path;

use bson::Document;

use crate::configuration::database::{Database, Mongodb};
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix};
use crate::indexes::declared::Declared;
use crate::indexes::live::Existing;
use crate::indexes::prediction::{Error, Refusal};
use crate::indexes::specification::{Specification, usual_name};
use crate::indexes::{duplicates, shell};

/// One declared index, and where it is to be.
pub(super) struct Scene<'a> {
    pub(super) database: &'a Database,
    pub(super) place: &'a Mongodb,
    /// Where it is declared.
    pub(super) path: &'a Path,
    pub(super) declared: &'a Declared,
    pub(super) existing: &'a Existing,
}

impl Scene<'_> {
    /// The server would answer an error.
    pub(super) fn conflict(&self, refusal: &Refusal<'_>) -> Cause {
        let wanted = &self.declared.specification;
        let Refusal { existing, error } = refusal;
        let why = match error {
            Error::KeySpecs => format!("another index is called `{}`", existing.name),
            Error::OtherName => format!("the same index is there as `{}`", existing.name),
            Error::OtherOptions if existing.name == wanted.name => {
                "it is there with other options".to_owned()
            }
            Error::OtherOptions => {
                format!(
                    "the same index is there as `{}`, with other options",
                    existing.name
                )
            }
        };
        Cause {
            code: Code::IndexConflict,
            confidence: Confidence::Certain,
            sentence: format!(
                "createIndex of `{}` on `{}` answers {}: {why}. Code that swallows the error goes no further, and code that throws it does not start",
                wanted.name,
                self.declared.collection,
                error.named()
            ),
            evidence: vec![self.live(existing), self.wanted()],
            fix: self.fix_conflict(existing, *error),
        }
    }

    fn fix_conflict(&self, existing: &Specification, error: Error) -> Fix {
        let wanted = &self.declared.specification;
        let old = &existing.name;
        if let Some(changed) = shell::change_expiry(self.place, self.declared, existing)
            && error == Error::OtherOptions
        {
            return Fix {
                sentence: format!(
                    "Change how long documents are kept; nothing is lost by it but what is then too old {}:",
                    self.client()
                ),
                commands: vec![changed],
            };
        }
        let (kept, other) = match error {
            Error::OtherName if *old == usual_name(&wanted.key) => (
                format!("Nothing is lost if the code calls it `{old}` as well, or gives no name."),
                "Or let the database follow the code: until the second line is through, nothing holds its keys",
            ),
            Error::OtherName => (
                format!("Nothing is lost if the code calls it `{old}` as well."),
                "Or let the database follow the code: until the second line is through, nothing holds its keys",
            ),
            Error::KeySpecs => (
                "Nothing is lost if the code gives it another name: both can be there.".to_owned(),
                "Or, if nothing needs the old one, let the new one take its place",
            ),
            Error::OtherOptions => (
                format!(
                    "Nothing is lost if the code declares it as it is there, with the name `{old}`."
                ),
                "Or let the database follow the code: until it is through, nothing holds its keys",
            ),
        };
        Fix {
            sentence: format!("{kept} {other} {}:", self.client()),
            commands: vec![
                shell::drop_index(self.place, self.declared, old),
                shell::create_index(self.place, self.declared),
            ],
        }
    }

    /// It would be made, unless documents stand in the way.
    pub(super) fn missing(&self, found: &[Document]) -> Cause {
        let wanted = &self.declared.specification;
        let collection = &self.declared.collection;
        let create = shell::create_index(self.place, self.declared);
        if found.is_empty() {
            let unique = if wanted.unique {
                "unique index"
            } else {
                "index"
            };
            return Cause {
                code: Code::IndexMissing,
                confidence: Confidence::Certain,
                sentence: format!(
                    "`{collection}` lacks the {unique} `{}` in the database in use ({})",
                    wanted.name, self.database.place
                ),
                evidence: vec![self.all_live(), self.wanted()],
                fix: Fix {
                    sentence: format!(
                        "Nothing stands in its way: find out why the code did not make it, or make it {}:",
                        self.client()
                    ),
                    commands: vec![create],
                },
            };
        }
        let shown: Vec<_> = found
            .iter()
            .take(SHOWN)
            .map(|key| shell::literal(&key.clone().into()))
            .collect();
        let more = if found.len() > SHOWN {
            ", and more"
        } else {
            ""
        };
        let pipeline = duplicates::pipeline(self.declared);
        Cause {
            code: Code::IndexConflict,
            confidence: Confidence::Certain,
            sentence: format!(
                "createIndex of `{}` on `{collection}` answers error 11000 (DuplicateKey): it is to be unique, and documents have the same key",
                wanted.name
            ),
            evidence: vec![
                Evidence::new(
                    format!("more than once: {}{more}", shown.join(", ")),
                    format!("aggregate on {collection}, {}", self.database.place),
                ),
                self.wanted(),
            ],
            fix: Fix {
                sentence: format!(
                    "Decide which of the documents is right; the first line lists all such keys, the second makes the index once they are gone {}:",
                    self.client()
                ),
                commands: vec![shell::aggregate(self.place, collection, &pipeline), create],
            },
        }
    }

    fn client(&self) -> String {
        format!("(mongosh \"{}\")", self.database.place)
    }

    fn live(&self, index: &Specification) -> Evidence {
        Evidence::new(shell::literal(&index.written.clone().into()), self.listed())
    }

    fn all_live(&self) -> Evidence {
        if self.existing.is_absent {
            return Evidence::new("there is no such collection yet", self.listed());
        }
        let names: Vec<_> = self
            .existing
            .all
            .iter()
            .map(|index| index.name.as_str())
            .collect();
        Evidence::new(format!("indexes: {}", names.join(", ")), self.listed())
    }

    fn listed(&self) -> String {
        format!(
            "listIndexes of {}, {}",
            self.declared.collection, self.database.place
        )
    }

    fn wanted(&self) -> Evidence {
        let written = self.declared.specification.written.clone();
        Evidence::new(
            shell::literal(&written.into()),
            self.path.display().to_string(),
        )
    }
}

const SHOWN: usize = 3;
