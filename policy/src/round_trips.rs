//! A browser that is sent to log in and comes back without a log-in goes round for ever (incident I4; the first of all complaints about
//! such gates). The gate counts the round trips in a cookie that lasts as long as they count.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use crate::time::Moment;

/// What the cookie is called after the gate's own.
pub const COOKIE_SUFFIX: &str = "-trips";

/// So many round trips within [`WITHIN`] are no accident: nobody types a password that often.
pub const MOST: u32 = 3;

/// A person who was sent to log in, gave up, and tries again later goes no round.
pub const WITHIN: Duration = Duration::from_secs(30);

/// What to do with somebody who has to log in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Trip {
    /// Send them, with this value in the cookie.
    Go(String),
    /// They go round: say so.
    Round,
}

/// One more trip for this address. Several pages that a browser opens at once, each with its own address, make no round; the value is
/// the browser's own and nothing is granted by it, so one that makes no sense counts as none.
pub fn another(cookie: Option<&str>, address: &str, now: Moment) -> Trip {
    let place = fingerprint(address);
    let counted = cookie
        .and_then(read)
        .filter(|trips| trips.place == place && now.is_within(WITHIN, trips.began));
    match counted {
        Some(trips) if trips.count >= MOST => Trip::Round,
        Some(trips) => Trip::Go(written(trips.began, trips.count + 1, place)),
        None => Trip::Go(written(now, 1, place)),
    }
}

struct Trips {
    began: Moment,
    count: u32,
    place: u32,
}

fn read(value: &str) -> Option<Trips> {
    let mut parts = value.split('.');
    let mut number = || parts.next()?.parse::<u64>().ok();
    let (began, count, place) = (number()?, number()?, number()?);
    Some(Trips {
        began: Moment::from_unix_seconds(began),
        count: u32::try_from(count).ok()?,
        place: u32::try_from(place).ok()?,
    })
}

fn written(began: Moment, count: u32, place: u32) -> String {
    format!("{}.{count}.{place}", began.unix_seconds())
}

/// FNV-1a: two addresses must differ by it mostly, not safely.
fn fingerprint(address: &str) -> u32 {
    address.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);

    fn go(cookie: Option<&str>, address: &str, now: Moment) -> Option<String> {
        match another(cookie, address, now) {
            Trip::Go(value) => Some(value),
            Trip::Round => None,
        }
    }

    #[test]
    fn the_fourth_trip_within_half_a_minute_is_a_round() {
        let mut cookie = None;
        for _ in 0..MOST {
            cookie = Some(go(cookie.as_deref(), "/a", NOW).unwrap());
        }
        assert_eq!(another(cookie.as_deref(), "/a", NOW), Trip::Round);
        let later = NOW.plus(WITHIN);
        assert!(go(cookie.as_deref(), "/a", later).is_some());
    }

    #[test]
    fn many_addresses_at_once_make_no_round() {
        let mut cookie = None;
        for page in 0..100 {
            cookie = go(cookie.as_deref(), &page.to_string(), NOW);
            assert!(cookie.is_some());
        }
    }

    #[test]
    fn a_value_that_makes_no_sense_counts_as_none() {
        for value in [
            "",
            "1",
            "x.y.z",
            "9999999999999999999.1.1",
            "1900000000.99999999999.1",
        ] {
            assert!(go(Some(value), "/a", NOW).is_some(), "{value}");
        }
    }
}
