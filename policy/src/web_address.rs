//! Addresses that people are sent to and keys are fetched from.

/// Whether it is an `https:` address, or an `http:` one where that is accepted: with a host, and without what could hide
/// another one.
pub fn is_web_address(address: &str, development: bool) -> bool {
    let secure = address.strip_prefix("https://");
    let local = address.strip_prefix("http://").filter(|_| development);
    let host_given = |rest: &str| !rest.is_empty() && !rest.starts_with(['/', ':', '@', '?', '#']);
    let clean =
        !address.contains(|c: char| c.is_control() || c.is_whitespace() || c == '@' || c == '#');
    clean && secure.or(local).is_some_and(host_given)
}

/// What to add to the complaint about an address that is `http:`.
pub fn http_hint(address: &str) -> &'static str {
    if address.starts_with("http://") {
        " (http: only with USHER_DEVELOPMENT = true)"
    } else {
        ""
    }
}
