//! What `policy::contract` generates, held by what it is generated for: real SQLite, real PostgreSQL, a validator of JSON Schema, and
//! the TypeScript compiler.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test program: what is wrong here fails a test"
)]

mod database;
mod json_schema;
mod laws;
mod model;
mod postgres;
mod sqlite;
mod typescript;
