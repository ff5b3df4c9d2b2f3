//! `usher check …`: one part of a platform looked at on its own, without a run.

pub(crate) mod contract;
pub(crate) mod tokens;
