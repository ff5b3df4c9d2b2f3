//! What changes nothing: `find`, `getMore`, `killCursors`, `aggregate`, `listIndexes`, `listCollections`.

use std::cmp::Ordering;

use bson::{Bson, Document, doc};

use crate::mongo::Refusal;
use crate::mongo::commands::{Place, list, part};
use crate::mongo::filter::takes;
use crate::mongo::store::Store;
use crate::mongo::value::{at, compare, same, truth, whole};

pub(super) fn find(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    for unknown in ["projection", "min", "max", "hint", "collation"] {
        if command
            .get_document(unknown)
            .is_ok_and(|given| !given.is_empty())
        {
            return Err(Refusal::beyond(format!("`{unknown}` of find")));
        }
    }
    let mut found = matching(store, place, &part(command, "filter"))?;
    sort(&mut found, &part(command, "sort"))?;
    let found = found.into_iter().skip(count(command.get("skip")));
    let limit = count(command.get("limit"));
    let found: Vec<Document> = found
        .take(if limit == 0 { usize::MAX } else { limit })
        .collect();
    let at_once = command
        .get("batchSize")
        .map_or(USUAL_BATCH, |size| count(Some(size)));
    let is_single = truth(command.get("singleBatch"));
    Ok(store.answer(place.namespace(), found, at_once, is_single))
}

pub(super) fn more(store: &mut Store, command: &Document) -> Result<Document, Refusal> {
    let id = whole(command.get("getMore")).unwrap_or_default();
    let Some(cursor) = store.cursors.get_mut(&id) else {
        let said = format!("cursor id {id} not found");
        return Err(Refusal::new(43, "CursorNotFound", said));
    };
    let at_once = command
        .get("batchSize")
        .map_or(usize::MAX, |size| count(Some(size)));
    let next: Vec<Document> = cursor
        .rest
        .drain(..at_once.min(cursor.rest.len()))
        .collect();
    let namespace = cursor.namespace.clone();
    let is_over = cursor.rest.is_empty();
    if is_over {
        store.cursors.remove(&id);
    }
    let id = if is_over { 0 } else { id };
    Ok(doc! { "cursor": { "id": id, "ns": namespace, "nextBatch": next }, "ok": 1.0 })
}

pub(super) fn end(store: &mut Store, command: &Document) -> Document {
    let ids = command.get_array("cursors").cloned().unwrap_or_default();
    let (killed, unknown): (Vec<Bson>, Vec<Bson>) = ids.into_iter().partition(|id| {
        let id = whole(Some(id)).unwrap_or_default();
        store.cursors.remove(&id).is_some()
    });
    doc! {
        "cursorsKilled": killed, "cursorsNotFound": unknown, "cursorsAlive": [], "cursorsUnknown": [], "ok": 1.0,
    }
}

pub(super) fn indexes(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    let collection = store.existing(place.database, place.collection)?;
    let indexes = collection.indexes.clone();
    let batch = part(command, "cursor");
    let at_once = batch
        .get("batchSize")
        .map_or(USUAL_BATCH, |size| count(Some(size)));
    Ok(store.answer(place.namespace(), indexes, at_once, false))
}

pub(super) fn collections(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    let filter = part(command, "filter");
    let mut found = Vec::new();
    for name in store.names(place.database) {
        let listed = doc! { "name": name, "type": "collection", "options": {}, "info": { "readOnly": false } };
        if takes(&filter, &listed)? {
            found.push(listed);
        }
    }
    let namespace = format!("{}.$cmd.listCollections", place.database);
    Ok(store.answer(namespace, found, usize::MAX, true))
}

/// The stages that count and look for duplicates.
pub(super) fn aggregate(
    store: &mut Store,
    place: &Place<'_>,
    command: &Document,
) -> Result<Document, Refusal> {
    let mut rows = matching(store, place, &Document::new())?;
    for stage in list(command, "pipeline")? {
        let Some((name, operand)) = stage.iter().next() else {
            return Err(Refusal::beyond("an empty stage"));
        };
        match (name.as_str(), operand) {
            ("$match", Bson::Document(filter)) => rows = filtered(rows, filter)?,
            ("$group", Bson::Document(group)) => rows = grouped(&rows, group)?,
            ("$sort", Bson::Document(by)) => sort(&mut rows, by)?,
            ("$limit", limit) => rows.truncate(count(Some(limit))),
            ("$skip", skipped) => rows = rows.split_off(count(Some(skipped)).min(rows.len())),
            (other, _) => {
                let said = format!("Unrecognized pipeline stage name: '{other}' (to the stand-in)");
                return Err(Refusal::new(40324, "Location40324", said));
            }
        }
    }
    let batch = part(command, "cursor");
    let at_once = batch
        .get("batchSize")
        .map_or(USUAL_BATCH, |size| count(Some(size)));
    Ok(store.answer(place.namespace(), rows, at_once, false))
}

