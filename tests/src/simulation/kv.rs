//! Workers KV: what is written at one location is seen there at once, elsewhere later; what a location has read it goes on giving for a
//! while, misses too (developers.cloudflare.com/kv/concepts/how-kv-works).

use std::collections::HashMap;
use std::time::Duration;

use policy::time::Moment;

use super::assumptions::Platform;
use super::chance::stirred;

/// One kind of records.
#[derive(Debug)]
pub(crate) struct Kv<V> {
    arrives: Duration,
    cache: Duration,
    seed: u64,
    written: u64,
    writes: HashMap<u32, Vec<Write<V>>>,
    cached: HashMap<(u32, u16), Cached<V>>,
}

#[derive(Debug)]
struct Write<V> {
    number: u64,
    location: u16,
    at: Moment,
    record: Record<V>,
}

#[derive(Clone, Debug)]
struct Record<V> {
    /// Nothing where it was deleted.
    value: Option<V>,
    /// Until when it is kept.
    until: Option<Moment>,
}

#[derive(Debug)]
struct Cached<V> {
    at: Moment,
    record: Option<Record<V>>,
}

impl<V: Clone> Record<V> {
    fn value(&self, now: Moment) -> Option<V> {
        let over = self.until.is_some_and(|until| until <= now);
        self.value.clone().filter(|_| !over)
    }
}

impl<V: Clone> Kv<V> {
    pub(crate) fn new(platform: &Platform, seed: u64) -> Self {
        Self {
            arrives: platform.kv_arrives,
            cache: platform.kv_cache,
            seed,
            written: 0,
            writes: HashMap::new(),
            cached: HashMap::new(),
        }
    }

    /// What this location reads.
    pub(crate) fn get(&mut self, key: u32, location: u16, now: Moment) -> Option<V> {
        if let Some(cached) = self.cached.get(&(key, location))
            && now.is_within(self.cache, cached.at)
        {
            return cached.record.as_ref()?.value(now);
        }
        let writes = self.writes.get(&key).map_or(&[][..], Vec::as_slice);
        let seen = writes.iter().rev().find(|write| {
            write.location == location || now.since(write.at) >= self.delay(write.number, location)
        });
        let record = seen.map(|write| write.record.clone());
        let value = record.as_ref().and_then(|record| record.value(now));
        self.cached
            .insert((key, location), Cached { at: now, record });
        value
    }

    /// Writes at a location, for as long as it says; no value deletes.
    pub(crate) fn put(
        &mut self,
        key: u32,
        location: u16,
        value: Option<V>,
        keep: Option<Duration>,
        now: Moment,
    ) {
        let record = Record {
            value,
            until: keep.map(|keep| now.plus(keep)),
        };
        self.cached.insert(
            (key, location),
            Cached {
                at: now,
                record: Some(record.clone()),
            },
        );
        self.written += 1;
        let writes = self.writes.entry(key).or_default();
        // What lies before something that everybody sees, nobody sees.
        let seen_by_all = writes
            .iter()
            .rposition(|write| now.since(write.at) >= self.arrives);
        writes.drain(..seen_by_all.unwrap_or(0));
        writes.push(Write {
            number: self.written,
            location,
            at: now,
            record,
        });
    }

    /// Lets go of what nobody can read any more.
    pub(crate) fn sweep(&mut self, now: Moment) {
        let cache = self.cache;
        self.cached
            .retain(|_, cached| now.is_within(cache, cached.at));
        self.writes.retain(|_, writes| {
            writes
                .iter()
                .any(|write| write.record.until.is_none_or(|until| now < until))
        });
    }

    /// How long this write takes to this location: between nothing and the most, always the same.
    fn delay(&self, write: u64, location: u16) -> Duration {
        let chance = stirred(self.seed ^ stirred(write << 16 | u64::from(location)));
        let millis = u64::try_from(self.arrives.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(chance % millis.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::assumptions::Assumptions;

    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);

    fn kv() -> Kv<u32> {
        Kv::new(&Assumptions::default().platform, 7)
    }

    fn after(seconds: u64) -> Moment {
        NOW.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn a_write_is_seen_at_once_where_it_was_made_and_everywhere_after_its_delay_and_the_cache() {
        let mut kv = kv();
        for location in 0..100 {
            assert_eq!(kv.get(1, location, NOW), None);
        }
        kv.put(1, 0, Some(5), None, after(1));
        assert_eq!(kv.get(1, 0, after(1)), Some(5));
        let at_once = (1..100).filter(|location| kv.get(1, *location, after(1)).is_some());
        assert_eq!(at_once.count(), 0, "the miss is remembered");
        let some = (1..100).filter(|location| kv.get(1, *location, after(31)).is_some());
        assert!((20..80).contains(&some.count()));
        assert!((1..100).all(|location| kv.get(1, location, after(1 + 60 + 30)) == Some(5)));
    }

    #[test]
    fn what_is_over_or_deleted_is_gone() {
        let mut kv = kv();
        kv.put(1, 0, Some(5), Some(Duration::from_mins(1)), NOW);
        assert_eq!(kv.get(1, 0, after(59)), Some(5));
        assert_eq!(kv.get(1, 0, after(60)), None);
        kv.put(1, 0, Some(6), None, after(70));
        kv.put(1, 0, None, None, after(71));
        assert_eq!(kv.get(1, 0, after(72)), None);
    }

    #[test]
    fn a_sweep_changes_nothing_that_is_read_and_keeps_nothing_else() {
        let mut kv = kv();
        kv.put(1, 0, Some(5), Some(Duration::from_mins(1)), NOW);
        kv.put(2, 0, Some(6), None, NOW);
        kv.sweep(after(61));
        assert_eq!((kv.writes.len(), kv.cached.len()), (1, 0));
        assert_eq!(kv.get(2, 3, after(61)), Some(6));
    }
}
