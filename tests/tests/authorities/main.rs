//! Where the truth about standings lives, and what becomes of visitors when that place misbehaves: a control plane over real HTTP or a
//! service binding, and KV itself, on real workerd.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test program: what is wrong here fails a test"
)]

mod answers;
mod binding;
mod cast;
mod circuit;
mod control_plane;
mod doors;
mod explanations;
mod kv_only;
mod log_outs;
mod outages;
mod push;
mod ready;
mod stage_world;
