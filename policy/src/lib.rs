//! The rules of the gate: what a token must be, what a standing allows, and what a visitor is told.
//!
//! In scope: every rule, once. Statuses and what may follow them ([`status`]), what a request offers ([`credential`]), who a
//! token makes its bearer ([`admission`]), how old knowledge may be ([`freshness`]), what happens next ([`decision`]), what is
//! said ([`reason`], [`words`]), to whom ([`negotiation`]), in which [`language`]. Also what settings a gate has ([`setting`]) and what an issuer's
//! entry among them means ([`issuer_entry`]): the gate and `usher check` must read them alike.
//!
//! Out of scope: asking and carrying (`edge`), keys and signatures (`edge`, behind [`signature::SignatureCheck`]), the
//! clock, where a configuration comes from. All of them are arguments. Held by `no_std` and by this crate's `clippy.toml`.
//!
//! ```text
//! headers ─► credential ─► admission ─► Visitor ──┐
//!                │             │                  ├─► decision ─► LetIn(Permit) │ LogIn │ ToAdmin │ Tell(Message)
//!                └─ Rejected ──┴── Sighting ──────┘                   with the rule that decided
//! ```
#![no_std]

extern crate alloc;

pub mod admission;
pub mod assertion;
pub mod assertion_key;
pub mod claims;
pub mod colour;
pub mod contract;
pub mod control_plane;
pub mod credential;
pub mod decision;
pub mod door;
mod ed25519_point;
pub mod email;
pub mod envelope;
pub mod event;
pub mod foresight;
pub mod freshness;
pub mod instance_url;
pub mod issuer;
pub mod issuer_entry;
pub mod jwks;
pub mod language;
pub mod message;
pub mod mistakes;
pub mod negotiation;
pub mod org;
pub mod path;
pub mod provider;
pub mod provisioning;
pub mod public_key;
mod quality;
pub mod reason;
pub mod refusal;
pub mod remedy;
pub mod round_trips;
pub mod rule;
pub mod session;
pub mod setting;
pub mod shared_secret;
pub mod sighting;
pub mod signature;
pub mod signed_call;
pub mod standing;
pub mod status;
pub mod storage_key;
pub mod strict_json;
pub mod time;
pub mod web_address;
pub mod words;
