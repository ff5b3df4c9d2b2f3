//! The whole thing, real: the gate on workerd, the stage behind it, the `usher` command, and visitors who knock.
//!
//! In scope: starting all of it on free ports of this machine and stopping it without a trace, for the tests in `tests/`, the
//! demo and the benchmarks. Out of scope: what the gate must do; the tests say that, and only by what a visitor can notice.
//!
//! vectors ─► cases with verdicts, put to the gate's own code natively and in workerd
//! postgres ─► a server of its own (postgres.mjs ─► postgres)
//! bench ─► what the gate costs beside its peers (peers/)
//! auth0 ─► an API of Auth0's shape · mongo ─► a server that speaks as MongoDB does
//! simulation ─► the gate's rules at sizes nobody can set up here
//! incident ─► a world that is broken
//! world ─► gate (host.mjs ─► workerd), stage, `usher` · visitor ─► the gate's address

pub mod auth0;
#[cfg(target_os = "linux")]
pub mod bench;
pub mod gate;
pub mod incident;
pub mod mongo;
pub mod places;
pub mod postgres;
pub mod simulation;
pub mod vectors;
pub mod visitor;
pub mod world;

pub use gate::Gate;
pub use incident::Incident;
pub use mongo::Mongo;
pub use postgres::Postgres;
pub use visitor::Visitor;
pub use world::{World, WorldOptions};
