//! Tokens whose signature was found to be their issuer's: whose they are, or that they are over. Bounded in number and in bytes.
//!
//! Nobody pushes others out. Without a token that an issuer signed nothing is kept at all: what is forged, malformed or of an unknown issuer
//! leaves no trace. Tokens that are over have a place of their own. And however many good tokens one visitor gets (each renewal is another
//! one), beyond [`MOST_OF_ONE`] they take the place of that visitor's own. Whoever wants all of the room needs dozens of accounts with
//! the longest tokens there are, and costs everybody else one look at a signature by it, not the way in.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;
use policy::admission::Visitor;
use policy::refusal::Refusal;
use policy::storage_key::StorageKey;
use policy::time::Moment;

use super::super::bounded::Bounded;
use super::VERIFIED_FOR;

/// Most tokens of visitors: about 16 MiB of an isolate's 128 MB with tokens of an ordinary size.
const MAX_TOKENS: NonZeroUsize = NonZeroUsize::new(12_288).unwrap();

/// Most bytes of them and of whose they are: one may have 8 KiB.
const MAX_BYTES: usize = 24 << 20;

/// What goes with a token, at about: whose it is, and where it is found.
const BESIDE: usize = 512;

/// Most tokens of one visitor: more than one person's browsers have, and enough for a program that runs many times.
const MOST_OF_ONE: usize = 64;

/// Most tokens that are known to be over, of at most 8 KiB each.
const MAX_OVER: NonZeroUsize = NonZeroUsize::new(256).unwrap();

/// The tokens an isolate remembers. The key is always the whole token, so that nothing short of it can collide.
pub(super) struct Tokens {
    verified: Bounded<Rc<str>, Verified>,
    /// Those of each visitor, that which was verified first at the beginning.
    of_visitor: HashMap<StorageKey, Vec<Rc<str>>>,
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
            verified: Bounded::new(MAX_TOKENS, MAX_BYTES),
            of_visitor: HashMap::new(),
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
        let token: Rc<str> = token.into();
        let (key, bytes) = (visitor.storage_key().clone(), token.len() + BESIDE);
        let verified = Verified { visitor, at };
        let gone = self.verified.keep(Rc::clone(&token), verified, bytes);
        for (token, verified) in gone {
            self.strike_out(&token, verified.visitor.storage_key());
        }
        let own = self.of_visitor.entry(key).or_default();
        own.push(token);
        if own.len() > MOST_OF_ONE {
            let first = own.remove(0);
            self.verified.take(&*first);
        }
    }

    /// Takes a token out of its visitor's.
    fn strike_out(&mut self, token: &str, visitor: &StorageKey) {
        let Some(own) = self.of_visitor.get_mut(visitor) else {
            return;
        };
        own.retain(|other| **other != *token);
        if own.is_empty() {
            self.of_visitor.remove(visitor);
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

    use super::super::tests::{visitor, visitor_named};
    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);

    fn remembered(tokens: &mut Tokens, token: &str) -> bool {
        tokens.visitor(token, NOW).is_some()
    }

    #[test]
    fn long_tokens_make_room_for_each_other_before_they_fill_the_isolate() {
        let mut tokens = Tokens::new();
        let token = |n: usize| format!("{n:08192}");
        let kept = MAX_BYTES / (8192 + BESIDE);
        for n in 0..=kept {
            tokens.keep(&token(n), visitor_named(&n.to_string()), NOW);
        }
        assert!(!remembered(&mut tokens, &token(0)));
        assert!(remembered(&mut tokens, &token(1)));
        // One that is kept anew takes no more room.
        for _ in 0..10 {
            tokens.keep(&token(kept), visitor_named(&kept.to_string()), NOW);
        }
        assert!(remembered(&mut tokens, &token(1)));
    }

    #[test]
    fn one_visitor_with_any_number_of_tokens_pushes_out_nobody_else() {
        let mut tokens = Tokens::new();
        tokens.keep("a neighbour's", visitor_named("eve"), NOW);
        let long = |n: usize| format!("{n:08192}");
        let (all, more_bytes) = (MAX_TOKENS.get() + 1, MAX_BYTES / 8192 + 1);
        for n in 0..all {
            tokens.keep(&n.to_string(), visitor(), NOW);
        }
        for n in 0..more_bytes {
            tokens.keep(&long(n), visitor(), NOW);
        }
        assert!(remembered(&mut tokens, "a neighbour's"));
        // Of their own the last ones are kept.
        let first_kept = more_bytes - MOST_OF_ONE;
        assert!(remembered(&mut tokens, &long(more_bytes - 1)));
        assert!(remembered(&mut tokens, &long(first_kept)));
        assert!(!remembered(&mut tokens, &long(first_kept - 1)));
    }

    #[test]
    fn of_whom_no_token_is_kept_nothing_is_kept() {
        let mut tokens = Tokens::new();
        for n in 0..2 * MAX_TOKENS.get() {
            tokens.keep(&n.to_string(), visitor_named(&n.to_string()), NOW);
        }
        assert_eq!(tokens.of_visitor.len(), MAX_TOKENS.get());
        for _ in 0..3 {
            tokens.keep("again", visitor(), NOW);
        }
        assert_eq!(tokens.of_visitor[visitor().storage_key()].len(), 1);
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
