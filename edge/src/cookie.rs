//! The gate's own cookie, which carries the token of a person.

use std::time::Duration;

use policy::round_trips;

use crate::configuration::Configuration;

/// Longest cookie browsers keep, name and value together (RFC 6265 section 6.1); a longer one is dropped without a word.
pub(crate) const MAX_COOKIE_BYTES: usize = 4096;

/// Sets the cookie for as long as the token lasts.
pub(crate) fn set(configuration: &Configuration, token: &str, lifetime: Duration) -> String {
    format!(
        "{}={token}; Max-Age={}; {}",
        configuration.cookie,
        lifetime.as_secs(),
        attributes(configuration)
    )
}

/// Makes the browser forget the cookie.
pub(crate) fn cleared(configuration: &Configuration) -> String {
    format!(
        "{}=; Max-Age=0; {}",
        configuration.cookie,
        attributes(configuration)
    )
}

/// Counts round trips to the log-in page for as long as they count.
pub(crate) fn trips(configuration: &Configuration, value: &str) -> String {
    trips_cookie(configuration, value, round_trips::WITHIN)
}

/// Makes the browser forget them.
pub(crate) fn trips_cleared(configuration: &Configuration) -> String {
    trips_cookie(configuration, "", Duration::ZERO)
}

fn trips_cookie(configuration: &Configuration, value: &str, lifetime: Duration) -> String {
    format!(
        "{}{}={value}; Max-Age={}; {}",
        configuration.cookie,
        round_trips::COOKIE_SUFFIX,
        lifetime.as_secs(),
        attributes(configuration)
    )
}

/// Out of reach of scripts, of other sites' requests, and of connections without TLS (except on a developer's machine).
fn attributes(configuration: &Configuration) -> &'static str {
    if configuration.development {
        "Path=/; HttpOnly; SameSite=Lax"
    } else {
        "Path=/; HttpOnly; SameSite=Lax; Secure"
    }
}
