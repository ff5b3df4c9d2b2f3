//! What the platform knows of a visitor: who they are to it, and which instance is theirs.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::status::Status;
use crate::time::Moment;

/// A person as an issuer names them. Both parts are compared byte by byte and never folded: the same `sub` of another
/// issuer, or one that differs in case, is somebody else (RFC 7519 section 4.1.2).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Identity {
    /// The exact `iss`.
    pub issuer: IssuerUrl,
    /// The exact `sub`.
    pub subject: Subject,
}

/// The exact `iss` of an issuer.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct IssuerUrl(String);

impl IssuerUrl {
    /// Takes the name as it is; `None` if it is empty.
    pub fn new(name: &str) -> Option<Self> {
        (!name.is_empty()).then(|| Self(name.to_owned()))
    }

    /// The name as it stands in tokens.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The exact `sub` of a person at an issuer.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Subject(String);

impl Subject {
    /// Longest subject in bytes: OpenID Connect Core section 2 allows 255 ASCII characters.
    pub const MAX_BYTES: usize = 255;

    /// Takes a subject of 1 to 255 bytes without control characters, which could only be an attack on a header or a log.
    pub fn new(subject: &str) -> Option<Self> {
        let plausible = !subject.is_empty()
            && subject.len() <= Self::MAX_BYTES
            && !subject.chars().any(char::is_control);
        plausible.then(|| Self(subject.to_owned()))
    }

    /// The subject as it stands in tokens.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An e-mail address, only to be shown. Nobody is recognised by it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Email(String);

impl Email {
    /// Longest address in bytes: RFC 5321 section 4.5.3.1.
    pub const MAX_BYTES: usize = 254;

    /// Takes an address of 1 to 254 bytes without control characters.
    pub fn new(address: &str) -> Option<Self> {
        let plausible = !address.is_empty()
            && address.len() <= Self::MAX_BYTES
            && !address.chars().any(char::is_control);
        plausible.then(|| Self(address.to_owned()))
    }

    /// The address as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a visitor may do on the platform.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Belongs to an org.
    #[default]
    Member,
    /// Administers an org.
    OrgOwner,
    /// Administers the platform.
    PlatformOwner,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Member, Self::OrgOwner, Self::PlatformOwner];

    /// The word as it stands in databases, in JSON and in the header to the app.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::OrgOwner => "org_owner",
            Self::PlatformOwner => "platform_owner",
        }
    }

    /// Reads a word exactly as written.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// How a visitor is related to the platform.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Membership {
    /// Belongs to the platform.
    Member {
        /// The org's name, if there are orgs.
        org: Option<String>,
        /// What they may do.
        role: Role,
    },
    /// Is known, but needs an invitation first (incident I4).
    NeedsInvitation,
    /// Was never heard of.
    Stranger,
}

/// One app of one user.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Instance {
    /// Its id at the authority.
    pub id: InstanceId,
    /// Where it answers.
    pub url: InstanceUrl,
    /// Its status.
    pub status: Status,
    /// Since when it has that status.
    pub since: Moment,
}

/// An instance's id: short and harmless in a path, a header and a log line.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct InstanceId(String);

impl InstanceId {
    /// Takes 1 to 128 of `A-Z a-z 0-9 . _ -`.
    pub fn new(id: &str) -> Option<Self> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let plausible = (1..=128).contains(&id.len()) && id.bytes().all(allowed);
        plausible.then(|| Self(id.to_owned()))
    }

    /// The id as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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
        let plausible_host = host.len() <= 253 && host.split('.').all(label);
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

/// Which hosts an instance may answer at, so that a wrong or hostile record cannot send a visitor's request elsewhere.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HostRule {
    /// Exactly this host.
    Exactly(String),
    /// Any host below this suffix, which begins with a dot.
    Below(String),
}

impl HostRule {
    /// Reads `host` or `*.suffix`.
    pub fn parse(rule: &str) -> Option<Self> {
        let (host, below) = match rule.strip_prefix("*.") {
            Some(suffix) => (suffix, true),
            None => (rule, false),
        };
        let url = InstanceUrl::new(&alloc::format!("https://{host}"))?;
        if url.host() != host {
            return None;
        }
        Some(if below {
            Self::Below(alloc::format!(".{host}"))
        } else {
            Self::Exactly(host.to_owned())
        })
    }

    /// Whether the rule covers this address.
    pub fn covers(&self, url: &InstanceUrl) -> bool {
        match self {
            Self::Exactly(host) => url.host() == host,
            Self::Below(suffix) => url.host().ends_with(suffix.as_str()),
        }
    }
}

/// What the platform knows of a visitor.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Of whom.
    pub identity: Identity,
    /// Member or not.
    pub membership: Membership,
    /// Their instance.
    pub instance: Option<Instance>,
    /// Counts every change at the authority; a late write with a smaller number loses.
    pub version: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_url_is_an_origin_and_nothing_else() {
        for url in [
            "https://guy.fly.dev",
            "http://127.0.0.1:4000",
            "https://a-b.example/",
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
    fn a_host_rule_is_a_host() {
        for rule in ["*", "*.", "", "a/b", "a:80", "https://a", "*.*.a"] {
            assert_eq!(HostRule::parse(rule), None, "{rule}");
        }
    }

    #[test]
    fn control_characters_and_oversize_are_no_subject() {
        assert!(Subject::new("auth0|5f7c8ec7c33c6c004bbafe82").is_some());
        for subject in ["", "x\r\nX-User-Id: admin", "a\0b", &"s".repeat(256)] {
            assert_eq!(Subject::new(subject), None);
        }
    }
}
