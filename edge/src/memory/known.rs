//! The sightings of an isolate, bounded: of somebody with an instance, and of anybody where nothing is.
//!
//! One visitor with one token can ask at any number of hosts, and of each it is remembered that nothing of theirs is there. That has a place
//! of its own, so that it pushes out nobody who has an instance: of those there are no more than the platform has made.

use std::num::NonZeroUsize;

use lru::LruCache;
use policy::storage_key::StorageKey;

use super::Remembered;

/// Most sightings of somebody with an instance, at less than 1 KiB each.
pub(super) const MAX_SOMEBODYS: NonZeroUsize = NonZeroUsize::new(12_288).unwrap();

/// Most others: strangers, whoever waits for an invitation, and doors that are nobody's.
pub(super) const MAX_NOBODYS: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// What is known of whom.
pub(super) struct Known {
    somebodys: LruCache<StorageKey, Remembered>,
    nobodys: LruCache<StorageKey, Remembered>,
}

impl Known {
    pub(super) fn new() -> Self {
        Self {
            somebodys: LruCache::new(MAX_SOMEBODYS),
            nobodys: LruCache::new(MAX_NOBODYS),
        }
    }

    pub(super) fn get(&mut self, key: &StorageKey) -> Option<&Remembered> {
        self.get_mut(key).map(|known| &*known)
    }

    pub(super) fn get_mut(&mut self, key: &StorageKey) -> Option<&mut Remembered> {
        let somebodys = self.somebodys.get_mut(key);
        somebodys.or_else(|| self.nobodys.get_mut(key))
    }

    /// What is known, which is not used with that.
    pub(super) fn peek(&self, key: &StorageKey) -> Option<&Remembered> {
        let somebodys = self.somebodys.peek(key);
        somebodys.or_else(|| self.nobodys.peek(key))
    }

    /// Whose instance was taken away stays among those who had one: an old answer, or whoever asks often, must not bring it back.
    pub(super) fn put(&mut self, key: StorageKey, remembered: Remembered) {
        if remembered.sighting.standing.instance.is_some() || self.somebodys.contains(&key) {
            self.nobodys.pop(&key);
            self.somebodys.put(key, remembered);
        } else {
            self.nobodys.put(key, remembered);
        }
    }

    pub(super) fn pop(&mut self, key: &StorageKey) {
        self.somebodys.pop(key);
        self.nobodys.pop(key);
    }
}
