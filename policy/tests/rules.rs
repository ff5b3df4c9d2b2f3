//! The rule book, tested three ways: as a table that people review, against a second implementation, and as laws.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::format_collect,
    reason = "a test program: what is wrong here fails a test, and the table is built once"
)]

mod admission_cases;
mod cookie_laws;
mod decision_table;
mod domain;
mod key_set_laws;
mod laws;
mod naive_policy;
mod token_laws;
