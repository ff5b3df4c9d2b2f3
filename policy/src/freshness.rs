//! What the age of a sighting allows.
//!
//! Nobody is ever let in on a sighting older than [`FreshnessRules::stale`] while the authority answers: that is the
//! published bound for a suspension to take effect.

use core::time::Duration;

use crate::sighting::Sighting;
use crate::standing::Membership;
use crate::status::Availability;
use crate::storage_key::StorageKey;
use crate::time::Moment;

/// How old a sighting may be, and for what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FreshnessRules {
    /// Up to this age a `ready` sighting is used as it is.
    pub fresh_open: Duration,
    /// Up to this age any other sighting is used as it is; short, because somebody is waiting for it to change.
    pub fresh_otherwise: Duration,
    /// Up to this age a sighting of a member's instance is used, and refreshed after the answer.
    pub stale: Duration,
    /// Up to this age somebody last seen `ready` is let in while the authority fails.
    pub grace: Duration,
}

impl Default for FreshnessRules {
    fn default() -> Self {
        Self {
            fresh_open: Duration::from_secs(10),
            fresh_otherwise: Duration::from_secs(2),
            stale: Duration::from_mins(1),
            grace: Duration::from_mins(15),
        }
    }
}

/// By how much FRESH is shortened, 0 to 20 %, for one visitor in one isolate: isolates that read one record at one moment must not
/// all ask at one moment for the next. STALE and GRACE are promises, and no chance touches them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Jitter {
    /// Of 256 equal steps up to the most.
    step: u8,
}

impl Jitter {
    /// FRESH as it was set.
    pub const NONE: Self = Self { step: 0 };

    /// One fifth of FRESH is the most.
    const MOST: u32 = 5;

    /// The jitter of this visitor where this number was drawn. The key is a hash already; it is stirred once more (FNV-1a), so that two
    /// isolates differ by more than a constant.
    pub fn of(key: &StorageKey, seed: u32) -> Self {
        let bytes = key.as_str().bytes().rev().take(8);
        let mixed = bytes.fold(0x811c_9dc5 ^ seed, |mixed, byte| {
            (mixed ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let [step, ..] = (mixed ^ mixed >> 16).to_be_bytes();
        Self { step }
    }

    fn shorten(self, fresh: Duration) -> Duration {
        fresh.saturating_sub(fresh * u32::from(self.step) / (256 * Self::MOST))
    }
}

/// What may be done with a sighting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Freshness {
    /// Use it.
    Fresh,
    /// Use it, and refresh it after the answer.
    Stale,
    /// Ask the authority first.
    TooOld,
}

impl FreshnessRules {
    /// How long the copy of a sighting that others may find is left as it is while nothing changes: a third of GRACE, so that whoever finds
    /// it in an outage has two thirds of GRACE left. Each copy costs a write, and on a large platform they are half of the bill.
    pub fn copied_anew_after(&self) -> Duration {
        self.grace / 3
    }

    /// What may be done with a sighting of this age.
    pub fn judge(&self, sighting: &Sighting, jitter: Jitter, now: Moment) -> Freshness {
        let age = now.since(sighting.seen_at);
        if sighting.is_from_the_future(now) {
            return Freshness::TooOld;
        }
        let (fresh, stale) = match sighting.availability() {
            Some(Availability::Open) => (self.fresh_open, self.stale),
            Some(Availability::Suspended | Availability::Waiting) => {
                (self.fresh_otherwise, self.stale)
            }
            // "There is nothing for them" is asked again soon, so that somebody who has just signed up or was invited is in at once; and
            // before the answer, not after it: what happens at first sight happens to a visitor who is there.
            None if age < self.fresh_otherwise => return Freshness::Fresh,
            None => return Freshness::TooOld,
        };
        if age < jitter.shorten(fresh.min(stale)) {
            Freshness::Fresh
        } else if age < stale {
            Freshness::Stale
        } else {
            Freshness::TooOld
        }
    }

    /// Whether somebody last seen so may be let in although the authority does not answer.
    pub fn in_grace(&self, sighting: &Sighting, now: Moment) -> bool {
        sighting.is_open()
            && !sighting.is_from_the_future(now)
            && now.since(sighting.seen_at) < self.grace
    }
}

/// How far in the future a sighting may seem to lie: clocks of two machines differ.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(5);

impl Sighting {
    /// Whether it was one of somebody who is let in.
    pub fn is_open(&self) -> bool {
        match self.availability() {
            Some(Availability::Open) => true,
            Some(Availability::Suspended | Availability::Waiting) | None => false,
        }
    }

    /// What the instance allows, if there is one for them: to somebody who does not belong to the platform there is none.
    fn availability(&self) -> Option<Availability> {
        let instance = match &self.standing.membership {
            Membership::Member { .. } => self.standing.instance.as_ref(),
            Membership::NeedsInvitation | Membership::Stranger => None,
        };
        instance.map(|instance| instance.status.availability())
    }

    /// Whether it lies too far in the future to be believed, or a record with a date of the next century would stay fresh until
    /// then.
    pub fn is_from_the_future(&self, now: Moment) -> bool {
        self.seen_at.since(now) > CLOCK_DIFFERENCE
    }

    /// Whether this says more about now than another sighting of the same person. Versions only grow, so the higher one is newer,
    /// and of the same version the one seen later; "there is nobody" has no version, so then the later question counts. One from the
    /// future says nothing.
    pub fn is_newer_than(&self, other: &Self, now: Moment) -> bool {
        match (self.is_from_the_future(now), other.is_from_the_future(now)) {
            (true, _) => return false,
            (false, true) => return true,
            (false, false) => {}
        }
        let (own, others) = (self.standing.version, other.standing.version);
        if own == 0 || others == 0 {
            return self.seen_at > other.seen_at;
        }
        (own, self.seen_at) > (others, other.seen_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::{Identity, IssuerUrl, Subject};

    fn jitter(subject: u32, seed: u32) -> Jitter {
        let identity = Identity {
            issuer: IssuerUrl::new("https://id.example").unwrap(),
            subject: Subject::new(&alloc::format!("subject-{subject}")).unwrap(),
        };
        Jitter::of(&StorageKey::of(&identity), seed)
    }

    #[test]
    fn fresh_is_shortened_by_a_fifth_at_most_and_never_made_longer() {
        let fresh = Duration::from_secs(10);
        assert_eq!(Jitter::NONE.shorten(fresh), fresh);
        assert_eq!(
            Jitter::NONE.shorten(Duration::MAX / 300),
            Duration::MAX / 300
        );
        for step in 0..=255 {
            let shortened = Jitter { step }.shorten(fresh);
            assert!(shortened <= fresh && shortened >= fresh * 4 / 5, "{step}");
        }
    }

    #[test]
    fn isolates_and_visitors_are_spread_over_the_whole_range() {
        for spread in [
            (0..1000)
                .map(|seed| jitter(7, seed))
                .collect::<alloc::vec::Vec<_>>(),
            (0..1000).map(|seed| jitter(7, seed << 22)).collect(),
            (0..1000).map(|subject| jitter(subject, 7)).collect(),
        ] {
            for quarter in 0..4 {
                let there = spread.iter().filter(|jitter| jitter.step / 64 == quarter);
                assert!(there.count() > 150, "quarter {quarter}");
            }
        }
    }
}
