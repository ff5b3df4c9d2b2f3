//! Hostile and honest cases with their verdicts against the gate's own admission code, natively and in workerd: those of the
//! folder of vectors, and those that need no folder; and tokens at a running gate, whatever it remembers.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test program: what is wrong here fails a test"
)]

mod ed25519_keys;
mod fast_path;
mod files;
mod hostile;
mod signer;
mod wycheproof_sets;
