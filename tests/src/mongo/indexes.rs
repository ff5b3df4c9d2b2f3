//! What the server decides about an index, and what an index decides about documents.
//!
//! The order of the questions is the server's (`src/mongo/db/catalog/index_catalog_impl.cpp`, `index_descriptor.cpp`, since 5.0): first
//! by name, then by what makes an index the one it is: key, `unique`, `sparse`, collation and partial filter.

use bson::{Bson, Document, doc};

use crate::mongo::Refusal;
use crate::mongo::filter::takes;
use crate::mongo::partial::is_equivalent;
use crate::mongo::value::{at, same, truth, whole};

/// What becomes of a wish that is not refused.
#[derive(Debug)]
pub(super) enum Decision {
    Exists,
    Make,
}

/// How near two indexes are.
enum Likeness {
    Different,
    /// The same one with other options.
    Equivalent,
    Identical,
}

/// As the server writes a wish down.
pub(super) fn normal(spec: &Document) -> Result<Document, Refusal> {
    let lacks = |field: &str| {
        let said = format!("The '{field}' field is a required property of an index specification");
        Refusal::new(9, "FailedToParse", said)
    };
    let key = spec.get_document("key").map_err(|_| lacks("key"))?;
    let name = spec.get_str("name").map_err(|_| lacks("name"))?;
    for (field, direction) in key {
        let is_plain = whole(Some(direction)).is_some_and(|direction| direction != 0);
        if field.contains('$') || !is_plain {
            return Err(Refusal::beyond(format!("an index on {key}")));
        }
    }
    // Whatever it is called.
    let name = if *key == (doc! { "_id": 1 }) {
        "_id_"
    } else {
        name
    };
    if key.len() > 1 && spec.contains_key("expireAfterSeconds") {
        let said = "TTL indexes are single-field indexes, compound indexes do not support TTL";
        return Err(Refusal::new(67, "CannotCreateIndex", said));
    }
    let mut normal = doc! { "v": 2, "key": key.clone(), "name": name };
    for (option, value) in spec {
        match option.as_str() {
            "key" | "name" | "v" | "background" => {}
            "unique" | "sparse" => {
                if truth(Some(value)) {
                    normal.insert(option, true);
                }
            }
            "partialFilterExpression" | "expireAfterSeconds" | "hidden" => {
                normal.insert(option, value.clone());
            }
            "collation" => normal.extend(collation(value)?),
            other => return Err(Refusal::beyond(format!("the option {other} of an index"))),
        }
    }
    Ok(normal)
}

/// With everything that is not said; the simple one is none.
fn collation(value: &Bson) -> Result<Document, Refusal> {
    let said = value
        .as_document()
        .and_then(|value| value.get_str("locale").ok());
    let (Some(written), Some(locale)) = (value.as_document(), said) else {
        return Err(Refusal::new(
            9,
            "FailedToParse",
            "a collation needs a locale",
        ));
    };
    if locale == "simple" {
        return Ok(Document::new());
    }
    if !["de", "en", "en_US"].contains(&locale) {
        return Err(Refusal::beyond(format!("the locale {locale}")));
    }
    let mut whole = doc! {
        "locale": locale, "caseLevel": false, "caseFirst": "off", "strength": 3, "numericOrdering": false, "alternate": "non-ignorable",
        "maxVariable": "punct", "normalization": false, "backwards": false, "version": "57.1",
    };
    whole.extend(written.clone());
    Ok(doc! { "collation": whole })
}

