//! What is simulated of a size, and when what happens.

use std::time::Duration;

use policy::time::Moment;

use super::assumptions::{Assumptions, Size};
use super::crowd;
use super::numbers::{float, whole};
use super::platform::{Asked, Outages};

/// When everything begins.
const START: Moment = Moment::from_unix_seconds(1_900_000_000);

/// Until memories are as full as they stay: tokens are verified anew after ten minutes.
const WARM_UP: Duration = Duration::from_mins(12);

/// Rates are not read from less.
const STEADY_AT_LEAST: Duration = Duration::from_mins(10);

/// How long somebody stays suspended.
pub(crate) const SUSPENDED_FOR: Duration = Duration::from_mins(10);

/// After the last suspension, until nobody can be let in any more by what was so before it.
const TAIL: Duration = Duration::from_mins(4);

/// How long an outage lasts: longer than GRACE by default.
const OUTAGE: Duration = Duration::from_mins(20);

/// How long the next one does not begin.
const BETWEEN_OUTAGES: Duration = Duration::from_mins(15);

/// Within this time after an outage it is looked at who is still refused.
pub(crate) const RECOVERY: Duration = Duration::from_mins(1);

/// What is simulated, and when what happens.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) locations: u16,
    pub(crate) isolates: u64,
    pub(crate) visitors: u32,
    /// From one session to the next, of everybody who is simulated; nothing where nobody comes.
    pub(crate) between_sessions: Option<Duration>,
    /// Sessions there are at any moment.
    pub(crate) at_once: u64,
    pub(crate) start: Moment,
    pub(crate) steady_from: Moment,
    pub(crate) steady_until: Moment,
    pub(crate) suspensions: u64,
    pub(crate) between_suspensions: Duration,
    pub(crate) suspending_until: Moment,
    pub(crate) outages: Outages,
    pub(crate) end: Moment,
}

impl Plan {
    pub(crate) fn of(assumptions: &Assumptions, size: Size, asked: Asked) -> Self {
        let (traffic, effort) = (&assumptions.traffic, assumptions.effort);
        let sessions = float(size.visitors) * traffic.sessions_a_day / 86_400.0;
        let of_a_location = sessions * traffic.requests_a_session() / float(size.locations);
        let locations = whole(libm::floor(effort.at_once / of_a_location.max(1e-9)))
            .clamp(2.min(size.locations), size.locations);
        let sessions = sessions * float(locations) / float(size.locations);
        let rate = (of_a_location * float(locations)).max(1e-9);
        let lasting = |requests: u64, at_least: Duration| {
            Duration::from_secs(whole(float(requests) / rate).min(A_YEAR)).max(at_least)
        };
        let at_once = sessions * traffic.session_lasts().as_secs_f64();
        // A suspended visitor in ten at most, or those who are there would be none.
        let between_suspensions =
            Duration::from_secs_f64((SUSPENDED_FOR.as_secs_f64() / at_once.max(0.1)).max(1.0));
        let steady_from = START.plus(WARM_UP);
        let steady_until = steady_from.plus(lasting(effort.requests, STEADY_AT_LEAST));
        let suspensions = effort.suspensions;
        let suspending = between_suspensions.mul_f64(float(suspensions)) + TAIL;
        let suspending_until = steady_until.plus(suspending);
        let outages = outages(asked, effort.in_outages, rate, suspending_until);
        let last = u32::try_from(outages.times).unwrap_or(u32::MAX);
        Self {
            locations: u16::try_from(locations).unwrap_or(u16::MAX - 1),
            isolates: assumptions.platform.isolates_at_least.max(whole(libm::ceil(
                of_a_location / assumptions.platform.requests_an_isolate,
            ))),
            visitors: crowd::visitors(size.visitors, size.locations, locations),
            between_sessions: (sessions > 0.0).then(|| Duration::from_secs_f64(1.0 / sessions)),
            at_once: whole(at_once),
            start: START,
            steady_from,
            steady_until,
            suspensions,
            between_suspensions,
            suspending_until,
            outages,
            end: suspending_until.plus(outages.every * last + RECOVERY),
        }
    }
}

/// More is not simulated of anybody.
const A_YEAR: u64 = 365 * 86_400;

/// An outage of KV as the authority is one of KV, and what it would do to the copies is not asked here.
fn outages(asked: Asked, requests: u64, rate: f64, from: Moment) -> Outages {
    let of_one = rate * OUTAGE.as_secs_f64();
    let times = whole(libm::ceil(float(requests) / of_one)).clamp(1, 60);
    Outages {
        first: from.plus(BETWEEN_OUTAGES / 15),
        lasts: OUTAGE,
        every: OUTAGE + BETWEEN_OUTAGES,
        times: match asked {
            Asked::Registry if requests > 0 => times,
            Asked::Registry | Asked::Kv => 0,
        },
    }
}
