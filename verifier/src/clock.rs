//! The time of this machine.

use std::time::{SystemTime, UNIX_EPOCH};

use policy::time::Moment;

/// Now, to the second; a clock before 1970 is at its beginning.
pub(crate) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Moment::from_unix_seconds(since.map_or(0, |since| since.as_secs()))
}
