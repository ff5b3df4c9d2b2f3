//! The copies of sightings in KV, which other locations read. A copy is never an answer by its absence, and none outlives what it is a copy of.

use std::fmt;
use std::rc::Rc;

use policy::door::Knock;
use policy::sighting::{Sighting, Unreadable};
use policy::storage_key::StorageKey;

use super::Sightings;
use crate::clock;
use crate::configuration::AuthoritySetting;
use crate::events;
use crate::store::Store;

/// Why KV gives no copy. It is never an answer: the authority is asked.
pub(crate) enum CopyProblem {
    /// KV failed.
    NotRead(String),
    /// What it holds there cannot be trusted.
    Unreadable(StorageKey, Unreadable),
}

impl CopyProblem {
    fn alarm(&self) -> &'static str {
        match self {
            Self::NotRead(_) => "kv_read_failed",
            Self::Unreadable(..) => "kv_record_unreadable",
        }
    }
}

impl fmt::Display for CopyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead(problem) => f.write_str(problem),
            Self::Unreadable(key, why) => write!(f, "{key}: {why}"),
        }
    }
}

impl Sightings<'_> {
    /// KV as the authority is its own copy.
    pub(super) fn keeps_copies(&self) -> bool {
        match &self.configuration.authority {
            AuthoritySetting::ControlPlane(_) | AuthoritySetting::Registry => true,
            AuthoritySetting::Kv => false,
        }
    }

    pub(super) async fn stored(&self, knock: &Knock) -> Option<Rc<Sighting>> {
        let copy = self.copy(knock).await.unwrap_or_else(|problem| {
            events::alarm(problem.alarm(), &problem.to_string());
            None
        });
        copy.map(Rc::new)
    }

    /// What KV holds of a person.
    pub(crate) async fn copy(&self, knock: &Knock) -> Result<Option<Sighting>, CopyProblem> {
        if !self.keeps_copies() {
            return Ok(None);
        }
        let key = StorageKey::at(&knock.identity, &knock.door);
        let store = Store::of(self.env).map_err(CopyProblem::NotRead)?;
        let bytes = store.get(key.as_str()).await;
        let Some(bytes) = bytes.map_err(CopyProblem::NotRead)? else {
            return Ok(None);
        };
        let hosts = &self.configuration.instance_hosts;
        let sighting = Sighting::restore(&bytes, knock, hosts);
        sighting
            .map(Some)
            .map_err(|why| CopyProblem::Unreadable(key, why))
    }

    /// Keeps a sighting in KV, if it says something that is worth a write. "There is nothing" is not: a new user must not meet
    /// it at another location. But where something was, its copy goes, or an outage would bring it back there.
    pub(crate) async fn store(&self, sighting: &Sighting) {
        let memory = &self.isolate.memory;
        let key = StorageKey::at(&sighting.standing.identity, &sighting.standing.door);
        let now = clock::now();
        if !self.keeps_copies() || memory.knows_newer(sighting, now) {
            return;
        }
        if sighting.standing.instance.is_none() {
            if memory.is_copied(&key) {
                self.remove(&sighting.standing.knock()).await;
            }
            return;
        }
        let unchanged_for = self.configuration.rules.freshness.copied_anew_after();
        if !memory.stored_within(&key, sighting.standing.version, unchanged_for, now) {
            self.put(&key, sighting).await;
        }
    }

    /// Removes the copy that KV holds of a person.
    pub(crate) async fn remove(&self, knock: &Knock) {
        let key = StorageKey::at(&knock.identity, &knock.door);
        // Noted before it is done: of many requests at once, one removes.
        self.isolate.memory.note_copy(&key, false);
        let deleted = match Store::of(self.env) {
            Ok(store) => store.delete(key.as_str()).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = deleted {
            self.isolate.memory.note_copy(&key, true);
            events::alarm("kv_write_failed", &problem);
        }
    }

    pub(super) async fn put(&self, key: &StorageKey, sighting: &Sighting) {
        let Some(bytes) = sighting.store() else {
            return;
        };
        // Noted before it is done: of many requests at once, one writes.
        self.isolate
            .memory
            .note_stored(key, sighting.standing.version, clock::now());
        let keep = Some(self.configuration.rules.freshness.grace);
        let put = match Store::of(self.env) {
            Ok(store) => store.put(key.as_str(), &bytes, keep).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = put {
            // The request goes on without it, and the next refresh writes what is the newest then.
            self.isolate.memory.note_not_stored(key);
            events::alarm("kv_write_failed", &problem);
        }
    }
}
