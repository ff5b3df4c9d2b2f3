//! What a request offers to prove who sends it: one token, nothing, or something that cannot be read in one way.

use crate::refusal::Refusal;
use crate::round_trips;

/// What a request offers. "Nothing" is not "something bad", and "two things" is neither.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Offer<'a> {
    /// More than one credential; nobody chooses between them.
    Ambiguous,
    /// A credential that cannot be a token. There is no falling back from it to another one.
    Broken(Refusal),
    /// No credential.
    Nothing,
    /// One token.
    Token {
        /// Its text, not looked at yet.
        text: &'a str,
        /// Where it came from.
        carrier: Carrier,
    },
}

/// Where a token came from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Carrier {
    /// `Authorization: Bearer`, which no other site can make a browser send.
    Bearer,
    /// The cookie, which a browser sends by itself.
    Cookie,
    /// The header of a provider in front of the gate, which adds it to whatever a browser sends by itself.
    Provider,
}

impl Carrier {
    /// Whether a browser sends the credential with requests that another site asked for.
    pub const fn is_sent_by_itself(self) -> bool {
        match self {
            Self::Bearer => false,
            Self::Cookie | Self::Provider => true,
        }
    }
}

/// The headers that may hold a credential, as the platform gives them: several fields of one name joined by `, `.
#[derive(Clone, Copy, Debug, Default)]
pub struct Headers<'a> {
    /// `Authorization`.
    pub authorization: Option<&'a str>,
    /// The header of the configured provider, if it has one (Cloudflare Access: `Cf-Access-Jwt-Assertion`).
    pub provider: Option<&'a str>,
    /// `Cookie`.
    pub cookies: Option<&'a str>,
}

/// Reads what is offered. There are no other places: a token in an address would be in every log (RFC 6750 section 5.3).
///
/// A header that no browser sends by itself is what is judged, good or bad: it is meant. Only where there is none does the
/// cookie count. Our cookie in a second `Cookie` field is ambiguous in any case: no browser sends two, and each server behind us
/// would read them in its own way.
pub fn offered<'a>(headers: Headers<'a>, cookie_name: &str) -> Offer<'a> {
    let cookies = headers.cookies;
    if cookies.is_some_and(|cookies| in_a_second_field(cookies, cookie_name)) {
        return Offer::Ambiguous;
    }
    match (headers.authorization, headers.provider, cookies) {
        (Some(_), Some(_), _) => Offer::Ambiguous,
        (Some(authorization), None, _) => bearer(authorization),
        (None, Some(token), _) => provided(token),
        (None, None, Some(cookies)) => named_cookie(cookies, cookie_name),
        (None, None, None) => Offer::Nothing,
    }
}

/// The token alone. No token has a comma, so a comma means two fields.
fn provided(token: &str) -> Offer<'_> {
    if token.contains(',') {
        return Offer::Ambiguous;
    }
    Offer::Token {
        text: token,
        carrier: Carrier::Provider,
    }
}

/// RFC 6750 section 2.1: the scheme in any case, one space, the token. No token has a comma, so a comma means two fields.
fn bearer(authorization: &str) -> Offer<'_> {
    if authorization.contains(',') {
        return Offer::Ambiguous;
    }
    match authorization.split_once(' ') {
        Some((scheme, text)) if scheme.eq_ignore_ascii_case("bearer") && !text.is_empty() => {
            Offer::Token {
                text,
                carrier: Carrier::Bearer,
            }
        }
        Some(_) | None => Offer::Broken(Refusal::SchemeNotBearer),
    }
}

/// RFC 6265 section 4.2.1, and nothing else: names are compared exactly, only SP and HTAB are trimmed (CVE-2026-39410), and a
/// quote or an escape is part of the value. Two cookies of the name are what a hostile sibling domain produces.
fn named_cookie<'a>(cookies: &'a str, name: &str) -> Offer<'a> {
    let mut values = cookies.split(';').filter_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim_matches([' ', '\t']) == name).then(|| value.trim_matches([' ', '\t']))
    });
    match (values.next(), values.next()) {
        (None, _) => Offer::Nothing,
        (Some(text), None) => Offer::Token {
            text,
            carrier: Carrier::Cookie,
        },
        (Some(_), Some(_)) => Offer::Ambiguous,
    }
}

/// The value of the first cookie of this name, for what grants nothing.
pub fn cookie<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies.split(';').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        (key.trim_matches([' ', '\t']) == name).then(|| value.trim_matches([' ', '\t']))
    })
}

