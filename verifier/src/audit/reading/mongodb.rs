//! The documents of a collection, by a cursor, none of them kept.

use bson::Document;
use futures_util::TryStreamExt as _;

use super::{AT_A_TIME, Feed};
use crate::configuration::database::Mongodb;
use crate::sources::mongodb::plain::plain;
use crate::sources::mongodb::{MongodbError, database, is_there};

/// The server is asked for as many at a time as are passed on, and never sends more than 16 MiB of them.
pub(super) async fn read(
    place: &Mongodb,
    collection: &str,
    filter: &Document,
    feed: &Feed,
) -> Result<(), String> {
    let said = |error: MongodbError| error.to_string();
    let of_driver = |error| said(MongodbError::from(error));
    let database = database(place).await.map_err(said)?;
    let documents = database.collection::<Document>(collection);
    let asked = documents.find(filter.clone()).batch_size(BATCH).await;
    let mut rows = asked.map_err(of_driver)?;
    let (mut batch, mut is_empty) = (Vec::new(), true);
    while let Some(row) = rows.try_next().await.map_err(of_driver)? {
        is_empty = false;
        batch.push(plain(row.into()));
        if batch.len() >= AT_A_TIME {
            feed.give(std::mem::take(&mut batch)).await?;
        }
    }
    if is_empty {
        is_there(&database, collection).await.map_err(said)?;
    }
    feed.give(batch).await
}

/// As many as are passed on at a time.
const BATCH: u32 = 500;
