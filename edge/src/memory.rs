//! What an isolate remembers: visitors whose tokens it has verified, and their sightings. Bounded; a miss is a question,
//! never an answer.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use lru::LruCache;
use policy::admission::Visitor;
use policy::sighting::Sighting;
use policy::standing::Identity;
use policy::storage_key::StorageKey;
use policy::time::Moment;

/// Most verified tokens an isolate remembers. A token is at most 8 KiB, so this is at most 32 MiB of the 128 MB of an isolate,
/// and about 4 MiB with tokens of an ordinary size.
const MAX_VISITORS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// Most sightings an isolate remembers, at less than 1 KiB each.
const MAX_SIGHTINGS: NonZeroUsize = NonZeroUsize::new(8192).unwrap();

/// After this time a refresh that never ended (its request was cancelled) no longer holds back the next one.
const REFRESH_GIVEN_UP: Duration = Duration::from_secs(5);

/// What an isolate remembers.
pub(crate) struct Memory {
    visitors: RefCell<LruCache<String, Rc<Visitor>>>,
    sightings: RefCell<LruCache<StorageKey, Remembered>>,
}

struct Remembered {
    sighting: Rc<Sighting>,
    refresh_began: Option<Moment>,
    stored: Option<Stored>,
}

/// What this isolate last wrote to KV for a person.
#[derive(Clone, Copy)]
struct Stored {
    at: Moment,
    version: u64,
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self {
            visitors: RefCell::new(LruCache::new(MAX_VISITORS)),
            sightings: RefCell::new(LruCache::new(MAX_SIGHTINGS)),
        }
    }

    /// The visitor a verified token belongs to. The key is the whole token, so that nothing short of it can collide.
    pub(crate) fn visitor(&self, token: &str) -> Option<Rc<Visitor>> {
        self.visitors.borrow_mut().get(token).cloned()
    }

    pub(crate) fn remember_visitor(&self, token: &str, visitor: Rc<Visitor>) {
        self.visitors.borrow_mut().put(token.to_owned(), visitor);
    }

    /// The last sighting of a person, however old.
    pub(crate) fn sighting(&self, key: &StorageKey) -> Option<Rc<Sighting>> {
        self.sightings
            .borrow_mut()
            .get(key)
            .map(|remembered| Rc::clone(&remembered.sighting))
    }

    /// Remembers a sighting, unless a newer one is known: an answer that was under way while the status changed must not
    /// bring the old status back.
    pub(crate) fn remember_sighting(&self, sighting: Rc<Sighting>) {
        let key = StorageKey::of(&sighting.standing.identity);
        let mut sightings = self.sightings.borrow_mut();
        let known = sightings.get(&key);
        if known.is_some_and(|known| is_newer(&known.sighting, &sighting)) {
            return;
        }
        let stored = known.and_then(|known| known.stored);
        sightings.put(
            key,
            Remembered {
                sighting,
                refresh_began: None,
                stored,
            },
        );
    }

    /// Forgets a person, after a change that must be seen at the next request.
    pub(crate) fn forget(&self, identity: &Identity) {
        self.sightings.borrow_mut().pop(&StorageKey::of(identity));
    }

    /// Whether the caller is the one to refresh this person's sighting: one at a time in an isolate. No promise is shared, for
    /// a promise of one request cannot be awaited in another on Workers.
    pub(crate) fn begin_refresh(&self, key: &StorageKey, now: Moment) -> bool {
        let mut sightings = self.sightings.borrow_mut();
        let Some(remembered) = sightings.get_mut(key) else {
            return false;
        };
        let under_way = remembered
            .refresh_began
            .is_some_and(|began| now.since(began) < REFRESH_GIVEN_UP);
        if !under_way {
            remembered.refresh_began = Some(now);
        }
        !under_way
    }

    /// Whether this isolate wrote this version of a person's standing to KV less than `span` ago.
    pub(crate) fn stored_within(
        &self,
        key: &StorageKey,
        version: u64,
        span: Duration,
        now: Moment,
    ) -> bool {
        let sightings = self.sightings.borrow();
        let stored = sightings.peek(key).and_then(|known| known.stored);
        stored.is_some_and(|stored| stored.version == version && now.since(stored.at) < span)
    }

    pub(crate) fn note_stored(&self, key: &StorageKey, version: u64, now: Moment) {
        if let Some(known) = self.sightings.borrow_mut().get_mut(key) {
            known.stored = Some(Stored { at: now, version });
        }
    }
}

/// Versions only grow, so the higher one is newer. "There is nobody" has no version: then the later question is.
fn is_newer(known: &Sighting, other: &Sighting) -> bool {
    if other.standing.version == 0 {
        return known.seen_at > other.seen_at;
    }
    (known.standing.version, known.seen_at) > (other.standing.version, other.seen_at)
}
