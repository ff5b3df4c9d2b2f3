//! Target `path`: a path that we call unambiguous is the same for the parser of the WHATWG, and what is below an open place for
//! us is below it for an app that decodes, folds or cuts.

#![expect(clippy::expect_used, reason = "a law: where it is broken it panics")]

use percent_encoding::percent_decode_str;
use policy::path::{is_below, is_unambiguous};
use url::Url;

use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "/../",
    "/./",
    "/%2e%2e/",
    "/.%2E/",
    "%2f",
    "%5c",
    "%252e",
    "%00",
    ";",
    "//",
    "\\",
    "/billing",
    "/billing/",
    "/.usher/",
    "\t",
    "#",
    " ",
    "%09",
    "..;/",
    "..",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "/",
        "/a/b/../c",
        "/a/%2e%2E/b",
        "/billing/invoices/1",
        "/billing/..;/admin",
        "/billing%2f..%2fadmin",
        "/billing//admin",
        "/billing/%252e%252e/admin",
        "/billing/..%3b/admin",
        "/billing2",
        "/a\\..\\b",
        "/.well-known/x",
        "//evil.example/",
        "/a b/\u{e9}",
        "/.. ",
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    // The platform gives a text; the path is what stands before the first question mark and begins with a slash.
    let Ok(text) = std::str::from_utf8(data) else {
        return Outcome::Refused;
    };
    let path = text.split('?').next().unwrap_or_default();
    if !path.starts_with('/') {
        return Outcome::Refused;
    }
    if is_unambiguous(path) {
        the_same_for_the_next_parser(path);
    }
    let open = ["/billing".to_owned(), "/a/b".to_owned()];
    if is_below(path, &open) {
        assert!(is_unambiguous(path), "`{path}`");
        for place in &open {
            let alone = std::slice::from_ref(place);
            if is_below(path, alone) {
                below_for_every_app(path, place);
            }
        }
    }
    Outcome::taken_if(is_below(path, &open))
}

fn the_same_for_the_next_parser(path: &str) {
    let url = Url::parse(&format!("https://gate.example{path}"));
    let url = url.expect("an origin and a path are an address");
    assert_eq!(url.host_str(), Some("gate.example"));
    assert_eq!((url.query(), url.fragment()), (None, None), "`{path}`");
    // It may escape what no request line can hold, and change nothing else.
    let decoded = |path| percent_decode_str(path).collect::<Vec<u8>>();
    assert_eq!(decoded(url.path()), decoded(path), "`{path}`");
    let slashes = |path: &str| path.matches('/').count();
    assert_eq!(slashes(url.path()), slashes(path), "`{path}`");
    if path.bytes().all(is_plain) {
        assert_eq!(url.path(), path);
    }
}

/// RFC 3986 section 3.3: what a path may hold.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@%".contains(&byte)
}

/// An app that decodes once or twice, takes backslashes for slashes, cuts parameters off and folds dots and empty segments away.
fn below_for_every_app(path: &str, place: &str) {
    let decoded = |path: &str| percent_decode_str(path).decode_utf8_lossy().into_owned();
    let once = decoded(path);
    for reading in [path, &once, &decoded(&once)] {
        let mut folded: Vec<&str> = Vec::new();
        for segment in reading.split(['/', '\\']) {
            match segment.split(';').next().unwrap_or_default() {
                "" | "." => {}
                ".." => {
                    folded.pop();
                }
                segment => folded.push(segment),
            }
        }
        let reading = format!("/{}", folded.join("/"));
        let below = reading == place || reading.starts_with(&format!("{place}/"));
        assert!(below, "`{path}` is `{reading}` for some app");
    }
}
