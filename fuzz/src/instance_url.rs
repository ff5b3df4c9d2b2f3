//! Target `instance_url`: an address that we take is the same origin for the parser of the WHATWG, and a rule for hosts covers
//! only hosts that it names.

#![expect(clippy::expect_used, reason = "a law: where it is broken it panics")]

use policy::instance_url::{HostRule, InstanceUrl};
use url::{Position, Url};

use crate::carried_text;
use crate::outcome::Outcome;

pub(crate) const WORDS: &[&str] = &[
    "https://",
    "http://",
    ":443",
    ":80",
    ":65535",
    ".fly.dev",
    "*.",
    "127.0.0.1",
    "0x7f",
    "xn--",
    "localhost",
    "/",
    "//",
    "@",
    "\\",
    "?",
    "#",
    "%2e",
    "..",
    "-",
    "\n",
];

pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "https://guy.fly.dev\n*.fly.dev",
        "http://127.0.0.1:4000\nhttp://127.0.0.1",
        "http://127.0.0.1:4000\n127.0.0.1",
        "https://a-b.example/\na-b.example",
        "https://guy.fly.dev.evil.example\n*.fly.dev",
        "https://evilfly.dev\n*.fly.dev",
        "https://fly.dev\n*.fly.dev",
        "https://user@guy.fly.dev\nfly.dev",
        "http://0x7f.1\n0x7f.1",
        "https://xn--bcher-kva.example:443",
        "http://a:80",
    ];
    texts.map(Into::into).to_vec()
}

pub(crate) fn law(data: &[u8]) -> Outcome {
    let (address, rule) = carried_text::two(data);
    let Some(instance) = std::str::from_utf8(address).ok().and_then(InstanceUrl::new) else {
        return Outcome::Refused;
    };
    let text = instance.as_str();
    assert_eq!(InstanceUrl::new(text), Some(instance.clone()));
    let authority = text.split("://").nth(1).expect("an authority");
    assert_eq!(authority.split(':').next(), Some(instance.host()));
    // It refuses only labels of `xn--` that are no name: such an address can never be fetched.
    match Url::parse(text) {
        Ok(url) => {
            assert_eq!(url.host_str(), Some(instance.host()));
            assert_eq!(&url[Position::BeforePath..], "/");
            assert_eq!(&url[Position::BeforeUsername..Position::BeforeHost], "");
            assert!(text.starts_with(&url[..Position::AfterHost]));
        }
        Err(error) => assert!(text.contains("xn--"), "{error}"),
    }
    if let Some(rule) = rule.and_then(|rule| std::str::from_utf8(rule).ok()) {
        covered_by_name(&instance, rule);
    }
    Outcome::Taken
}

fn covered_by_name(instance: &InstanceUrl, rule: &str) {
    let Some(parsed) = HostRule::parse(rule) else {
        return;
    };
    let (rule, in_clear_text) = match rule.strip_prefix("http://") {
        Some(rest) => (rest, true),
        None => (rule, false),
    };
    let labels = |host: &str| host.split('.').rev().map(str::to_owned).collect::<Vec<_>>();
    let host = labels(instance.host());
    let named = match rule.strip_prefix("*.") {
        Some(suffix) => host.starts_with(&labels(suffix)) && host.len() > labels(suffix).len(),
        None => host == labels(rule),
    };
    let as_carried = in_clear_text || instance.as_str().starts_with("https:");
    assert_eq!(parsed.covers(instance), named && as_carried, "`{rule}`");
}
