//! Tokens of issuers that are not ours, as their libraries and servers mint them, at the gate on real workerd.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test program: what is wrong here fails a test"
)]

mod asking;
mod code_flow;
mod libraries;
mod provider;
mod script;
