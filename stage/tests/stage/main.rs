//! What can be noticed of the stage from outside: real HTTP, a real database file, the real program; one file a part.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test program: what is wrong here fails a test"
)]

mod accounts;
mod app;
mod command_line;
mod gate;
mod identity;
mod lifetime;
mod login_page;
mod provisioner;
mod tokens;
mod world;
