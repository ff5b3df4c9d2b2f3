//! What `createIndex` would answer, told without asking it.
//!
//! The questions are the server's, in its order (`src/mongo/db/catalog/index_catalog_impl.cpp`, `index_descriptor.cpp`): an index of the
//! same name, then one that is the same by what makes an index the one it is.

use bson::{Bson, Document};

use crate::indexes::live::Existing;
use crate::indexes::partial::is_equivalent;
use crate::indexes::specification::{Specification, same, same_documents};

/// What makes an index the one it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rules {
    /// Key and collation.
    Before5,
    /// Also `unique`, `sparse` and the partial filter.
    Since5,
}

/// The answer.
#[derive(Debug)]
pub(crate) enum Prediction<'a> {
    /// It is there, and nothing would be done.
    Exists,
    /// It would be made.
    Missing,
    Refused(Refusal<'a>),
    /// Why nobody can tell.
    Unknown(&'static str),
}

/// An error, because of this index.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    pub(crate) existing: &'a Specification,
    pub(crate) error: Error,
}

/// Which error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Error {
    /// 86: another index has the name.
    KeySpecs,
    /// 85: the same index has another name.
    OtherName,
    /// 85: the same index has other options, and perhaps another name.
    OtherOptions,
}

impl Rules {
    pub(crate) fn of_version(major: Option<i64>) -> Self {
        if major.is_some_and(|major| major < 5) {
            Self::Before5
        } else {
            Self::Since5
        }
    }
}

impl Error {
    /// As the server numbers and names it (`src/mongo/base/error_codes.yml`).
    pub(crate) const fn named(self) -> &'static str {
        match self {
            Self::KeySpecs => "error 86 (IndexKeySpecsConflict)",
            Self::OtherName | Self::OtherOptions => "error 85 (IndexOptionsConflict)",
        }
    }
}

/// How near two indexes are.
enum Likeness {
    Different,
    /// The same one with other options.
    Equivalent,
    Identical,
}

/// Tells it.
pub(crate) fn predict<'a>(
    wanted: &Specification,
    all: &'a [Specification],
    rules: Rules,
) -> Prediction<'a> {
    if wanted.is_of_ids() {
        return Prediction::Exists;
    }
    if wanted.is_of_text_or_wildcard() {
        return Prediction::Unknown(
            "the server keeps text and wildcard indexes otherwise than they are declared; they are not compared",
        );
    }
    let mut wanted = wanted.clone();
    if !wanted.written.contains_key("collation") {
        wanted.collation = Existing::usual_collation(all).cloned();
    }
    let refused = |existing, error| Prediction::Refused(Refusal { existing, error });
    if let Some(named) = all.iter().find(|index| index.name == wanted.name) {
        return match likeness(&wanted, named, rules) {
            Some(Likeness::Identical) => Prediction::Exists,
            Some(Likeness::Equivalent) => refused(named, Error::OtherOptions),
            Some(Likeness::Different) => refused(named, Error::KeySpecs),
            None => Prediction::Unknown(FILTERS),
        };
    }
    for index in all {
        match likeness(&wanted, index, rules) {
            Some(Likeness::Different) => {}
            Some(Likeness::Equivalent) => return refused(index, Error::OtherOptions),
            Some(Likeness::Identical) => return refused(index, Error::OtherName),
            None => return Prediction::Unknown(FILTERS),
        }
    }
    Prediction::Missing
}