fn in_a_second_field(cookies: &str, name: &str) -> bool {
    let later = cookies.split(',').skip(1);
    later.map(str::trim_start).any(|field| {
        field
            .strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

/// The `Cookie` header without the gate's cookies, the one of this name and the one that counts round trips, every other byte as it
/// came; `None` if nothing is left.
pub fn without_cookie(cookies: &str, name: &str) -> Option<alloc::string::String> {
    let is_ours = |pair: &&str| {
        pair.split_once('=')
            .and_then(|(key, _)| key.trim_matches([' ', '\t']).strip_prefix(name))
            .is_some_and(|rest| rest.is_empty() || rest == round_trips::COOKIE_SUFFIX)
    };
    let mut kept = cookies.split(';').filter(|pair| !is_ours(pair));
    let first = kept.next()?.trim_start_matches([' ', '\t']);
    let mut rest = alloc::string::String::from(first);
    for pair in kept {
        rest.push(';');
        rest.push_str(pair);
    }
    (!rest.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer<'a>(authorization: Option<&'a str>, cookies: Option<&'a str>) -> Offer<'a> {
        let headers = Headers {
            authorization,
            provider: None,
            cookies,
        };
        offered(headers, "__Host-usher")
    }

    #[test]
    fn the_header_of_a_provider_is_judged_alone() {
        let offer = |authorization, provider, cookies| {
            let headers = Headers {
                authorization,
                provider,
                cookies,
            };
            offered(headers, "__Host-usher")
        };
        let token = Offer::Token {
            text: "t",
            carrier: Carrier::Provider,
        };
        assert_eq!(offer(None, Some("t"), None), token);
        assert_eq!(offer(None, Some("t"), Some("__Host-usher=c")), token);
        for (authorization, provider) in [
            (Some("Bearer a"), "t"),
            (Some("Basic a"), "t"),
            (None, "t, u"),
        ] {
            let offer = offer(authorization, Some(provider), None);
            assert_eq!(offer, Offer::Ambiguous, "{authorization:?} {provider}");
        }
        // An empty one is still meant: there is no falling back from it.
        let empty = offer(None, Some(""), Some("__Host-usher=c"));
        assert!(matches!(empty, Offer::Token { text: "", .. }), "{empty:?}");
    }

    #[test]
    fn the_scheme_may_have_any_case_and_exactly_one_space() {
        for value in ["Bearer t", "bearer t", "BEARER t"] {
            assert_eq!(
                offer(Some(value), None),
                Offer::Token {
                    text: "t",
                    carrier: Carrier::Bearer
                },
                "{value}"
            );
        }
        for value in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer\tt",
            "Basic dDp0",
            "Token t",
            "t",
            "Bearer=\"t\"",
        ] {
            assert_eq!(
                offer(Some(value), None),
                Offer::Broken(Refusal::SchemeNotBearer),
                "{value}"
            );
        }
    }

    #[test]
    fn two_credentials_are_never_chosen_between() {
        assert_eq!(offer(Some("Bearer a, Bearer b"), None), Offer::Ambiguous);
        assert_eq!(
            offer(None, Some("__Host-usher=a; __Host-usher=b")),
            Offer::Ambiguous
        );
        assert_eq!(
            offer(None, Some("__Host-usher=a;x=1;__Host-usher=a")),
            Offer::Ambiguous
        );
    }

    #[test]
    fn our_cookie_in_a_second_field_is_ambiguous_whatever_else_is_offered() {
        for cookies in [
            "a=1, __Host-usher=t",
            "__Host-usher=t, __Host-usher=u",
            "a=1; b=2,__Host-usher =t",
        ] {
            assert_eq!(offer(None, Some(cookies)), Offer::Ambiguous, "{cookies}");
            assert_eq!(
                offer(Some("Bearer t"), Some(cookies)),
                Offer::Ambiguous,
                "{cookies}"
            );
        }
        assert_eq!(
            offer(Some("Bearer t"), Some("a=1, x__Host-usher=t, b")),
            offer(Some("Bearer t"), None)
        );
    }

    #[test]
    fn a_header_is_judged_and_the_cookie_beside_it_is_not() {
        let bearer = Offer::Token {
            text: "a",
            carrier: Carrier::Bearer,
        };
        assert_eq!(offer(Some("Bearer a"), Some("__Host-usher=b")), bearer);
    }

    #[test]
    fn a_broken_header_never_falls_back_to_the_cookie() {
        assert_eq!(
            offer(Some("Basic x"), Some("__Host-usher=a")),
            Offer::Broken(Refusal::SchemeNotBearer)
        );
    }

    #[test]
    fn only_the_exact_cookie_name_counts() {
        for cookies in [
            "__host-usher=a",
            "\u{a0}__Host-usher=a",
            "x__Host-usher=a",
            "__Host-usher",
            "=__Host-usher=a",
            "",
        ] {
            assert_eq!(offer(None, Some(cookies)), Offer::Nothing, "{cookies}");
        }
        assert_eq!(
            offer(None, Some("a=1; __Host-usher=t")),
            Offer::Token {
                text: "t",
                carrier: Carrier::Cookie
            }
        );
    }

    #[test]
    fn other_cookies_pass_byte_for_byte() {
        let without = |cookies| without_cookie(cookies, "__Host-usher");
        assert_eq!(
            without("a=1;  b=\"2; c\";__Host-usher=t; d=%20").as_deref(),
            Some("a=1;  b=\"2; c\"; d=%20")
        );
        assert_eq!(without("__Host-usher=t; a=1").as_deref(), Some("a=1"));
        assert_eq!(without("__Host-usher=t"), None);
    }
}
