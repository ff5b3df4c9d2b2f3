//! What changes something: `insert`, `update`, `createIndexes`, `dropIndexes`.

use bson::{Bson, Document, doc};

use crate::mongo::Refusal;
use crate::mongo::commands::{Place, list, part};
use crate::mongo::filter::takes;
use crate::mongo::store::{Collection, Store};
use crate::mongo::value::{truth, whole};

pub(super) fn insert(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    let collection = store.make(place.database, place.collection);
    let is_ordered = command
        .get("ordered")
        .is_none_or(|value| truth(Some(value)));
    let (mut written, mut errors) = (0, Vec::new());
    for (document, index) in list(command, "documents")?.into_iter().zip(0_i32..) {
        match collection.insert(document) {
            Ok(()) => written += 1,
            Err(refusal) => {
                errors.push(write_error(index, &refusal));
                if is_ordered {
                    break;
                }
            }
        }
    }
    Ok(with_errors(doc! { "n": written, "ok": 1.0 }, errors))
}

pub(super) fn update(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    let collection = store.make(place.database, place.collection);
    let (mut found, mut changed) = (0, 0);
    let (mut upserted, mut errors) = (Vec::new(), Vec::new());
    for (wish, index) in list(command, "updates")?.into_iter().zip(0_i32..) {
        match update_one(collection, &wish) {
            Ok(Done::Changed {
                found: more,
                changed: of_them,
            }) => {
                found += more;
                changed += of_them;
            }
            Ok(Done::Inserted(id)) => {
                found += 1;
                upserted.push(doc! { "index": index, "_id": id });
            }
            Err(refusal) => {
                errors.push(write_error(index, &refusal));
                break;
            }
        }
    }
    let mut reply = doc! { "n": found, "nModified": changed, "ok": 1.0 };
    if !upserted.is_empty() {
        reply.insert("upserted", upserted);
    }
    Ok(with_errors(reply, errors))
}

enum Done {
    Changed { found: i32, changed: i32 },
    Inserted(Bson),
}

fn update_one(collection: &mut Collection, wish: &Document) -> Result<Done, Refusal> {
    let filter = part(wish, "q");
    let Ok(change) = wish.get_document("u") else {
        return Err(Refusal::beyond("updates by a pipeline"));
    };
    let mut places = Vec::new();
    for (place, document) in collection.documents.iter().enumerate() {
        if takes(&filter, document)? {
            places.push(place);
        }
    }
    if !truth(wish.get("multi")) {
        places.truncate(1);
    }
    if places.is_empty() && truth(wish.get("upsert")) {
        let begun = equalities(&filter);
        let document = changed(&begun, change, true)?;
        collection.insert(document)?;
        let id = collection.documents.last().and_then(|last| last.get("_id"));
        return Ok(Done::Inserted(id.cloned().unwrap_or_default()));
    }
    let (mut found, mut altered) = (0, 0);
    for place in places {
        let Some(before) = collection.documents.get(place) else {
            continue;
        };
        let after = changed(before, change, false)?;
        found += 1;
        if *before != after {
            altered += 1;
            collection.replace(place, after)?;
        }
    }
    Ok(Done::Changed {
        found,
        changed: altered,
    })
}

/// What a filter says of a document that is to be made.
fn equalities(filter: &Document) -> Document {
    let plain = filter.iter().filter(|(key, value)| {
        let is_operation = value.as_document().is_some_and(|value| {
            let mut keys = value.keys();
            keys.any(|key| key.starts_with('$'))
        });
        !key.starts_with('$') && !is_operation
    });
    plain
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

fn changed(before: &Document, change: &Document, is_new: bool) -> Result<Document, Refusal> {
    if !change.keys().any(|key| key.starts_with('$')) {
        let mut whole = Document::new();
        whole.extend(before.get("_id").map(|id| ("_id".to_owned(), id.clone())));
        whole.extend(change.clone());
        return Ok(whole);
    }
    let mut after = before.clone();
    for (operator, fields) in change {
        let fields = fields.as_document().cloned().unwrap_or_default();
        for (field, value) in fields {
            if field.contains('.') {
                return Err(Refusal::beyond("updates of a part of a part"));
            }
            match operator.as_str() {
                "$set" => {
                    after.insert(field, value);
                }
                "$setOnInsert" => {
                    if is_new {
                        after.insert(field, value);
                    }
                }
                "$unset" => {
                    after.remove(field);
                }
                "$inc" => {
                    let step = whole(Some(&value)).ok_or_else(|| Refusal::beyond("such a step"))?;
                    let now = whole(after.get(&field)).unwrap_or_default();
                    after.insert(field, now + step);
                }
                other => return Err(Refusal::beyond(other)),
            }
        }
    }
    Ok(after)
}

pub(super) fn create_indexes(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    let collection = store.make(place.database, place.collection);
    let before = collection.indexes.clone();
    for spec in list(command, "indexes")? {
        if let Err(refusal) = collection.create_index(&spec) {
            // All of them, or none.
            collection.indexes = before;
            return Err(refusal);
        }
    }
    let count = |indexes: &[Document]| i32::try_from(indexes.len()).unwrap_or_default();
    let mut reply = doc! {
        "numIndexesBefore": count(&before), "numIndexesAfter": count(&collection.indexes), "ok": 1.0,
    };
    if before.len() == collection.indexes.len() {
        reply.insert("note", "all indexes already exist");
    }
    Ok(reply)
}

pub(super) fn drop_indexes(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    let collection = store.existing(place.database, place.collection)?;
    let before = i32::try_from(collection.indexes.len()).unwrap_or_default();
    collection.drop_indexes(command.get("index").unwrap_or(&Bson::Null))?;
    Ok(doc! { "nIndexesWas": before, "ok": 1.0 })
}

fn write_error(index: i32, refusal: &Refusal) -> Document {
    doc! { "index": index, "code": refusal.code, "errmsg": &refusal.message }
}

fn with_errors(mut reply: Document, errors: Vec<Document>) -> Document {
    if !errors.is_empty() {
        reply.insert("writeErrors", errors);
    }
    reply
}
