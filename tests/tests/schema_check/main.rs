//! `usher check schema` at real SQLite and real PostgreSQL: what it names, and that the SQL it prints mends it, word for word.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test, that is how a broken assumption is told"
)]

mod bench;
mod definitions;
mod incident;
mod mistakes;
mod repairs;
