//! Addresses that everybody reads in the same way.

/// Whether a path means the same to the gate, to the parser that sends it on and to the app: no backslash, and no segment that
/// climbs or stands still, in any spelling. The platform hands paths over as they came; what would be folded away later must
/// not be judged before (CVE-2019-9901; RFC 3986 section 5.2.4; the WHATWG URL standard also folds `%2e`).
pub fn is_unambiguous(path: &str) -> bool {
    path.bytes().all(is_kept) && path.split('/').all(|segment| !is_dots(segment))
}

/// The WHATWG URL standard reads a backslash as a slash, ends the path at a `#`, and drops blanks and control characters, after
/// which `/.\t.` climbs. No request line can hold any of them (RFC 3986 section 3.3).
const fn is_kept(byte: u8) -> bool {
    byte > b' ' && !matches!(byte, b'\\' | b'#')
}

/// Whether the part of an address that names the server names one: a host and perhaps a port. The platform joins two `Host`
/// fields with a comma, and each server behind would follow another one of them (RFC 9112 section 3.2: 400).
pub fn is_one_authority(authority: &str) -> bool {
    authority.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':' | b'[' | b']')
    })
}

fn is_dots(segment: &str) -> bool {
    let mut rest = segment;
    let mut dots = 0;
    while !rest.is_empty() {
        let Some(after) = rest
            .strip_prefix('.')
            .or_else(|| rest.strip_prefix("%2e"))
            .or_else(|| rest.strip_prefix("%2E"))
        else {
            return false;
        };
        rest = after;
        dots += 1;
    }
    dots == 1 || dots == 2
}

/// Whether a path lies at or below one of these, read so that no app could read it as lying elsewhere: an encoded slash or
/// backslash, a parameter, what is encoded twice, or an empty segment opens nothing (CVE-2021-29492, CVE-2025-54576).
pub fn is_below(path: &str, places: &[alloc::string::String]) -> bool {
    let plain = is_unambiguous(path)
        && !path.contains(';')
        && !path.contains("//")
        && path.split('%').skip(1).all(is_harmless_escape);
    let below = |place: &alloc::string::String| {
        path.strip_prefix(place.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    plain && places.iter().any(below)
}

/// Whether what follows a percent sign stands for a byte that no app takes for a part of the path's structure. Without an escaped
/// percent sign, decoding twice gives nothing that decoding once does not.
fn is_harmless_escape(after_percent: &str) -> bool {
    let digits = after_percent.get(..2).unwrap_or_default();
    let hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    match u8::from_str_radix(digits, 16) {
        Ok(byte) if hex => {
            !byte.is_ascii_control() && !matches!(byte, b'%' | b'.' | b'/' | b';' | b'\\')
        }
        Ok(_) | Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::borrow::ToOwned;

    #[test]
    fn a_path_that_climbs_is_ambiguous_in_every_spelling() {
        for path in [
            "/a/../b",
            "/a/%2e%2E/b",
            "/a/.%2e",
            "/.",
            "/a/%2E/b",
            "/a\\..\\b",
            "/a/.\t./b",
            "/a/.. ",
            "/a#b",
            "/x/../.usher/health",
        ] {
            assert!(!is_unambiguous(path), "{path}");
        }
        for path in [
            "/",
            "/a/b",
            "/.well-known/x",
            "/.usher/me",
            "/a...b",
            "/...",
            "/%2e%2e%2e",
            "/a%2Fb",
            "//a",
            "/a/..b",
        ] {
            assert!(is_unambiguous(path), "{path}");
        }
    }

    #[test]
    fn two_hosts_and_a_user_name_are_no_authority() {
        for authority in [
            "a.example, b.example",
            "a.example:1,b.example",
            "user@a.example",
            "a.example b",
            "a.example%2f",
        ] {
            assert!(!is_one_authority(authority), "{authority}");
        }
        for authority in [
            "a.example",
            "localhost:8787",
            "[::1]:80",
            "xn--gte-5cd.example",
        ] {
            assert!(is_one_authority(authority), "{authority}");
        }
    }

    #[test]
    fn only_a_plain_path_is_below_an_open_one() {
        let places = ["/billing".to_owned()];
        for path in [
            "/billing",
            "/billing/",
            "/billing/invoices/1",
            "/billing/M%C3%BCller%20%26",
        ] {
            assert!(is_below(path, &places), "{path}");
        }
        for path in [
            "/billing2",
            "/Billing",
            "/billing/../admin",
            "/billing/%2e%2e/admin",
            "/billing%2f..%2fadmin",
            "/billing/..;/admin",
            "/billing/..%3b/admin",
            "/billing/%252e%252e/admin",
            "/billing/.%%32%65/admin",
            "/billing/%",
            "/billing/%+f",
            "/billing/a%00",
            "/billing//admin",
            "/billing/..%5cadmin",
            "/",
        ] {
            assert!(!is_below(path, &places), "{path}");
        }
    }
}
