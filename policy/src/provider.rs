//! The products people log in with, and what is known of each: where its keys are, how it signs, where it puts the token.

use crate::issuer::Algorithm;

/// Whose log-in issues the tokens. The configuration says it; nothing is ever guessed from a token (incident I4).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Provider {
    /// Auth0.
    Auth0,
    /// Clerk.
    Clerk,
    /// Cloudflare Access in front of the gate.
    CloudflareAccess,
    /// Okta.
    Okta,
    /// The platform's own log-in, or any other issuer.
    Own,
    /// Supabase Auth.
    Supabase,
}

/// What a provider's issuers have in common, so that nobody has to look it up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Preset {
    /// How the name of an issuer looks, for people.
    pub issuer: &'static str,
    /// What every name begins and ends with; a name that does not is a slip of the pen.
    pub issuer_ends: (&'static str, &'static str),
    /// What is put behind the name to get the address of the keys; none where each platform has its own.
    pub jwks_suffix: Option<&'static str>,
    /// How it signs; empty where that must be said.
    pub algorithms: &'static [Algorithm],
    /// What binds a token to this platform, for people.
    pub addressee: &'static str,
    /// The `aud` of all its tokens; none where that must be said.
    pub audience: Option<&'static str>,
    /// The claim that says who it is.
    pub subject_claim: &'static str,
    /// The cookie its browser library keeps the token in, if there is one.
    pub cookie: Option<&'static str>,
    /// The header it puts the token in, in lower case, if it has one of its own.
    pub header: Option<&'static str>,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Self; 6] = [
        Self::Auth0,
        Self::Clerk,
        Self::CloudflareAccess,
        Self::Okta,
        Self::Own,
        Self::Supabase,
    ];

    /// The word for it in configurations and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auth0 => "auth0",
            Self::Clerk => "clerk",
            Self::CloudflareAccess => "cloudflare-access",
            Self::Okta => "okta",
            Self::Own => "own",
            Self::Supabase => "supabase",
        }
    }

    /// Reads a word exactly as written.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|provider| provider.word() == word)
    }

    /// What is known of it.
    pub const fn preset(self) -> &'static Preset {
        match self {
            Self::Auth0 => &AUTH0,
            Self::Clerk => &CLERK,
            Self::CloudflareAccess => &CLOUDFLARE_ACCESS,
            Self::Okta => &OKTA,
            Self::Own => &OWN,
            Self::Supabase => &SUPABASE,
        }
    }
}

/// Access tokens are JWTs only where the log-in asked for an audience; otherwise they are opaque.
const AUTH0: Preset = Preset {
    issuer: "https://TENANT.auth0.com/",
    issuer_ends: ("https://", "/"),
    jwks_suffix: Some(".well-known/jwks.json"),
    algorithms: &[Algorithm::Rs256],
    addressee: "`audience`: the identifier of your API",
    audience: None,
    subject_claim: "sub",
    cookie: None,
    header: None,
};

/// Session tokens have no `aud`; `azp` is the origin they were made for.
const CLERK: Preset = Preset {
    issuer: "https://clerk.example.com",
    issuer_ends: ("https://", ""),
    jwks_suffix: Some("/.well-known/jwks.json"),
    algorithms: &[Algorithm::Rs256],
    addressee: "`authorized_parties`: the origins of your site",
    audience: None,
    subject_claim: "sub",
    cookie: Some("__session"),
    header: None,
};

/// Access puts the same token in a cookie and, for the server behind it, in a header.
const CLOUDFLARE_ACCESS: Preset = Preset {
    issuer: "https://TEAM.cloudflareaccess.com",
    issuer_ends: ("https://", ".cloudflareaccess.com"),
    jwks_suffix: Some("/cdn-cgi/access/certs"),
    algorithms: &[Algorithm::Rs256],
    addressee: "`audience`: the AUD tag of the Access application",
    audience: None,
    subject_claim: "sub",
    cookie: Some("CF_Authorization"),
    header: Some("cf-access-jwt-assertion"),
};

/// Tokens of the org authorization server (without `/oauth2/`) are for Okta only and cannot be checked by others. `sub` is the
/// log-in name, which can be given to somebody else; `uid` cannot.
const OKTA: Preset = Preset {
    issuer: "https://DOMAIN.okta.com/oauth2/default",
    issuer_ends: ("https://", ""),
    jwks_suffix: Some("/v1/keys"),
    algorithms: &[Algorithm::Rs256],
    addressee: "`audience`: that of the authorization server, such as `api://default`",
    audience: None,
    subject_claim: "uid",
    cookie: None,
    header: None,
};

const OWN: Preset = Preset {
    issuer: "as your log-in writes it",
    issuer_ends: ("", ""),
    jwks_suffix: None,
    algorithms: &[],
    addressee: "`audience`: as your log-in writes it",
    audience: None,
    subject_claim: "sub",
    cookie: None,
    header: None,
};

/// Projects with the legacy secret sign with HS256: then `algorithm` and `secret` are given.
const SUPABASE: Preset = Preset {
    issuer: "https://PROJECT.supabase.co/auth/v1",
    issuer_ends: ("https://", "/auth/v1"),
    jwks_suffix: Some("/.well-known/jwks.json"),
    algorithms: &[Algorithm::Es256, Algorithm::Rs256],
    addressee: "nothing: `aud` is `authenticated`",
    audience: Some("authenticated"),
    subject_claim: "sub",
    cookie: None,
    header: None,
};
