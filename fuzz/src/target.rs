//! The targets: each is one reader of foreign bytes and the law it must keep.

use crate::outcome::Outcome;
use crate::{
    authorization, claims, control_plane, cookie, instance_url, jwks, kv_record, languages, path,
    pem, strict_json, token,
};

/// A reader of foreign bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// The header `Authorization`, with a `Cookie` beside it.
    Authorization,
    /// Header and payload of a token inside a well-formed envelope.
    Claims,
    /// What a control plane says of a visitor.
    ControlPlane,
    /// The header `Cookie`.
    Cookie,
    /// The address of an instance, and the rules for its host.
    InstanceUrl,
    /// The body of a key endpoint.
    Jwks,
    /// A stored sighting.
    KvRecord,
    /// The header `Accept-Language`.
    Languages,
    /// The path of a request.
    Path,
    /// A public key as PEM.
    Pem,
    /// JSON.
    StrictJson,
    /// The whole text of a token.
    Token,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 12] = [
        Self::Authorization,
        Self::Claims,
        Self::ControlPlane,
        Self::Cookie,
        Self::InstanceUrl,
        Self::Jwks,
        Self::KvRecord,
        Self::Languages,
        Self::Path,
        Self::Pem,
        Self::StrictJson,
        Self::Token,
    ];

    /// The name on command lines and of folders.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authorization => "authorization",
            Self::Claims => "claims",
            Self::ControlPlane => "control_plane",
            Self::Cookie => "cookie",
            Self::InstanceUrl => "instance_url",
            Self::Jwks => "jwks",
            Self::KvRecord => "kv_record",
            Self::Languages => "languages",
            Self::Path => "path",
            Self::Pem => "pem",
            Self::StrictJson => "strict_json",
            Self::Token => "token",
        }
    }

    /// Reads a name exactly as written.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// The longest input worth trying: room for what is real, and no more, since time grows with length.
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Authorization
            | Self::Cookie
            | Self::InstanceUrl
            | Self::Languages
            | Self::Path => 256,
            Self::Claims | Self::ControlPlane | Self::KvRecord | Self::StrictJson => 512,
            // An RSA key of 2048 bits in its PEM, two keys in a set, a token signed with one.
            Self::Pem => 640,
            Self::Jwks | Self::Token => 1024,
        }
    }

    /// Words of this format, which random bytes would hardly ever hit.
    pub const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Authorization => authorization::WORDS,
            Self::Claims => claims::WORDS,
            Self::ControlPlane => control_plane::WORDS,
            Self::Cookie => cookie::WORDS,
            Self::InstanceUrl => instance_url::WORDS,
            Self::Jwks => jwks::WORDS,
            Self::KvRecord => kv_record::WORDS,
            Self::Languages => languages::WORDS,
            Self::Path => path::WORDS,
            Self::Pem => pem::WORDS,
            Self::StrictJson => strict_json::WORDS,
            Self::Token => token::WORDS,
        }
    }

    /// Inputs made by hand, for where there are no vectors.
    pub(crate) fn own_seeds(self) -> Vec<Vec<u8>> {
        match self {
            Self::Authorization => authorization::seeds(),
            Self::Claims => claims::seeds(),
            Self::ControlPlane => control_plane::seeds(),
            Self::Cookie => cookie::seeds(),
            Self::InstanceUrl => instance_url::seeds(),
            Self::Jwks => jwks::seeds(),
            Self::KvRecord => kv_record::seeds(),
            Self::Languages => languages::seeds(),
            Self::Path => path::seeds(),
            Self::Pem => pem::seeds(),
            Self::StrictJson => strict_json::seeds(),
            Self::Token => token::seeds(),
        }
    }

    /// Holds the law against one input.
    ///
    /// # Panics
    ///
    /// Where the input breaks the law. That is what everybody here is looking for.
    pub fn run(self, data: &[u8]) -> Outcome {
        match self {
            Self::Authorization => authorization::law(data),
            Self::Claims => claims::law(data),
            Self::ControlPlane => control_plane::law(data),
            Self::Cookie => cookie::law(data),
            Self::InstanceUrl => instance_url::law(data),
            Self::Jwks => jwks::law(data),
            Self::KvRecord => kv_record::law(data),
            Self::Languages => languages::law(data),
            Self::Path => path::law(data),
            Self::Pem => pem::law(data),
            Self::StrictJson => strict_json::law(data),
            Self::Token => token::law(data),
        }
    }
}
