//! Sessions: what one log-in is called, and which of them are over.
//!
//! A token is good until it expires, wherever it is; what ends it earlier travels with the standing, and takes effect as
//! quickly as a suspension does.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::admission::Visitor;
use crate::standing::Identity;
use crate::storage_key;
use crate::time::Moment;

/// The name of one session of one person. It tells nothing about them and is no credential.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct SessionKey(String);

/// What makes two tokens the same session: always something signed. A signature is not (RFC 7518 section 3.4: of one made with
/// ES256 anybody can make another that verifies), so a key made from it could be changed by its bearer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SessionName<'a> {
    /// `sid` (OpenID Connect Front-Channel Logout 1.0 section 3): all tokens of one log-in, also renewed ones.
    Sid(&'a str),
    /// `jti` (RFC 7519 section 4.1.7): this token.
    Jti(&'a str),
    /// The signed payload: this token.
    Payload(&'a [u8]),
}

impl SessionName<'_> {
    /// Whether later tokens can belong to the same session.
    pub const fn outlives_its_token(self) -> bool {
        match self {
            Self::Sid(_) => true,
            Self::Jti(_) | Self::Payload(_) => false,
        }
    }
}

impl SessionKey {
    /// Characters of a key: 128 bits in base64url.
    pub const LENGTH: usize = 22;

    /// The key of a session of this person; injective, so that nobody's session is named like another's.
    pub fn of(identity: &Identity, name: SessionName<'_>) -> Self {
        let (kind, value) = match name {
            SessionName::Sid(sid) => ("sid", sid.as_bytes()),
            SessionName::Jti(jti) => ("jti", jti.as_bytes()),
            SessionName::Payload(payload) => ("payload", payload),
        };
        let hash = storage_key::injective([
            identity.issuer.as_str().as_bytes(),
            identity.subject.as_str().as_bytes(),
            kind.as_bytes(),
            value,
        ]);
        Self(hash.get(..Self::LENGTH).unwrap_or(&hash).to_owned())
    }

    /// Reads a key from a store or a path.
    pub fn parse(text: &str) -> Option<Self> {
        let base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let plausible = text.len() == Self::LENGTH && text.bytes().all(base64url);
        plausible.then(|| Self(text.to_owned()))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which of a person's sessions are over.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SignOuts {
    /// Everything that was issued before this moment.
    pub before: Option<Moment>,
    /// These besides.
    pub sessions: Vec<SessionKey>,
}

impl SignOuts {
    /// Most sessions that are ended one by one; whoever ends more ends all.
    pub const MOST_SESSIONS: usize = 64;

    /// Whether this visitor's credential belongs to a session that is over. A token that does not say when it was issued might be
    /// older than any sign-out, so it is over.
    pub fn cover(&self, visitor: &Visitor) -> bool {
        let issued_before = match (self.before, visitor.issued_at()) {
            (Some(before), Some(issued_at)) => issued_at < before,
            (Some(_), None) => true,
            (None, _) => false,
        };
        issued_before || self.sessions.contains(visitor.session())
    }
}
