//! Documents that keep a unique index from being made.

use std::time::Duration;

use bson::{Bson, Document, doc};
use futures_util::TryStreamExt as _;

use crate::indexes::declared::Declared;
use crate::indexes::live::{Existing, Live};
use crate::sources::mongodb::MongodbError;

/// Keys that are there more than once, a few of them; none where the index is not unique.
pub(super) async fn look(
    live: &Live,
    declared: &Declared,
    existing: &Existing,
) -> Result<Vec<Document>, MongodbError> {
    let wanted = &declared.specification;
    // What is the same under a collation is for the server to say.
    if !wanted.unique || wanted.collation.is_some() || existing.is_absent {
        return Ok(Vec::new());
    }
    let mut pipeline = pipeline(declared);
    pipeline.push(doc! { "$limit": MOST });
    let documents = live.database.collection::<Document>(&declared.collection);
    let found = documents.aggregate(pipeline).max_time(WITHIN).await?;
    let found: Vec<Document> = found.try_collect().await?;
    let keys = found.into_iter().map(|group| match group.get("_id") {
        Some(Bson::Document(by_place)) => key(by_place, declared),
        Some(_) | None => Document::new(),
    });
    Ok(keys.collect())
}

/// Groups the documents that the index would hold. Fields have paths, so a group names them by their places.
pub(super) fn pipeline(declared: &Declared) -> Vec<Document> {
    let wanted = &declared.specification;
    let mut held = wanted.partial.iter().cloned().collect::<Vec<_>>();
    if wanted.sparse {
        let there = wanted.key.keys().map(|field| {
            let mut there = Document::new();
            there.insert(field, doc! { "$exists": true });
            Bson::Document(there)
        });
        held.push(doc! { "$or": there.collect::<Vec<_>>() });
    }
    let mut by = Document::new();
    for (field, place) in wanted.key.keys().zip(1..) {
        by.insert(place_name(place), format!("${field}"));
    }
    let mut stages: Vec<Document> = held
        .into_iter()
        .map(|filter| doc! { "$match": filter })
        .collect();
    stages.push(doc! { "$group": { "_id": by, "count": { "$sum": 1 } } });
    stages.push(doc! { "$match": { "count": { "$gt": 1 } } });
    stages
}

fn key(by_place: &Document, declared: &Declared) -> Document {
    let fields = declared.specification.key.keys().zip(1..);
    let values = fields.map(|(field, place)| {
        let value = by_place.get(place_name(place)).cloned();
        (field.clone(), value.unwrap_or_default())
    });
    values.collect()
}

fn place_name(place: usize) -> String {
    format!("field{place}")
}

/// So many are shown, and one more says that there are more.
const MOST: i32 = 4;

/// A collection can be large, and this is only a look.
const WITHIN: Duration = Duration::from_secs(5);
