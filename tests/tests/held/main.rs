//! `usher check contract` on the table of incident I1, in real SQLite and real PostgreSQL, with real apps behind its addresses.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test, that is how a broken assumption is told"
)]

mod apps;
mod books;
mod laws;
mod repairs;

use books::Books;

#[tokio::test]
async fn sqlite_is_held_against_the_contract() {
    laws::all(async || Some(Books::sqlite().await)).await;
}

#[tokio::test]
async fn postgres_is_held_against_the_contract() {
    laws::all(Books::postgres).await;
}