fn likeness(wanted: &Specification, index: &Specification, rules: Rules) -> Option<Likeness> {
    let is_same_key = same_documents(&wanted.key, &index.key);
    if !is_same_key || !is_same_collation(wanted.collation.as_ref(), index.collation.as_ref()) {
        return Some(Likeness::Different);
    }
    let are_flags_same = (wanted.unique, wanted.sparse) == (index.unique, index.sparse);
    let is_expiry_same = wanted.expire_after_seconds == index.expire_after_seconds;
    if rules == Rules::Since5 && !are_flags_same {
        return Some(Likeness::Different);
    }
    let is_partial_same = match (&wanted.partial, &index.partial) {
        (None, None) => true,
        (Some(one), Some(other)) => is_equivalent(one, other)?,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if rules == Rules::Since5 && !is_partial_same {
        return Some(Likeness::Different);
    }
    Some(if are_flags_same && is_partial_same && is_expiry_same {
        Likeness::Identical
    } else {
        Likeness::Equivalent
    })
}

/// The server fills in what a collation does not say, and its version.
fn is_same_collation(wanted: Option<&Document>, live: Option<&Document>) -> bool {
    let (wanted, live) = match (wanted, live) {
        (None, None) => return true,
        (Some(wanted), Some(live)) => (wanted, live),
        (Some(_), None) | (None, Some(_)) => return false,
    };
    let is_said = wanted.iter().all(|(name, value)| {
        name == "version" || live.get(name).is_some_and(|live| same(value, live))
    });
    let is_usual = live
        .iter()
        .filter(|(name, _)| !wanted.contains_key(name))
        .all(|(name, value)| match name.as_str() {
            "caseFirst" => value.as_str() == Some("off"),
            "alternate" => value.as_str() == Some("non-ignorable"),
            "maxVariable" => value.as_str() == Some("punct"),
            "strength" => same(value, &Bson::Int32(3)),
            "version" => true,
            _ => value.as_bool() == Some(false),
        });
    is_said && is_usual
}

const FILTERS: &str = "whether its partial filter says the same as that of an index which is there can only be told by the server";

#[cfg(test)]
mod tests {
    use bson::doc;

    use super::*;

    fn index(written: &Document) -> Specification {
        Specification::of(written).unwrap()
    }

    fn told(wanted: &Document, existing: &Document, rules: Rules) -> String {
        let all = [
            index(&doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" }),
            index(existing),
        ];
        match predict(&index(wanted), &all, rules) {
            Prediction::Exists => "no-op".to_owned(),
            Prediction::Missing => "missing".to_owned(),
            Prediction::Refused(refusal) => format!("{:?}", refusal.error),
            Prediction::Unknown(_) => "unknown".to_owned(),
        }
    }

    /// Each an index that is wanted, one that is there, and what is answered since 5.0 and before.
    fn holds(cases: &[(Document, Document, &str, &str)]) {
        for (wanted, existing, since_5, before_5) in cases {
            let shown = format!("{wanted} beside {existing}");
            assert_eq!(told(wanted, existing, Rules::Since5), *since_5, "{shown}");
            let before = told(wanted, existing, Rules::Before5);
            assert_eq!(before, *before_5, "{shown}, before 5");
        }
    }

    fn code(more: Document) -> Document {
        let mut index = doc! { "key": { "code": 1 } };
        index.extend(more);
        index
    }

    /// The one of incident I2 is the second.
    #[test]
    fn the_answer_is_told_for_every_way_in_which_two_indexes_can_be_near() {
        let usual = || code(doc! { "unique": true, "sparse": true });
        let named = |name: &str| {
            let mut index = usual();
            index.insert("name", name);
            index
        };
        let x = |more: Document| {
            let mut index = code(more);
            index.insert("name", "x");
            index
        };
        let expiring = || doc! { "expireAfterSeconds": 5 };
        let backwards = doc! { "key": { "code": -1 }, "name": "code_1" };
        let of_ids = doc! { "key": { "_id": 1 }, "name": "x" };
        let of_text = doc! { "key": { "about": "text" } };
        let (ab, ba) = (
            doc! { "key": { "a": 1, "b": 1 } },
            doc! { "key": { "b": 1, "a": 1 } },
        );
        let none = || code(doc! {});
        holds(&[
            (usual(), usual(), "no-op", "no-op"),
            (named("code_unique"), usual(), "OtherName", "OtherName"),
            (backwards, usual(), "KeySpecs", "KeySpecs"),
            (
                code(doc! { "unique": true }),
                usual(),
                "KeySpecs",
                "OtherOptions",
            ),
            (
                x(doc! { "unique": true }),
                usual(),
                "missing",
                "OtherOptions",
            ),
            (code(expiring()), none(), "OtherOptions", "OtherOptions"),
            (x(expiring()), none(), "OtherOptions", "OtherOptions"),
            (of_ids, none(), "no-op", "no-op"),
            (of_text, none(), "unknown", "unknown"),
            (ab, ba, "missing", "missing"),
        ]);
        assert!(Error::KeySpecs.named().contains("86") && Error::OtherName.named().contains("85"));
    }

    #[test]
    fn filters_and_collations_are_held_against_each_other_by_what_they_mean() {
        let partial = |filter: Document, name: &str| {
            code(doc! { "partialFilterExpression": filter, "name": name })
        };
        let collated =
            |collation: Document, name: &str| code(doc! { "collation": collation, "name": name });
        let both = doc! { "$and": [{ "b": { "$gt": 0 } }, { "a": 1 }] };
        let same = doc! { "a": 1.0, "b": { "$gt": 0 } };
        let either = doc! { "$or": [{ "a": 1 }] };
        let en = || doc! { "locale": "en" };
        let whole = doc! { "locale": "en", "strength": 3, "caseLevel": false, "caseFirst": "off", "version": "57.1" };
        let strong = doc! { "locale": "en", "strength": 1 };
        let none = || code(doc! {});
        holds(&[
            (
                partial(doc! { "a": 1 }, "x"),
                none(),
                "missing",
                "OtherOptions",
            ),
            (
                partial(both, "x"),
                partial(same, "code_1"),
                "OtherName",
                "OtherName",
            ),
            (
                partial(either, "code_1"),
                partial(doc! { "a": 1 }, "code_1"),
                "unknown",
                "unknown",
            ),
            (collated(en(), "code_1"), none(), "KeySpecs", "KeySpecs"),
            (
                collated(en(), "x"),
                collated(whole, "code_1"),
                "OtherName",
                "OtherName",
            ),
            (collated(strong, "x"), none(), "missing", "missing"),
        ]);
    }
}
