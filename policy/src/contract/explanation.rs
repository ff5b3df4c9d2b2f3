//! What `GET /.usher/explain` answers: how the gate would decide about somebody, and from what.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::sighting::RawStanding;

/// How the gate would decide now about somebody with a good credential, for an operator. It holds no credential, and asking changes
/// nothing: nobody is created, and no store learns what another one says.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Explanation {
    /// The name under which the log has this visitor.
    pub visitor: String,
    /// The address that the explanation is about.
    pub url: String,
    /// Whose door it is: the label or host of an instance; null for that of their own.
    pub address: Option<String>,
    /// `app`, `open_when_suspended` (a path of `USHER_SUSPENDED_PATHS`) or `platform_root`.
    pub place: String,
    /// What each store says, in the order in which a request asks them.
    pub looks: Vec<Look>,
    /// The store whose word decides: `memory`, `kv` or `authority`.
    pub decided_by: String,
    /// Whether they would be let in.
    pub admitted: bool,
    /// The stable reason code; `admitted` when let in.
    pub reason: String,
    /// The rule of the decision table that decides.
    pub rule: String,
    /// What is the case, in the words of the page.
    pub title: String,
    /// What it means for the visitor.
    pub detail: String,
    /// What they are told to do next.
    pub next: String,
    /// Whether an invitation, an allowed domain or the bootstrap would be looked for first, by the e-mail address of their token: then
    /// the decision above is what they are told if none of these is there.
    pub at_first_sight: bool,
}

/// What one store says.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Look {
    /// `memory` (of the isolate that answers; another one may remember otherwise, for as long as STALE), `kv` or `authority`.
    pub store: String,
    /// What it says, if anything.
    pub standing: Option<RawStanding>,
    /// How old that is, in milliseconds.
    pub age_millis: Option<u64>,
    /// What the age allows: `fresh` (used), `stale` (used, and refreshed after the answer), `grace` (used while the authority fails) or
    /// `too_old` (not used).
    pub freshness: Option<String>,
    /// Why it says nothing, or nothing that is believed.
    pub problem: Option<String>,
    /// How long it took to answer, in milliseconds.
    pub millis: u64,
}
