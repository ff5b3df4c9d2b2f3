//! What the verifier shares with the tests: the signatures of tokens, checked on this machine.

pub mod signatures;
