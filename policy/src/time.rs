//! Points in time, given from outside: this crate has no clock.

use alloc::format;
use alloc::string::String;
use core::time::Duration;

/// A point in time, in milliseconds since the Unix epoch.
///
/// Arithmetic saturates: a hostile `exp` of 10^308 is "very far away", never an overflow.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Moment(u64);

impl Moment {
    /// The moment this many milliseconds after the Unix epoch.
    pub const fn from_unix_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The moment this many seconds after the Unix epoch.
    pub const fn from_unix_seconds(seconds: u64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the Unix epoch.
    pub const fn unix_millis(self) -> u64 {
        self.0
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub const fn unix_seconds(self) -> u64 {
        self.0 / 1000
    }

    /// How long ago `earlier` was, or nothing if it lies in the future.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// Whether less than `span` has passed since `earlier`. Not where `earlier` lies in the future: then the clock was set back, and
    /// nobody knows how much has passed.
    pub fn is_within(self, span: Duration, earlier: Self) -> bool {
        earlier <= self && self.since(earlier) < span
    }

    /// The moment this much earlier, but not before 1970.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// As machines read it: `2026-11-21T10:30:00Z` (RFC 3339).
    pub fn to_rfc3339(self) -> String {
        let seconds = self.unix_seconds();
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }

    /// The moment this much later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }
}

/// A span in whole milliseconds. The standard library counts them in 128 bits, which WebAssembly has not: to write such a number takes more
/// than a kilobyte.
pub fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// The date of a day after 1970-01-01, in the proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms"): years are counted from March, so that the leap day is the last of one.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days.saturating_add(719_468);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_its_date_and_time() {
        for (seconds, written) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_257_000, "2026-11-21T10:30:00Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(Moment::from_unix_seconds(seconds).to_rfc3339(), written);
        }
        Moment::from_unix_millis(u64::MAX).to_rfc3339();
    }

    #[test]
    fn ages_are_never_negative() {
        let now = Moment::from_unix_seconds(100);
        assert_eq!(now.since(Moment::from_unix_seconds(200)), Duration::ZERO);
    }

    #[test]
    fn nothing_that_lies_in_the_future_was_a_short_while_ago() {
        let now = Moment::from_unix_seconds(100);
        let second = Duration::from_secs(1);
        assert!(now.is_within(second, now));
        assert!(!now.is_within(second, now.minus(second)));
        assert!(!now.is_within(Duration::MAX, now.plus(Duration::from_millis(1))));
    }

    #[test]
    fn the_far_future_saturates_instead_of_wrapping() {
        let latest = Moment::from_unix_seconds(u64::MAX);
        assert_eq!(latest.plus(Duration::MAX), latest);
    }
}
