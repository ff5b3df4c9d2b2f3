//! The one place that reads the time.

use policy::time::Moment;

/// Now. On Workers the clock stands still between two inputs (developers.cloudflare.com/workers/reference/security-model), so
/// it is read anew after waiting and never used to measure work.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "milliseconds since 1970, a positive whole number"
)]
pub(crate) fn now() -> Moment {
    Moment::from_unix_millis(js_sys::Date::now() as u64)
}
