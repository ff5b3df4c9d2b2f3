//! What must hold for every input, as plain functions, and what looks for an input that breaks one.
//!
//! In scope: everything in `policy` that reads bytes from outside. A law takes any bytes and panics where it is broken; most
//! are written a second time in a naive way and compared. Two engines call them: libFuzzer (`src/bin/libfuzzer.rs`), which
//! sees which code an input reaches, and a plain one ([`runner`]), which works wherever Rust does. Out of scope: which engine is
//! there, and what people are told; that is `cargo xtask fuzz`.
//!
//! ```text
//! seeds ─► mutation ─► runner ──┐
//! seeds ─► libFuzzer ───────────┴─► Target::run ─► one law, one module
//! ```

mod admitted;
mod authorization;
mod carried_text;
mod claims;
mod control_plane;
mod cookie;
mod instance_url;
mod issuers;
mod json_members;
mod jwks;
mod kv_record;
mod languages;
mod mutation;
pub mod outcome;
mod path;
mod pem;
pub mod runner;
mod second_reading;
pub mod seeds;
mod strict_json;
pub mod target;
mod token;
mod vectors;