fn matching(store: &Store, place: &Place<'_>, filter: &Document) -> Result<Vec<Document>, Refusal> {
    let found = store.find(place.database, place.collection);
    let all = found.map_or(&[][..], |collection| &collection.documents);
    // Also of none: a filter that cannot be judged is never one that takes nothing.
    takes(filter, &Document::new())?;
    filtered(all.to_vec(), filter)
}

fn filtered(rows: Vec<Document>, filter: &Document) -> Result<Vec<Document>, Refusal> {
    let mut kept = Vec::new();
    for row in rows {
        if takes(filter, &row)? {
            kept.push(row);
        }
    }
    Ok(kept)
}

fn grouped(rows: &[Document], group: &Document) -> Result<Vec<Document>, Refusal> {
    let mut groups: Vec<(Bson, Vec<i64>)> = Vec::new();
    let by = group.get("_id").unwrap_or(&Bson::Null);
    let sums = || group.iter().filter(|(name, _)| *name != "_id");
    for row in rows {
        let id = expression(by, row)?;
        let mut place = None;
        for (at, (known, _)) in groups.iter().enumerate() {
            if same(known, &id)? {
                place = Some(at);
            }
        }
        let place = place.unwrap_or_else(|| {
            groups.push((id, vec![0; sums().count()]));
            groups.len() - 1
        });
        let counts = groups.get_mut(place).map(|(_, counts)| counts);
        for (count, (name, sum)) in counts.into_iter().flatten().zip(sums()) {
            let step = sum.as_document().and_then(|sum| whole(sum.get("$sum")));
            *count += step.ok_or_else(|| Refusal::beyond(format!("what `{name}` gathers")))?;
        }
    }
    let rows = groups.into_iter().map(|(id, counts)| {
        let mut row = doc! { "_id": id };
        for ((name, _), count) in sums().zip(counts) {
            row.insert(name, count);
        }
        row
    });
    Ok(rows.collect())
}

/// A field, something that stands for itself, or an object of those.
fn expression(written: &Bson, row: &Document) -> Result<Bson, Refusal> {
    match written {
        Bson::String(path) => match path.strip_prefix('$') {
            None => Ok(written.clone()),
            Some(path) => match at(row, path).as_slice() {
                [] => Ok(Bson::Null),
                [Bson::Array(_)] | [_, _, ..] => Err(Refusal::beyond("groups by arrays")),
                [value] => Ok((*value).clone()),
            },
        },
        Bson::Document(parts) if !parts.keys().any(|key| key.starts_with('$')) => {
            let mut object = Document::new();
            for (name, part) in parts {
                object.insert(name, expression(part, row)?);
            }
            Ok(object.into())
        }
        Bson::Document(_) | Bson::Array(_) => Err(Refusal::beyond("expressions")),
        plain => Ok(plain.clone()),
    }
}

fn sort(rows: &mut [Document], by: &Document) -> Result<(), Refusal> {
    let mut failed = None;
    rows.sort_by(|one, other| {
        for (path, direction) in by {
            let of = |row: &Document| {
                at(row, path)
                    .first()
                    .map_or(Bson::Null, |&value| value.clone())
            };
            let order = match compare(&of(one), &of(other)) {
                Ok(Some(order)) => order,
                Ok(None) => {
                    failed = Some(Refusal::beyond("the order of values of two types"));
                    Ordering::Equal
                }
                Err(refusal) => {
                    failed = Some(refusal);
                    Ordering::Equal
                }
            };
            let order = if whole(Some(direction)) == Some(-1) {
                order.reverse()
            } else {
                order
            };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    });
    failed.map_or(Ok(()), Err)
}

fn count(value: Option<&Bson>) -> usize {
    let number = whole(value).unwrap_or_default();
    usize::try_from(number.abs()).unwrap_or_default()
}

const USUAL_BATCH: usize = 101;
