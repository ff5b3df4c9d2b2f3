//! What the age of a sighting allows.
//!
//! Nobody is ever let in on a sighting older than [`FreshnessRules::stale`] while the authority answers: that is the
//! published bound for a suspension to take effect.

use core::time::Duration;

use crate::sighting::Sighting;
use crate::status::Availability;
use crate::time::Moment;

/// How old a sighting may be, and for what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FreshnessRules {
    /// Up to this age a `ready` sighting is used as it is.
    pub fresh_open: Duration,
    /// Up to this age any other sighting is used as it is; short, because somebody is waiting for it to change.
    pub fresh_otherwise: Duration,
    /// Up to this age a sighting of an instance is used, and refreshed after the answer.
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
    /// What may be done with a sighting of this age.
    pub fn judge(&self, sighting: &Sighting, now: Moment) -> Freshness {
        let age = now.since(sighting.seen_at);
        if sighting.is_from_the_future(now) {
            return Freshness::TooOld;
        }
        let availability = sighting
            .standing
            .instance
            .as_ref()
            .map(|instance| instance.status.availability());
        let (fresh, stale) = match availability {
            Some(Availability::Open) => (self.fresh_open, self.stale),
            Some(Availability::Suspended | Availability::Waiting) => {
                (self.fresh_otherwise, self.stale)
            }
            // "There is nothing" is asked again soon, so that somebody who has just signed up is in at once.
            None => (self.fresh_otherwise, self.fresh_otherwise),
        };
        if age < fresh.min(stale) {
            Freshness::Fresh
        } else if age < stale {
            Freshness::Stale
        } else {
            Freshness::TooOld
        }
    }

    /// Whether somebody last seen so may be let in although the authority does not answer.
    pub fn in_grace(&self, sighting: &Sighting, now: Moment) -> bool {
        let open = sighting.standing.instance.as_ref().is_some_and(|instance| {
            match instance.status.availability() {
                Availability::Open => true,
                Availability::Suspended | Availability::Waiting => false,
            }
        });
        open && !sighting.is_from_the_future(now) && now.since(sighting.seen_at) < self.grace
    }
}

/// How far in the future a sighting may seem to lie: clocks of two machines differ.
const CLOCK_DIFFERENCE: Duration = Duration::from_secs(5);

impl Sighting {
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
