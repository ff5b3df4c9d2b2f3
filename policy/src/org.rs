//! Orgs: what members belong to.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::standing::Role;

/// An org's id, which is also what the app is told. Compared byte by byte.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct OrgId(String);

impl OrgId {
    /// Longest id in bytes: it is told to the app in a header, and a sighting must stay small.
    pub const MAX_BYTES: usize = 254;

    /// Takes 1 to 254 bytes without control characters.
    pub fn new(id: &str) -> Option<Self> {
        let plausible =
            !id.is_empty() && id.len() <= Self::MAX_BYTES && !id.chars().any(char::is_control);
        plausible.then(|| Self(id.to_owned()))
    }

    /// The id as given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The org of whoever set the platform up (incident I4: it was once named after the user).
pub const PLATFORM_ORG: &str = "platform-admin";

/// Its name for people.
pub const PLATFORM_ORG_NAME: &str = "Platform Admin";

/// What somebody may do in an org.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgRole {
    /// Belongs to it.
    #[default]
    Member,
    /// Administers it.
    OrgOwner,
}

impl OrgRole {
    /// Every role.
    pub const ALL: [Self; 2] = [Self::Member, Self::OrgOwner];

    /// The word as it stands in databases and in JSON.
    pub const fn word(self) -> &'static str {
        self.role().word()
    }

    /// What the app is told.
    pub const fn role(self) -> Role {
        match self {
            Self::Member => Role::Member,
            Self::OrgOwner => Role::OrgOwner,
        }
    }

    /// Reads a word exactly as written.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}
