//! What a visitor can notice of the gate, on real workerd with the real stage behind it: one file a promise.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test program: what is wrong here fails a test"
)]

mod admin;
mod aliases;
mod another_account;
mod assertion;
mod carrying;
mod cast;
mod clock;
mod configuration;
mod cors;
mod credentials;
mod doors;
mod explanation;
mod first_sight;
mod freshness;
mod hard_apps;
mod herd;
mod isolation;
mod key_server;
mod keys;
mod languages;
mod large_bodies;
mod log_ins;
mod openapi;
mod operators;
mod outages;
mod pages;
mod races;
mod records;
mod session;
mod sockets;
mod time_limits;
mod transparency;
mod trust;
