//! An app that does not answer may be starting: for a while its visitors wait, and then they are told that it is down.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::time::Duration;

use lru::LruCache;
use policy::reason::Reason;
use policy::time::Moment;

/// A machine that was asleep, or an app that is replaced, is back by then (Fly: "a few hundred ms" to some seconds, plus its own start).
const WAKING: Duration = Duration::from_secs(30);

/// Who asks a waiting page's question asks at least so often; whoever comes later sees a new beginning.
const SAME_SEQUENCE: Duration = Duration::from_secs(20);

/// Most instances an isolate remembers to have failed, at about 100 bytes each.
const MAX_INSTANCES: NonZeroUsize = NonZeroUsize::new(1024).unwrap();

/// Since when instances have been failing, as this isolate has seen it.
pub(crate) struct Waking(RefCell<LruCache<String, Failing>>);

#[derive(Clone, Copy)]
struct Failing {
    began: Moment,
    last: Moment,
}

impl Waking {
    pub(crate) fn new() -> Self {
        Self(RefCell::new(LruCache::new(MAX_INSTANCES)))
    }

    /// What a visitor is told of an instance that did not answer just now. `can_wait`: they only look, so a page may look again for
    /// them; what they sent would be lost by that.
    pub(crate) fn reason(&self, instance: &str, can_wait: bool, now: Moment) -> Reason {
        let mut failing = self.0.borrow_mut();
        let began = failing
            .get(instance)
            .filter(|known| now.is_within(SAME_SEQUENCE, known.last))
            .map_or(now, |known| known.began);
        failing.put(instance.to_owned(), Failing { began, last: now });
        if can_wait && now.is_within(WAKING, began) {
            Reason::InstanceWaking
        } else {
            Reason::InstanceUnreachable
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_waking_for_half_a_minute_and_then_down() {
        let waking = Waking::new();
        let began = Moment::from_unix_seconds(1_900_000_000);
        let after = |seconds| began.plus(Duration::from_secs(seconds));
        for seconds in [0, 5, 15, 29] {
            let reason = waking.reason("https://guy.fly.dev", true, after(seconds));
            assert_eq!(reason, Reason::InstanceWaking, "{seconds}");
        }
        for seconds in [30, 45, 60] {
            let reason = waking.reason("https://guy.fly.dev", true, after(seconds));
            assert_eq!(reason, Reason::InstanceUnreachable, "{seconds}");
        }
        let other = waking.reason("https://eve.fly.dev", true, after(60));
        assert_eq!(other, Reason::InstanceWaking);
        let later = waking.reason("https://guy.fly.dev", true, after(600));
        assert_eq!(later, Reason::InstanceWaking);
    }

    #[test]
    fn whoever_sent_something_is_not_told_to_wait() {
        let now = Moment::from_unix_seconds(1_900_000_000);
        let reason = Waking::new().reason("https://guy.fly.dev", false, now);
        assert_eq!(reason, Reason::InstanceUnreachable);
    }
}
