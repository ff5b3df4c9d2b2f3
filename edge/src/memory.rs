//! What an isolate remembers: visitors whose tokens it has verified, and their sightings. Bounded; a miss is a question,
//! never an answer.

mod known;
mod tokens;

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use lru::LruCache;
use policy::admission::Visitor;
use policy::door::Knock;
use policy::refusal::Refusal;
use policy::sighting::Sighting;
use policy::storage_key::StorageKey;
use policy::time::Moment;

use known::Known;
use tokens::Tokens;

/// As long as a key set is used without asking the issuer (`issuer_keys`): a withdrawn key is out after both. The key of the
/// memory is the whole token, issuer and all (CVE-2026-35030); a new configuration is a new isolate with an empty memory.
const VERIFIED_FOR: Duration = Duration::from_mins(10);

/// Most questions to the authority under way at once that are noted; beyond, two may be asked about one person.
const MAX_QUESTIONS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// After this time a question that never ended (its request was cancelled) no longer holds back the next one.
const GIVEN_UP: Duration = Duration::from_secs(5);

/// No replica lags for so long, and no request is on its way for so long.
const LAGS_AT_MOST: Duration = Duration::from_mins(15);

/// What an isolate remembers.
pub(crate) struct Memory {
    tokens: RefCell<Tokens>,
    sightings: RefCell<Known>,
    /// When the authority was asked about somebody of whom nothing young is known, by a request that waits for the answer.
    questions: RefCell<LruCache<StorageKey, Moment>>,
}

