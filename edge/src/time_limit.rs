//! How long anything is waited for. The platform cancels nothing by itself: a store or a server that accepts and never answers would
//! otherwise hold a visitor until they leave.

use std::fmt;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use policy::time::millis;
use worker::Delay;

/// For the authority, headers and body together. A decision waits for KV and for this.
pub(crate) const AUTHORITY: Duration = Duration::from_secs(1);

/// For what happens once in a visitor's life: two reads of the registry and a transaction.
pub(crate) const FIRST_SIGHT: Duration = Duration::from_secs(3);

/// For a log-out: two reads of the registry and a transaction.
pub(crate) const LOG_OUT: Duration = Duration::from_secs(3);

/// For a read of KV, which takes milliseconds where it is cached.
pub(crate) const KV_READ: Duration = Duration::from_millis(500);

/// For a change of KV, which nobody's answer waits for.
pub(crate) const KV_CHANGE: Duration = Duration::from_secs(2);

/// There was no answer in this time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimedOut(Duration);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no answer within {} ms", millis(self.0))
    }
}

/// The answer, if it comes in time. What comes later is dropped unseen; a promise of JavaScript itself cannot be called back.
/// In a box, so that a race is written once for each kind of answer and not for each question.
pub(crate) async fn within<T>(
    time: Duration,
    answer: impl Future<Output = T>,
) -> Result<T, TimedOut> {
    match select(answer.boxed_local(), Delay::from(time)).await {
        Either::Left((answer, _)) => Ok(answer),
        Either::Right(((), _)) => Err(TimedOut(time)),
    }
}
