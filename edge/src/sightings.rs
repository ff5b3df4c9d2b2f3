//! Where a visitor stands: the isolate's memory is asked first, then KV, then the authority.
//!
//! A miss is a question for the next one, never an answer: KV remembers misses too, and for as long as hits.

use std::rc::Rc;
use std::time::Duration;

use policy::admission::Visitor;
use policy::decision::Found;
use policy::freshness::Freshness;
use policy::sighting::{Sighting, Unreadable};
use policy::standing::Identity;
use policy::storage_key::StorageKey;
use policy::time::Moment;
use worker::{Delay, Env};

use crate::authority::AuthorityFailure;
use crate::authority::registry::Registry;
use crate::clock;
use crate::configuration::{Bindings, Configuration};
use crate::events;
use crate::memory::Memory;

/// KV keeps a read for at least this long at one location; less is refused (changelog of 2026-01-30).
const KV_READ_CACHE_SECONDS: u64 = 30;

/// A sighting that did not change is written to KV at most this often: KV takes one write a second for a key, and the free
/// plan a thousand a day.
const KV_REWRITE: Duration = Duration::from_secs(30);

/// KV refuses to keep anything for less (expirationTtl).
const KV_MIN_TTL_SECONDS: u64 = 60;

/// How often a request looks whether another one's question was answered.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// What was found, owned, and where.
pub(crate) struct Finding {
    pub(crate) result: FoundOwned,
    pub(crate) source: Source,
    /// The moment at which its age was judged; the decision is made for the same one.
    pub(crate) found_at: Moment,
}

/// [`Found`], owning what it refers to.
pub(crate) enum FoundOwned {
    AuthorityFailed(Option<Rc<Sighting>>),
    Answered(Rc<Sighting>),
    Remembered(Rc<Sighting>),
    Unreadable(Unreadable),
}

/// Who answered.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Source {
    Authority,
    Kv,
    Memory,
}

impl Source {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authority => "authority",
            Self::Kv => "kv",
            Self::Memory => "memory",
        }
    }
}

impl Finding {
    pub(crate) fn found(&self) -> Found<'_> {
        match &self.result {
            FoundOwned::AuthorityFailed(last) => Found::AuthorityFailed(last.as_deref()),
            FoundOwned::Answered(sighting) => Found::Answered(sighting),
            FoundOwned::Remembered(sighting) => Found::Remembered(sighting),
            FoundOwned::Unreadable(unreadable) => Found::Unreadable(unreadable),
        }
    }

    /// The sighting, whatever it allows.
    pub(crate) fn sighting(&self) -> Option<&Sighting> {
        match &self.result {
            FoundOwned::AuthorityFailed(last) => last.as_deref(),
            FoundOwned::Answered(sighting) | FoundOwned::Remembered(sighting) => Some(sighting),
            FoundOwned::Unreadable(_) => None,
        }
    }

    fn remembered(sighting: Rc<Sighting>, source: Source, found_at: Moment) -> Self {
        Self {
            result: FoundOwned::Remembered(sighting),
            source,
            found_at,
        }
    }
}

/// The stores a sighting may be in.
#[derive(Clone, Copy)]
pub(crate) struct Sightings<'a> {
    pub(crate) configuration: &'a Configuration,
    pub(crate) memory: &'a Memory,
    pub(crate) env: &'a Env,
}

