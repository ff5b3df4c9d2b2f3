//! The commands of those who run a gate, the real `usher` at a real gate: what is looked up, what is changed, and what is said where
//! the gate refuses.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test, that is how a broken assumption is told"
)]

mod absence;
mod cast;
mod events;
mod instances;
mod invitations;
mod people;
mod surroundings;
mod tables;
