//! Things by key, bounded in number and in bytes: what was not used for the longest goes first.

use std::borrow::Borrow;
use std::hash::Hash;
use std::num::NonZeroUsize;

use lru::LruCache;

/// At most so many things, of at most so many bytes together.
pub(crate) struct Bounded<K: Hash + Eq, V> {
    kept: LruCache<K, Weighed<V>>,
    bytes: usize,
    most_bytes: usize,
}

struct Weighed<V> {
    value: V,
    bytes: usize,
}

impl<K: Hash + Eq, V> Bounded<K, V> {
    pub(crate) fn new(most: NonZeroUsize, most_bytes: usize) -> Self {
        Self {
            kept: LruCache::new(most),
            bytes: 0,
            most_bytes,
        }
    }

    /// What is kept under a key, which is used with that.
    pub(crate) fn get<Q>(&mut self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.kept.get(key).map(|kept| &kept.value)
    }

    /// Takes out what is kept under a key.
    pub(crate) fn take<Q>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let taken = self.kept.pop(key)?;
        self.bytes -= taken.bytes;
        Some(taken.value)
    }

    /// Keeps something that takes so many bytes, and gives what had to go for it: what was kept under this key, and what was not used for
    /// the longest.
    pub(crate) fn keep(&mut self, key: K, value: V, bytes: usize) -> Vec<(K, V)> {
        let mut gone = Vec::new();
        self.bytes += bytes;
        let pushed = self.kept.push(key, Weighed { value, bytes });
        self.let_go(pushed, &mut gone);
        while self.bytes > self.most_bytes && !self.kept.is_empty() {
            let oldest = self.kept.pop_lru();
            self.let_go(oldest, &mut gone);
        }
        gone
    }

    fn let_go(&mut self, left: Option<(K, Weighed<V>)>, gone: &mut Vec<(K, V)>) {
        if let Some((key, Weighed { value, bytes })) = left {
            self.bytes -= bytes;
            gone.push((key, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn few() -> Bounded<&'static str, u32> {
        Bounded::new(NonZeroUsize::new(3).unwrap(), 100)
    }

    #[test]
    fn neither_number_nor_bytes_ever_go_beyond_what_is_given() {
        let mut kept = few();
        for round in 0..50 {
            for (key, bytes) in [("a", 10), ("b", 90), ("c", 1), ("d", 0), ("e", 60)] {
                kept.keep(key, round, bytes);
                let weighed: usize = kept.kept.iter().map(|(_, kept)| kept.bytes).sum();
                assert_eq!(kept.bytes, weighed);
                assert!(kept.bytes <= 100 && kept.kept.len() <= 3);
                assert_eq!(kept.get(key), Some(&round));
            }
        }
    }

    #[test]
    fn what_was_used_lately_stays_and_whatever_goes_is_given() {
        let mut kept = few();
        for (key, value) in [("a", 1), ("b", 2), ("c", 3)] {
            assert!(kept.keep(key, value, 30).is_empty());
        }
        kept.get("a");
        assert_eq!(kept.keep("d", 4, 30), [("b", 2)]);
        // Kept anew, it takes no more room than before.
        assert_eq!(kept.keep("d", 5, 30), [("d", 4)]);
        assert_eq!(kept.keep("e", 6, 60), [("c", 3), ("a", 1)]);
        assert_eq!(
            (kept.take("d"), kept.take("d"), kept.bytes),
            (Some(5), None, 60)
        );
        // What is too much by itself is not kept at all.
        assert_eq!(kept.keep("f", 7, 101), [("e", 6), ("f", 7)]);
        assert_eq!(kept.bytes, 0);
    }
}
