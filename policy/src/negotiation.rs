//! Who is asking: a person in a browser, who reads a page, or a program, which reads JSON.
//!
//! By what the request says of itself (RFC 9110 section 12.5.1, Fetch Metadata), never by its User-Agent: guessing from names
//! is how uploads get lost in a redirect to a log-in page.

use crate::quality::ranked;

/// Who reads the answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Audience {
    /// A person: pages, and redirects to the log-in.
    Browser,
    /// A program: problem+json, and 401.
    Client,
    /// A person who sent a form: pages, and no redirect, which would lose what the form carried.
    Form,
}

/// The parts of a request that tell.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signs<'a> {
    /// The method, upper case.
    pub method: &'a str,
    /// The header `Accept`.
    pub accept: Option<&'a str>,
    /// The header `Sec-Fetch-Mode`, which scripts cannot set.
    pub fetch_mode: Option<&'a str>,
}

impl Audience {
    /// Only a GET or HEAD that navigates, or that prefers HTML, comes from a person who can be sent elsewhere: what any other
    /// method carried would be lost without a word.
    pub fn of(signs: Signs<'_>) -> Self {
        if !matches!(signs.method, "GET" | "HEAD") {
            return match signs.fetch_mode {
                Some("navigate") => Self::Form,
                Some(_) | None => Self::Client,
            };
        }
        match signs.fetch_mode {
            Some("navigate") => Self::Browser,
            None if prefers_html(signs.accept.unwrap_or_default()) => Self::Browser,
            // Every other mode is a script, an image or a socket: nobody would see the page.
            Some(_) | None => Self::Client,
        }
    }
}

/// Whether HTML ranks above JSON. `*/*` alone does not ask for a page: that is what programs send.
pub fn prefers_html(accept: &str) -> bool {
    let html = quality(accept, "text/html").max(quality(accept, "application/xhtml+xml"));
    let json = quality(accept, "application/json").max(quality(accept, "application/problem+json"));
    html > 0 && html >= json
}

/// The quality in thousandths at which exactly this type is named, or 0. Wildcards name nothing.
fn quality(accept: &str, media_type: &str) -> u32 {
    ranked(accept)
        .filter(|(range, _)| range.eq_ignore_ascii_case(media_type))
        .map(|(_, quality)| quality)
        .max()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audience(method: &str, accept: Option<&str>, fetch_mode: Option<&str>) -> Audience {
        Audience::of(Signs {
            method,
            accept,
            fetch_mode,
        })
    }

    #[test]
    fn a_navigation_is_a_person_whatever_it_accepts() {
        assert_eq!(
            audience("GET", Some("*/*"), Some("navigate")),
            Audience::Browser
        );
    }

    #[test]
    fn a_script_is_never_redirected() {
        assert_eq!(
            audience("GET", Some("text/html"), Some("cors")),
            Audience::Client
        );
        assert_eq!(
            audience("GET", Some("text/html"), Some("websocket")),
            Audience::Client
        );
    }

    #[test]
    fn what_carries_a_body_is_never_redirected() {
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
            for (mode, expected) in [
                (Some("navigate"), Audience::Form),
                (Some("cors"), Audience::Client),
                (None, Audience::Client),
            ] {
                let found = audience(method, Some("text/html"), mode);
                assert_eq!(found, expected, "{method} {mode:?}");
            }
        }
    }

    #[test]
    fn accept_is_ranked_and_wildcards_ask_for_no_page() {
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "TEXT/HTML",
            "text/html;level=1;q=0.5",
        ] {
            assert_eq!(
                audience("GET", Some(accept), None),
                Audience::Browser,
                "{accept}"
            );
        }
        for accept in [
            "*/*",
            "",
            "text/*",
            "application/json",
            "text/html;q=0",
            "application/json, text/html;q=0.9",
            "text/html;q=x",
        ] {
            assert_eq!(
                audience("GET", Some(accept), None),
                Audience::Client,
                "{accept}"
            );
        }
        assert_eq!(audience("GET", None, None), Audience::Client);
    }
}
