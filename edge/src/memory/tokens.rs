//! Tokens whose signature was found to be their issuer's: whose they are, or that they are over. Bounded in number and in bytes.

use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;
use policy::admission::Visitor;
use policy::refusal::Refusal;
use policy::time::Moment;

use super::VERIFIED_FOR;

/// Most tokens of visitors: about 16 MiB of an isolate's 128 MB with tokens of an ordinary size.
const MAX_TOKENS: NonZeroUsize = NonZeroUsize::new(12_288).unwrap();

/// Most bytes of them: one may have 8 KiB.
const MAX_BYTES: usize = 24 << 20;

/// Most tokens that are known to be over, of at most 8 KiB each.
const MAX_OVER: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// The tokens an isolate remembers. The key is always the whole token, so that nothing short of it can collide.
pub(super) struct Tokens {
    verified: LruCache<String, Verified>,
    bytes: usize,
    over: LruCache<String, Over>,
}

struct Verified {
    visitor: Rc<Visitor>,
    at: Moment,
}

/// How long ago a token had expired at which moment.
struct Over {
    seconds_ago: u64,
    judged_at: Moment,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            verified: LruCache::new(MAX_TOKENS),
            bytes: 0,
            over: LruCache::new(MAX_OVER),
        }
    }

    /// Whose token it is, unless it has to be verified anew.
    pub(super) fn visitor(&mut self, token: &str, now: Moment) -> Option<Rc<Visitor>> {
        let verified = self.verified.get(token)?;
        now.is_within(VERIFIED_FOR, verified.at)
            .then(|| Rc::clone(&verified.visitor))
    }

    pub(super) fn keep(&mut self, token: &str, visitor: Rc<Visitor>, at: Moment) {
        self.bytes += token.len();
        // The one that goes is this very token, or that which was not used for the longest.
        let gone = (self.verified).push(token.to_owned(), Verified { visitor, at });
        self.bytes -= gone.map_or(0, |(token, _)| token.len());
        while self.bytes > MAX_BYTES
            && let Some((token, _)) = self.verified.pop_lru()
        {
            self.bytes -= token.len();
        }
    }

    pub(super) fn keep_over(&mut self, token: &str, seconds_ago: u64, judged_at: Moment) {
        let over = Over {
            seconds_ago,
            judged_at,
        };
        self.over.put(token.to_owned(), over);
    }

    /// Why a token is refused that is over. A clock that was set back may find it good.
    pub(super) fn over(&mut self, token: &str, now: Moment) -> Option<Refusal> {
        let over = self.over.get(token)?;
        (now >= over.judged_at).then(|| Refusal::Expired {
            seconds_ago: over.seconds_ago + now.since(over.judged_at).as_secs(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::tests::visitor;
    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);

    #[test]
    fn long_tokens_make_room_for_each_other_before_they_fill_the_isolate() {
        let mut tokens = Tokens::new();
        let token = |n: usize| format!("{n:08192}");
        let kept = MAX_BYTES / 8192;
        for n in 0..=kept {
            tokens.keep(&token(n), visitor(), NOW);
        }
        assert!(tokens.visitor(&token(0), NOW).is_none());
        assert!(tokens.visitor(&token(1), NOW).is_some());
        // One that is kept anew takes no more room.
        for _ in 0..10 {
            tokens.keep(&token(kept), visitor(), NOW);
        }
        assert!(tokens.visitor(&token(1), NOW).is_some());
        assert_eq!(tokens.bytes, kept * 8192);
    }

    #[test]
    fn what_is_over_stays_so_unless_the_clock_is_set_back() {
        let mut tokens = Tokens::new();
        tokens.keep_over("a.b.c", 100, NOW);
        let later = NOW.plus(Duration::from_secs(5));
        let expired = |seconds_ago| Some(Refusal::Expired { seconds_ago });
        assert_eq!(tokens.over("a.b.c", NOW), expired(100));
        assert_eq!(tokens.over("a.b.c", later), expired(105));
        let before = NOW.minus(Duration::from_millis(1));
        assert_eq!(tokens.over("a.b.c", before), None);
        assert_eq!(tokens.over("a.b.d", later), None);
    }
}