impl Sightings<'_> {
    /// Finds where the visitor stands. A stale finding is to be refreshed after the answer ([`Sightings::refresh`]).
    pub(crate) async fn find(&self, visitor: &Visitor) -> Finding {
        let (key, now) = (visitor.storage_key(), clock::now());
        if let Some(sighting) = self.young(key, now) {
            return Finding::remembered(sighting, Source::Memory, now);
        }
        let stored = self.stored(visitor).await;
        let now = clock::now();
        if let Some(stored) = &stored {
            self.memory.remember_sighting(Rc::clone(stored), now);
        }
        // Not simply what KV holds: memory may know something newer, also since KV was asked.
        if let Some(sighting) = self.young(key, now) {
            let from_kv = stored.is_some_and(|stored| Rc::ptr_eq(&stored, &sighting));
            let source = if from_kv { Source::Kv } else { Source::Memory };
            return Finding::remembered(sighting, source, now);
        }
        // Of a herd, one asks and the others look whether it was answered: a promise of another request cannot be awaited here. Who
        // finds that it failed asks for itself.
        if self.memory.is_asked(key, now) {
            while self.memory.is_asked(key, clock::now()) {
                Delay::from(LOOK_AGAIN).await;
            }
            let now = clock::now();
            if let Some(sighting) = self.young(key, now) {
                return Finding::remembered(sighting, Source::Memory, now);
            }
        }
        self.memory.note_question(key, clock::now());
        let answer = self.ask(visitor.identity()).await;
        self.memory.note_answer(key);
        let result = match answer {
            Ok(sighting) => FoundOwned::Answered(sighting),
            Err(AuthorityFailure::Unreadable(unreadable)) => FoundOwned::Unreadable(unreadable),
            Err(AuthorityFailure::Unreachable(problem)) => {
                events::alarm("authority_unreachable", &problem);
                FoundOwned::AuthorityFailed(self.memory.sighting(key))
            }
        };
        Finding {
            result,
            source: Source::Authority,
            found_at: clock::now(),
        }
    }

    /// Asks the authority and remembers its answer; gives what counts when it arrives. The time of a sighting is the time of the
    /// question, so that a slow answer is not taken for a fresh one.
    async fn ask(&self, identity: &Identity) -> Result<Rc<Sighting>, AuthorityFailure> {
        let asked_at = clock::now();
        let database = Bindings(self.env)
            .registry()
            .map_err(|problem| AuthorityFailure::Unreachable(problem.to_string()))?;
        let registry = Registry {
            database,
            hosts: &self.configuration.instance_hosts,
        };
        let standing = registry.standing(identity).await?;
        let sighting = Rc::new(Sighting {
            standing,
            seen_at: asked_at,
        });
        Ok(self.memory.remember_sighting(sighting, clock::now()))
    }

    /// Asks the authority anew after the answer was given, and keeps the result for other isolates.
    pub(crate) async fn refresh(&self, identity: &Identity) {
        match self.ask(identity).await {
            Ok(sighting) => self.store(&sighting).await,
            Err(AuthorityFailure::Unreachable(problem)) => {
                events::alarm("authority_unreachable", &problem);
            }
            Err(AuthorityFailure::Unreadable(unreadable)) => {
                // What is known now is known to be wrong: the next request asks, and is told so.
                self.memory.forget(identity);
                events::alarm("standing_unreadable", &unreadable.to_string());
            }
        }
    }

    async fn stored(&self, visitor: &Visitor) -> Option<Rc<Sighting>> {
        let key = visitor.storage_key();
        let bytes = match Bindings(self.env).store() {
            Ok(kv) => kv
                .get(key.as_str())
                .cache_ttl(KV_READ_CACHE_SECONDS)
                .bytes()
                .await
                .map_err(|problem| problem.to_string()),
            Err(problem) => Err(problem.to_string()),
        };
        match bytes {
            Ok(bytes) => match Sighting::restore(
                &bytes?,
                visitor.identity(),
                &self.configuration.instance_hosts,
            ) {
                Ok(sighting) => Some(Rc::new(sighting)),
                Err(unreadable) => {
                    events::alarm("kv_record_unreadable", &format!("{key}: {unreadable}"));
                    None
                }
            },
            Err(problem) => {
                events::alarm("kv_read_failed", &problem);
                None
            }
        }
    }

    /// Keeps a sighting in KV, if it says something that is worth a write. "There is nobody" is not: a new user must not meet
    /// it at another location.
    pub(crate) async fn store(&self, sighting: &Sighting) {
        let key = StorageKey::of(&sighting.standing.identity);
        let now = clock::now();
        let version = sighting.standing.version;
        if sighting.standing.instance.is_none()
            || self.memory.knows_newer(sighting, now)
            || self.memory.stored_within(&key, version, KV_REWRITE, now)
        {
            return;
        }
        self.put(&key, sighting).await;
    }

    /// Removes what KV holds of a person.
    pub(crate) async fn remove(&self, identity: &Identity) {
        let deleted = match Bindings(self.env).store() {
            Ok(kv) => kv
                .delete(StorageKey::of(identity).as_str())
                .await
                .map_err(|problem| problem.to_string()),
            Err(problem) => Err(problem.to_string()),
        };
        if let Err(problem) = deleted {
            events::alarm("kv_write_failed", &problem);
        }
    }

    async fn put(&self, key: &StorageKey, sighting: &Sighting) {
        let Some(bytes) = sighting.store() else {
            return;
        };
        let ttl = self
            .configuration
            .rules
            .freshness
            .grace
            .as_secs()
            .max(KV_MIN_TTL_SECONDS);
        // Noted before it is done: of many requests at once, one writes.
        self.memory
            .note_stored(key, sighting.standing.version, clock::now());
        let put = match Bindings(self.env)
            .store()
            .and_then(|kv| Ok(kv.put_bytes(key.as_str(), &bytes)?))
        {
            Ok(put) => put
                .expiration_ttl(ttl)
                .execute()
                .await
                .map_err(|problem| problem.to_string()),
            Err(problem) => Err(problem.to_string()),
        };
        if let Err(problem) = put {
            // The request goes on without it, and the next refresh writes what is the newest then.
            self.memory.note_not_stored(key);
            events::alarm("kv_write_failed", &problem);
        }
    }

    /// What the isolate remembers of a person, if it may be used.
    fn young(&self, key: &StorageKey, now: Moment) -> Option<Rc<Sighting>> {
        let freshness = &self.configuration.rules.freshness;
        self.memory
            .sighting(key)
            .filter(|sighting| match freshness.judge(sighting, now) {
                Freshness::Fresh | Freshness::Stale => true,
                Freshness::TooOld => false,
            })
    }
}
