//! `usher audit`: places that each have a row for a user, held against each other and mended by a plan; and `usher check webhooks`, which looks
//! at what carries a sign-up from one to the next (incident I2).
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "what a test builds on must hold"
)]

mod cast;
mod classes;
mod incident;
mod lists;
mod pds;
mod plans;
mod servers;
mod webhooks;