/// Decides whether this index may be made beside those.
pub(super) fn decide(spec: &Document, existing: &[Document]) -> Result<Decision, Refusal> {
    let name = |index: &Document| index.get_str("name").unwrap_or_default().to_owned();
    let shown = |other: &Document| format!("Requested index: {spec}, existing index: {other}");
    let conflict = |said: String| Refusal::new(85, "IndexOptionsConflict", said);
    if let Some(named) = existing.iter().find(|index| name(index) == name(spec)) {
        return match likeness(spec, named)? {
            Likeness::Identical => Ok(Decision::Exists),
            Likeness::Equivalent => Err(conflict(format!(
                "An equivalent index already exists with the same name but different options. {}",
                shown(named)
            ))),
            Likeness::Different => Err(Refusal::new(
                86,
                "IndexKeySpecsConflict",
                format!(
                    "An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. {}",
                    shown(named)
                ),
            )),
        };
    }
    for index in existing {
        match likeness(spec, index)? {
            Likeness::Different => {}
            Likeness::Equivalent => {
                return Err(conflict(format!(
                    "An equivalent index already exists with a different name and options. {}",
                    shown(index)
                )));
            }
            Likeness::Identical => {
                return Err(conflict(format!(
                    "Index already exists with a different name: {}",
                    name(index)
                )));
            }
        }
    }
    Ok(Decision::Make)
}

fn likeness(one: &Document, other: &Document) -> Result<Likeness, Refusal> {
    let is_same = |option: &str| match (one.get(option), other.get(option)) {
        (None, None) => Ok(true),
        (Some(one), Some(other)) => same(one, other),
        (Some(_), None) | (None, Some(_)) => Ok(false),
    };
    let identifying = ["key", "unique", "sparse", "collation"];
    for option in identifying {
        // That of the ids is unique without saying so.
        let is_of_ids = option == "unique" && one.get("key") == Some(&doc! { "_id": 1 }.into());
        if !is_of_ids && !is_same(option)? {
            return Ok(Likeness::Different);
        }
    }
    let partial = |index: &Document| index.get_document("partialFilterExpression").ok().cloned();
    match (partial(one), partial(other)) {
        (None, None) => {}
        (Some(one), Some(other)) if is_equivalent(&one, &other)? => {}
        (_, _) => return Ok(Likeness::Different),
    }
    if is_same("expireAfterSeconds")? {
        Ok(Likeness::Identical)
    } else {
        Ok(Likeness::Equivalent)
    }
}

/// Whether a document may stand beside those under this index.
pub(super) fn admit(
    index: &Document,
    document: &Document,
    others: &[Document],
    namespace: &str,
) -> Result<(), Refusal> {
    let key = index.get_document("key").cloned().unwrap_or_default();
    let is_of_ids = key == doc! { "_id": 1 };
    if !is_of_ids && !truth(index.get("unique")) {
        return Ok(());
    }
    if index.contains_key("collation") {
        return Err(Refusal::beyond("a unique index with a collation"));
    }
    let Some(own) = entry(index, &key, document)? else {
        return Ok(());
    };
    for other in others {
        let Some(theirs) = entry(index, &key, other)? else {
            continue;
        };
        if same(&Bson::Array(own.clone()), &Bson::Array(theirs))? {
            let name = index.get_str("name").unwrap_or_default();
            let values: Document = key.keys().cloned().zip(own).collect();
            return Err(Refusal::new(
                11000,
                "DuplicateKey",
                format!(
                    "E11000 duplicate key error collection: {namespace} index: {name} dup key: {values}"
                ),
            ));
        }
    }
    Ok(())
}

/// What the index holds of a document; nothing where it leaves it out.
fn entry(
    index: &Document,
    key: &Document,
    document: &Document,
) -> Result<Option<Vec<Bson>>, Refusal> {
    if let Ok(partial) = index.get_document("partialFilterExpression")
        && !takes(partial, document)?
    {
        return Ok(None);
    }
    let (mut values, mut is_there) = (Vec::new(), false);
    for field in key.keys() {
        let value = match at(document, field).as_slice() {
            [] => Bson::Null,
            [Bson::Array(_)] | [_, _, ..] => {
                return Err(Refusal::beyond("a unique index on arrays"));
            }
            [value] => {
                is_there = true;
                (*value).clone()
            }
        };
        values.push(value);
    }
    let is_left_out = truth(index.get("sparse")) && !is_there;
    Ok((!is_left_out).then_some(values))
}
