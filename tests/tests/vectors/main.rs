//! Hostile and honest cases from outside, with their verdicts, against the gate's own admission code.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test program: what is wrong here fails a test"
)]

mod folder;
mod policy_vectors;
mod storage_keys;
