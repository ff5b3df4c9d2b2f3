//! Points in time, given from outside: this crate has no clock.

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
        Self(
            self.0
                .saturating_sub(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)),
        )
    }

    /// The moment this much later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
