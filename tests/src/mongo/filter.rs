//! Whether a filter takes a document. What is not known here is an error.

use std::cmp::Ordering;

use bson::{Bson, Document};

use crate::mongo::Refusal;
use crate::mongo::value::{at, compare, same, truth};

/// Judges one document.
pub(super) fn takes(filter: &Document, document: &Document) -> Result<bool, Refusal> {
    for (key, wanted) in filter {
        let is_so = match key.as_str() {
            "$and" => parts(wanted, document)?.into_iter().all(|is_so| is_so),
            "$or" => parts(wanted, document)?.into_iter().any(|is_so| is_so),
            "$nor" => !parts(wanted, document)?.into_iter().any(|is_so| is_so),
            operator if operator.starts_with('$') => return Err(Refusal::beyond(operator)),
            path => field(&at(document, path), wanted)?,
        };
        if !is_so {
            return Ok(false);
        }
    }
    Ok(true)
}

fn parts(wanted: &Bson, document: &Document) -> Result<Vec<bool>, Refusal> {
    let Bson::Array(filters) = wanted else {
        return Err(Refusal::new(
            2,
            "BadValue",
            "$and/$or/$nor must be an array",
        ));
    };
    let judged = filters.iter().map(|filter| match filter {
        Bson::Document(filter) => takes(filter, document),
        _ => Err(Refusal::new(
            2,
            "BadValue",
            "entries need to be full objects",
        )),
    });
    judged.collect()
}

/// What stands at a path against what is wanted there.
fn field(found: &[&Bson], wanted: &Bson) -> Result<bool, Refusal> {
    match wanted {
        Bson::Document(operators) if operators.keys().any(|key| key.starts_with('$')) => {
            for (operator, operand) in operators {
                if !operation(found, operator, operand)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Bson::RegularExpression(_) => Err(Refusal::beyond("regular expressions")),
        value => equals(found, value),
    }
}

fn operation(found: &[&Bson], operator: &str, operand: &Bson) -> Result<bool, Refusal> {
    let is_ordered = |wanted: &[Ordering]| {
        any(found, |value| {
            Ok(compare(value, operand)?.is_some_and(|order| wanted.contains(&order)))
        })
    };
    match operator {
        "$eq" => equals(found, operand),
        "$ne" => equals(found, operand).map(|is_so| !is_so),
        "$gt" => is_ordered(&[Ordering::Greater]),
        "$gte" => is_ordered(&[Ordering::Greater, Ordering::Equal]),
        "$lt" => is_ordered(&[Ordering::Less]),
        "$lte" => is_ordered(&[Ordering::Less, Ordering::Equal]),
        "$in" => one_of(found, operand),
        "$nin" => one_of(found, operand).map(|is_so| !is_so),
        "$exists" => Ok(found.is_empty() != truth(Some(operand))),
        "$type" => any(found, |value| is_of(value, operand)),
        "$not" => field(found, operand).map(|is_so| !is_so),
        other => Err(Refusal::beyond(other)),
    }
}

fn one_of(found: &[&Bson], operand: &Bson) -> Result<bool, Refusal> {
    let Bson::Array(wanted) = operand else {
        return Err(Refusal::new(2, "BadValue", "$in needs an array"));
    };
    for value in wanted {
        if matches!(value, Bson::RegularExpression(_)) {
            return Err(Refusal::beyond("regular expressions"));
        }
        if equals(found, value)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Nothing there is as null.
fn equals(found: &[&Bson], wanted: &Bson) -> Result<bool, Refusal> {
    if found.is_empty() {
        return Ok(matches!(wanted, Bson::Null));
    }
    any(found, |value| same(value, wanted))
}

/// Of an array, each of its items counts, and the whole of it.
fn any(found: &[&Bson], is_so: impl Fn(&Bson) -> Result<bool, Refusal>) -> Result<bool, Refusal> {
    for value in found {
        if is_so(value)? {
            return Ok(true);
        }
        if let Bson::Array(items) = value {
            for item in items {
                if is_so(item)? {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

fn is_of(value: &Bson, kind: &Bson) -> Result<bool, Refusal> {
    let Bson::String(kind) = kind else {
        return Err(Refusal::beyond("types by number"));
    };
    Ok(match kind.as_str() {
        "array" => matches!(value, Bson::Array(_)),
        "bool" => matches!(value, Bson::Boolean(_)),
        "date" => matches!(value, Bson::DateTime(_)),
        "double" => matches!(value, Bson::Double(_)),
        "int" => matches!(value, Bson::Int32(_)),
        "long" => matches!(value, Bson::Int64(_)),
        "null" => matches!(value, Bson::Null),
        "object" => matches!(value, Bson::Document(_)),
        "objectId" => matches!(value, Bson::ObjectId(_)),
        "string" => matches!(value, Bson::String(_)),
        other => return Err(Refusal::beyond(format!("the type {other}"))),
    })
}
