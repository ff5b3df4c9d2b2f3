//! Values: where a document has them, and how two of them are held against each other (mongodb.com/docs, "BSON Types", "Comparison/Sort
//! Order").

use std::cmp::Ordering;

use bson::{Bson, Document};

use crate::mongo::Refusal;

/// Everything that a path leads to: an array is entered, by each of its documents or by a number.
pub(super) fn at<'a>(document: &'a Document, path: &str) -> Vec<&'a Bson> {
    let (first, rest) = path
        .split_once('.')
        .map_or((path, None), |(first, rest)| (first, Some(rest)));
    document
        .get(first)
        .map_or_else(Vec::new, |value| within(value, rest))
}

fn within<'a>(value: &'a Bson, path: Option<&str>) -> Vec<&'a Bson> {
    let Some(path) = path else {
        return vec![value];
    };
    match value {
        Bson::Document(document) => at(document, path),
        Bson::Array(items) => {
            let (first, rest) = path
                .split_once('.')
                .map_or((path, None), |(first, rest)| (first, Some(rest)));
            let numbered = first.parse().ok().and_then(|index: usize| items.get(index));
            let numbered = numbered.map_or_else(Vec::new, |item| within(item, rest));
            let inside = items.iter().filter_map(Bson::as_document);
            numbered
                .into_iter()
                .chain(inside.flat_map(|document| at(document, path)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// The order of two values of one kind; nothing where they are of two.
pub(super) fn compare(one: &Bson, other: &Bson) -> Result<Option<Ordering>, Refusal> {
    Ok(match (one, other) {
        (Bson::String(one), Bson::String(other)) => Some(one.cmp(other)),
        (Bson::Boolean(one), Bson::Boolean(other)) => Some(one.cmp(other)),
        (Bson::DateTime(one), Bson::DateTime(other)) => Some(one.cmp(other)),
        (Bson::ObjectId(one), Bson::ObjectId(other)) => Some(one.bytes().cmp(&other.bytes())),
        (Bson::Null, Bson::Null) => Some(Ordering::Equal),
        (one, other) => match (number(one)?, number(other)?) {
            (Some(one), Some(other)) => one.partial_cmp(&other),
            (None, None) if one == other => Some(Ordering::Equal),
            (_, _) => None,
        },
    })
}

/// Whether two values are the same to the server: 1 and 1.0 are.
pub(super) fn same(one: &Bson, other: &Bson) -> Result<bool, Refusal> {
    match (one, other) {
        (Bson::Document(one), Bson::Document(other)) => {
            if !one.keys().eq(other.keys()) {
                return Ok(false);
            }
            all(one.values().zip(other.values()))
        }
        (Bson::Array(one), Bson::Array(other)) if one.len() == other.len() => {
            all(one.iter().zip(other))
        }
        (one, other) => Ok(compare(one, other)? == Some(Ordering::Equal)),
    }
}

fn all<'a>(pairs: impl Iterator<Item = (&'a Bson, &'a Bson)>) -> Result<bool, Refusal> {
    for (one, other) in pairs {
        if !same(one, other)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// As a real number. A whole one that is none exactly is left to a server.
fn number(value: &Bson) -> Result<Option<f64>, Refusal> {
    match value {
        Bson::Double(number) => Ok(Some(*number)),
        Bson::Int32(number) => Ok(Some(f64::from(*number))),
        Bson::Int64(number) => match i32::try_from(number >> 21) {
            #[expect(
                clippy::cast_precision_loss,
                reason = "it has 53 bits, and so has a real number"
            )]
            Ok(_) => Ok(Some(*number as f64)),
            Err(_) => Err(Refusal::beyond("whole numbers of more than 53 bits")),
        },
        Bson::Decimal128(_) => Err(Refusal::beyond("decimal numbers")),
        _ => Ok(None),
    }
}

/// As a whole number, as commands have them in any of three types.
pub(super) fn whole(value: Option<&Bson>) -> Option<i64> {
    match value? {
        Bson::Int32(number) => Some(i64::from(*number)),
        Bson::Int64(number) => Some(*number),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what drivers write as a real number is small"
        )]
        Bson::Double(number) => Some(*number as i64),
        _ => None,
    }
}

/// Whether an option is given and true, as the server takes options: 1 is.
pub(super) fn truth(value: Option<&Bson>) -> bool {
    match value {
        Some(Bson::Boolean(truth)) => *truth,
        other => whole(other).is_some_and(|number| number != 0),
    }
}
