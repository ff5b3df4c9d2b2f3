//! What the platform knows of a visitor: who they are to it, and which instance is theirs.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::door::{Door, Knock};
use crate::instance_url::InstanceUrl;
use crate::org::OrgId;
use crate::session::SignOuts;
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
        /// The org they are in now, if there are orgs.
        org: Option<OrgId>,
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

/// What the platform knows of a visitor.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Of whom.
    pub identity: Identity,
    /// At which door: the instance is the one behind it, if they may go in there at all.
    pub door: Door,
    /// Member or not.
    pub membership: Membership,
    /// The instance behind the door.
    pub instance: Option<Instance>,
    /// Which of their sessions are over.
    pub sign_outs: SignOuts,
    /// Counts every change at the authority; a late write with a smaller number loses.
    pub version: u64,
}

impl Standing {
    /// Who knocked where to be told this.
    pub fn knock(&self) -> Knock {
        Knock {
            identity: self.identity.clone(),
            door: self.door.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_oversize_are_no_subject() {
        assert!(Subject::new("auth0|5f7c8ec7c33c6c004bbafe82").is_some());
        for subject in ["", "x\r\nX-User-Id: admin", "a\0b", &"s".repeat(256)] {
            assert_eq!(Subject::new(subject), None);
        }
    }
}