struct Remembered {
    sighting: Rc<Sighting>,
    refresh_began: Option<Moment>,
    /// Whether this isolate asked for it after an answer, and not because it knew nothing young: then at a moment of its own.
    refreshed: bool,
    stored: Option<Stored>,
    /// Whether KV has a copy, as far as this isolate has read or written one.
    copied: bool,
    /// When an answer was asked for that spoke against the sighting, and was not believed enough to take its place.
    contradicted: Option<Moment>,
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
            tokens: RefCell::new(Tokens::new()),
            sightings: RefCell::new(Known::new()),
            questions: RefCell::new(LruCache::new(MAX_QUESTIONS)),
        }
    }

    /// The visitor a verified token belongs to. A token is verified anew after a while, so that a key its issuer has withdrawn stops
    /// admitting.
    pub(crate) fn visitor(&self, token: &str, now: Moment) -> Option<Rc<Visitor>> {
        self.tokens.borrow_mut().visitor(token, now)
    }

    pub(crate) fn remember_visitor(&self, token: &str, visitor: Rc<Visitor>, at: Moment) {
        self.tokens.borrow_mut().keep(token, visitor, at);
    }

    /// Notes that a token which is its issuer's had expired so long ago at this moment: it will never be good again, and whoever goes on
    /// sending it is told so without a look at its signature.
    pub(crate) fn remember_over(&self, token: &str, seconds_ago: u64, judged_at: Moment) {
        (self.tokens.borrow_mut()).keep_over(token, seconds_ago, judged_at);
    }

    /// Why a token is refused that is remembered to be over.
    pub(crate) fn over(&self, token: &str, now: Moment) -> Option<Refusal> {
        self.tokens.borrow_mut().over(token, now)
    }

    /// The last sighting of a person, however old.
    pub(crate) fn sighting(&self, key: &StorageKey) -> Option<Rc<Sighting>> {
        self.sightings
            .borrow_mut()
            .get(key)
            .map(|remembered| Rc::clone(&remembered.sighting))
    }

    /// The last sighting of a person, if no answer has spoken against it since: while the authority fails, it is all there is to go by.
    pub(crate) fn last_word(&self, key: &StorageKey) -> Option<Rc<Sighting>> {
        let mut sightings = self.sightings.borrow_mut();
        let remembered = sightings.get(key)?;
        (remembered.contradicted.is_none()).then(|| Rc::clone(&remembered.sighting))
    }

    /// Notes that the authority, asked at this moment, gave an answer that nobody can believe: what is remembered is wrong as well.
    pub(crate) fn contradict(&self, key: &StorageKey, asked_at: Moment) {
        if let Some(known) = self.sightings.borrow_mut().get_mut(key) {
            known.contradicted = Some(asked_at);
        }
    }

    /// Remembers a sighting, unless a newer one is known: an answer that was under way while the status changed must not
    /// bring the old status back. Gives what counts: the known one, where it was asked for later.
    pub(crate) fn remember_sighting(&self, sighting: Rc<Sighting>, now: Moment) -> Rc<Sighting> {
        let key = StorageKey::at(&sighting.standing.identity, &sighting.standing.door);
        let mut sightings = self.sightings.borrow_mut();
        let mut known = sightings.get_mut(&key);
        if let Some(known) = &mut known
            && known.sighting.is_newer_than(&sighting, now)
        {
            if known.sighting.seen_at >= sighting.seen_at {
                return Rc::clone(&known.sighting);
            }
            // Asked later, and of a lower version: a replica that lags, which must not undo what is known; or an authority that was
            // restored from a backup, which is so now. Until nobody can lag any more, what lets in less counts.
            if now.is_within(LAGS_AT_MOST, known.sighting.seen_at) {
                let restored = known.sighting.is_open() && !sighting.is_open();
                if !restored {
                    return Rc::clone(&known.sighting);
                }
                known.contradicted = Some(sighting.seen_at);
                return sighting;
            }
        }
        let known = known.as_deref();
        let remembered = Remembered {
            refresh_began: None,
            refreshed: known.is_some_and(|known| known.refresh_began.is_some()),
            stored: known.and_then(|known| known.stored),
            copied: known.is_some_and(|known| known.copied),
            // An old copy that is read again is no new word.
            contradicted: (known.and_then(|known| known.contradicted))
                .filter(|asked_at| sighting.seen_at <= *asked_at),
            sighting: Rc::clone(&sighting),
        };
        sightings.put(key, remembered);
        sighting
    }

    /// Whether something newer is known of the person than this.
    pub(crate) fn knows_newer(&self, sighting: &Sighting, now: Moment) -> bool {
        let key = StorageKey::at(&sighting.standing.identity, &sighting.standing.door);
        let sightings = self.sightings.borrow();
        sightings
            .peek(&key)
            .is_some_and(|known| known.sighting.is_newer_than(sighting, now))
    }

    /// Forgets a person, after a change that must be seen at the next request.
    pub(crate) fn forget(&self, knock: &Knock) {
        let key = StorageKey::at(&knock.identity, &knock.door);
        self.sightings.borrow_mut().pop(&key);
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
            .is_some_and(|began| now.is_within(GIVEN_UP, began));
        if !under_way {
            remembered.refresh_began = Some(now);
        }
        !under_way
    }

    /// Whether what is known of a person came by a refresh.
    pub(crate) fn was_refreshed(&self, key: &StorageKey) -> bool {
        let sightings = self.sightings.borrow();
        sightings.peek(key).is_some_and(|known| known.refreshed)
    }

    /// Whether a request of this isolate is asking the authority about this person at the moment.
    pub(crate) fn is_asked(&self, key: &StorageKey, now: Moment) -> bool {
        self.questions
            .borrow()
            .peek(key)
            .is_some_and(|began| now.is_within(GIVEN_UP, *began))
    }

    pub(crate) fn note_question(&self, key: &StorageKey, now: Moment) {
        self.questions.borrow_mut().put(key.clone(), now);
    }

    pub(crate) fn note_answer(&self, key: &StorageKey) {
        self.questions.borrow_mut().pop(key);
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
        stored.is_some_and(|stored| stored.version == version && now.is_within(span, stored.at))
    }

    pub(crate) fn note_stored(&self, key: &StorageKey, version: u64, now: Moment) {
        if let Some(known) = self.sightings.borrow_mut().get_mut(key) {
            known.stored = Some(Stored { at: now, version });
            known.copied = true;
        }
    }

    /// Whether KV has a copy of what is or was known of a person.
    pub(crate) fn is_copied(&self, key: &StorageKey) -> bool {
        let sightings = self.sightings.borrow();
        sightings.peek(key).is_some_and(|known| known.copied)
    }

    /// Notes that KV has a copy, or none any more.
    pub(crate) fn note_copy(&self, key: &StorageKey, copied: bool) {
        if let Some(known) = self.sightings.borrow_mut().get_mut(key) {
            known.copied = copied;
        }
    }

    /// Takes a note back: KV did not take the write, and the next one must not wait.
    pub(crate) fn note_not_stored(&self, key: &StorageKey) {
        if let Some(known) = self.sightings.borrow_mut().get_mut(key) {
            known.stored = None;
        }
    }
}

#[cfg(test)]
mod tests;
