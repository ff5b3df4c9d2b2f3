//! Reading every source, side by side, while what came is put down already.

mod files;
mod mongodb;
mod pds;
mod progress;
mod sql;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::audit::failure::AuditError;
use crate::audit::shelf::Shelf;
use crate::configuration::audit::{Audit, Reader};
use crate::configuration::database::{NOT_SQL, Place};
use crate::deployment::http::Http;
use crate::deployment::pages::Pages;
use crate::memory::Memory;
use crate::outlet::Outlet;

/// What every source has.
#[derive(Debug)]
pub(crate) struct Stock {
    pub(crate) shelf: Shelf,
    /// For each source, how far it was read.
    pub(crate) read: Vec<Extent>,
}

/// How far a source was read.
#[derive(Debug)]
pub(crate) struct Extent {
    pub(crate) rows: u64,
    /// Why it was not read to its end.
    pub(crate) unread: Option<String>,
}

impl Stock {
    pub(crate) fn is_complete(&self, source: usize) -> bool {
        self.read
            .get(source)
            .is_some_and(|extent| extent.unread.is_none())
    }
}

/// How far each source is.
#[derive(Debug)]
struct Counter {
    rows: AtomicU64,
    is_done: AtomicBool,
}

/// Where the rows of one source go.
#[derive(Clone, Debug)]
struct Feed {
    source: usize,
    rows: mpsc::Sender<Fed>,
    counters: Arc<Vec<Counter>>,
}

/// What the shelf is told.
#[derive(Debug)]
enum Fed {
    Rows(usize, Vec<Value>),
    End(usize),
}

impl Feed {
    async fn give(&self, rows: Vec<Value>) -> Result<(), String> {
        self.count(&rows);
        let sent = self.rows.send(Fed::Rows(self.source, rows)).await;
        sent.map_err(|_| GIVEN_UP.to_owned())
    }

    /// The same, from a thread that may wait.
    fn give_blocking(&self, rows: Vec<Value>) -> Result<(), String> {
        self.count(&rows);
        let sent = self.rows.blocking_send(Fed::Rows(self.source, rows));
        sent.map_err(|_| GIVEN_UP.to_owned())
    }

    fn count(&self, rows: &[Value]) {
        if let Some(counter) = self.counters.get(self.source) {
            counter.rows.fetch_add(rows.len() as u64, Ordering::Relaxed);
        }
    }

    async fn end(&self) {
        if let Some(counter) = self.counters.get(self.source) {
            counter.is_done.store(true, Ordering::Relaxed);
        }
        let _given_up = self.rows.send(Fed::End(self.source)).await;
    }
}

/// Reads every source as far as it goes.
pub(crate) async fn take_stock(
    audit: &Arc<Audit>,
    http: &Http<'_>,
    outlet: &Outlet<'_>,
) -> Result<Stock, AuditError> {
    let (rows, fed) = mpsc::channel(PAGES_IN_FLIGHT);
    let counter = || Counter {
        rows: AtomicU64::new(0),
        is_done: AtomicBool::new(false),
    };
    let counters = Arc::new(audit.sources.iter().map(|_| counter()).collect::<Vec<_>>());
    let keeper = keep(Arc::clone(audit), fed);
    let feeds = (0..audit.sources.len()).map(|source| Feed {
        source,
        rows: rows.clone(),
        counters: Arc::clone(&counters),
    });
    let readers = feeds.map(|feed| read(audit, http, feed));
    let reading = join_all(readers.collect::<Vec<_>>());
    drop(rows);
    let unread = progress::shown(reading, audit, &counters, outlet).await;
    let kept = keeper.await.map_err(|_| rusqlite::Error::InvalidQuery)??;
    let read = unread
        .into_iter()
        .zip(counters.iter())
        .map(|(unread, counter)| Extent {
            rows: counter.rows.load(Ordering::Relaxed),
            unread,
        });
    Ok(Stock {
        shelf: kept,
        read: read.collect(),
    })
}

/// Puts down what comes, on a thread of its own, until nothing comes any more.
fn keep(
    audit: Arc<Audit>,
    mut fed: mpsc::Receiver<Fed>,
) -> tokio::task::JoinHandle<rusqlite::Result<Shelf>> {
    tokio::task::spawn_blocking(move || {
        let shelf = Shelf::new(&audit)?;
        while let Some(fed) = fed.blocking_recv() {
            match fed {
                Fed::Rows(source, rows) => shelf.put(&audit, source, &rows)?,
                Fed::End(source) => shelf.complete(&audit, source)?,
            }
        }
        Ok(shelf)
    })
}

/// Reads one source; why it was not read to its end, if it was not.
async fn read(audit: &Audit, http: &Http<'_>, feed: Feed) -> Option<String> {
    let source = audit.sources.get(feed.source)?;
    let memory = Memory::of(audit.values.clone());
    let read = match &source.reader {
        Reader::Csv(path) => files::on_its_own(path, &feed, files::csv).await,
        Reader::Ndjson(path) => files::on_its_own(path, &feed, files::ndjson).await,
        Reader::Json { path, rows } => {
            let rows = rows.clone();
            files::on_its_own(path, &feed, move |file, feed| {
                files::json(file, &rows, feed)
            })
            .await
        }
        Reader::Http(list) => {
            let members = audit.members(feed.source);
            let mut pages = Pages::of(http, list, &memory).at_length(members);
            pass_on(&mut pages, &feed).await
        }
        Reader::Mongodb {
            place,
            collection,
            filter,
        } => mongodb::read(place, collection, filter, &feed).await,
        Reader::Pds { repos, infos } => pds::read(http, repos, infos, &memory, &feed).await,
        Reader::Sql { place, query } => match place {
            Place::Mongodb(_) => Err(NOT_SQL.to_owned()),
            Place::Postgres { url, .. } => sql::postgres(url, query, &feed).await,
            Place::Sqlite(path) => sql::sqlite(path, query, &feed).await,
        },
    };
    feed.end().await;
    read.err()
}

async fn pass_on(pages: &mut Pages<'_>, feed: &Feed) -> Result<(), String> {
    while let Some(rows) = pages.next().await.map_err(|error| error.to_string())? {
        feed.give(rows).await?;
    }
    Ok(())
}

/// Enough for the shelf never to wait, and for no more than some MiB to be on their way.
const PAGES_IN_FLIGHT: usize = 4;

/// How many rows of a file or a query are passed on at a time.
const AT_A_TIME: usize = 500;

const REDRAWN_EVERY: Duration = Duration::from_millis(100);

const GIVEN_UP: &str = "the rows could not be put down";
