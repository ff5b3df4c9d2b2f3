//! Where instances answer, and where they may.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::net::Ipv4Addr;

/// Where an instance answers: an origin and nothing else, so that no record can smuggle a path, a user name or a fragment
/// into the address that is fetched.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InstanceUrl {
    origin: String,
    host_start: usize,
    host_end: usize,
}

impl InstanceUrl {
    /// Takes `http` or `https`, a host of lower-case letters, digits, dots and hyphens, and perhaps a port.
    pub fn new(url: &str) -> Option<Self> {
        let origin = url.strip_suffix('/').unwrap_or(url);
        let authority = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"))?;
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let label = |label: &str| {
            let allowed =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            !label.is_empty()
                && label.bytes().all(allowed)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let plausible_host =
            host.len() <= 253 && host.split('.').all(label) && is_one_host_for_all(host);
        let plausible_port = port.is_none_or(|port| {
            port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok_and(|port| port != 0)
        });
        let host_start = origin.len() - authority.len();
        (plausible_host && plausible_port).then(|| Self {
            origin: origin.to_owned(),
            host_start,
            host_end: host_start + host.len(),
        })
    }

    /// The origin without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        self.origin
            .get(self.host_start..self.host_end)
            .unwrap_or_default()
    }
}

/// The WHATWG URL standard takes any host that ends in a number for an IPv4 address and fetches from there: `2130706433`, `0x7f.1`
/// and `127.1` are all 127.0.0.1. Only the usual spelling says where it leads.
fn is_one_host_for_all(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let hex = last.strip_prefix("0x");
    let ends_in_a_number = last.bytes().all(|byte| byte.is_ascii_digit())
        || hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
    !ends_in_a_number || host.parse::<Ipv4Addr>().is_ok()
}

/// Which hosts an instance may answer at, so that a wrong or hostile record cannot send a visitor's request elsewhere, or anywhere in
/// clear text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostRule {
    hosts: Hosts,
    in_clear_text: bool,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Hosts {
    /// Exactly this host.
    Exactly(String),
    /// Any host below this suffix, which begins with a dot.
    Below(String),
}

impl HostRule {
    /// Reads `host` or `*.suffix`; with `http://` before it, instances may answer there without TLS as well.
    pub fn parse(rule: &str) -> Option<Self> {
        let (rule, in_clear_text) = match rule.strip_prefix(CLEAR_TEXT) {
            Some(rest) => (rest, true),
            None => (rule, false),
        };
        let (host, below) = match rule.strip_prefix("*.") {
            Some(suffix) => (suffix, true),
            None => (rule, false),
        };
        let url = InstanceUrl::new(&alloc::format!("https://{host}"))?;
        if url.host() != host {
            return None;
        }
        let hosts = if below {
            Hosts::Below(alloc::format!(".{host}"))
        } else {
            Hosts::Exactly(host.to_owned())
        };
        Some(Self {
            hosts,
            in_clear_text,
        })
    }

    /// The same, with or without TLS: for a developer's machine.
    #[must_use]
    pub fn also_in_clear_text(self) -> Self {
        Self {
            in_clear_text: true,
            ..self
        }
    }

    /// Whether the rule covers this address.
    pub fn covers(&self, url: &InstanceUrl) -> bool {
        let covered = match &self.hosts {
            Hosts::Exactly(host) => url.host() == host,
            Hosts::Below(suffix) => url.host().ends_with(suffix.as_str()),
        };
        covered && (self.in_clear_text || !url.as_str().starts_with(CLEAR_TEXT))
    }
}

const CLEAR_TEXT: &str = "http://";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_url_is_an_origin_and_nothing_else() {
        for url in [
            "https://guy.fly.dev",
            "http://127.0.0.1:4000",
            "https://a-b.example/",
            "https://1.example",
            "https://0x7f.example",
        ] {
            assert!(InstanceUrl::new(url).is_some(), "{url}");
        }
        for url in [
            "https://guy.fly.dev/path",
            "https://user@guy.fly.dev",
            "https://guy.fly.dev?x",
            "https://guy.fly.dev#x",
            "https://",
            "https://:80",
            "https://a:0",
            "https://a:65536",
            "https://a:+1",
            "https://a:",
            "https://a..b",
            "https://-a",
            "HTTPS://a",
            "javascript:alert(1)",
            "https://a\\b",
            "https://a\nb",
            "https://[::1]",
            "https://A.example",
            "http://2130706433",
            "http://127.1",
            "http://0x7f.1",
            "http://a.0x",
            "http://0177.0.0.1",
            "http://256.0.0.1",
        ] {
            assert!(InstanceUrl::new(url).is_none(), "{url}");
        }
    }

    #[test]
    fn a_suffix_rule_covers_no_look_alike() {
        let rule = HostRule::parse("*.fly.dev").unwrap();
        let covers = |url: &str| rule.covers(&InstanceUrl::new(url).unwrap());
        assert!(covers("https://guy.fly.dev"));
        assert!(!covers("https://fly.dev"));
        assert!(!covers("https://evilfly.dev"));
        assert!(!covers("https://guy.fly.dev.evil.example"));
    }

    #[test]
    fn nobody_is_carried_in_clear_text_unless_the_rule_says_so() {
        let covers = |rule: HostRule, url: &str| rule.covers(&InstanceUrl::new(url).unwrap());
        let rule = |text: &str| HostRule::parse(text).unwrap();
        assert!(!covers(rule("*.fly.dev"), "http://guy.fly.dev"));
        assert!(!covers(rule("127.0.0.1"), "http://127.0.0.1:4000"));
        for url in ["http://guy.internal:8080", "https://guy.internal"] {
            assert!(covers(rule("http://*.internal"), url), "{url}");
            assert!(
                covers(rule("*.internal").also_in_clear_text(), url),
                "{url}"
            );
        }
    }

    #[test]
    fn a_host_rule_is_a_host() {
        for rule in [
            "*",
            "*.",
            "",
            "a/b",
            "a:80",
            "https://a",
            "http://",
            "http://a/b",
            "http://http://a",
            "*.*.a",
        ] {
            assert_eq!(HostRule::parse(rule), None, "{rule}");
        }
    }
}
