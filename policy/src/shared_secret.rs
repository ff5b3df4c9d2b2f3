//! How strong a secret must be that is shared with somebody: for HS256, and for the admin API.

use alloc::format;
use alloc::string::String;

/// HMAC secrets shorter than the hash weaken it (RFC 7518 section 3.2), and a bearer secret deserves no less.
pub const MIN_SECRET_BYTES: usize = 32;

/// Long enough, and known to everybody: the examples of jwt.io and of Supabase's local and self-hosted set-ups.
const PUBLISHED: [&str; 4] = [
    "a-string-secret-at-least-256-bits-long",
    "a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long",
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "your-super-secret-jwt-token-with-at-least-32-characters-long",
];

/// Why a secret is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weakness {
    /// It is an example that everybody can look up, or one character over and over.
    Guessable,
    /// It has this many bytes.
    TooShort(usize),
}

/// What is wrong with a secret, if anything.
pub fn weakness(secret: &str) -> Option<Weakness> {
    if secret.len() < MIN_SECRET_BYTES {
        return Some(Weakness::TooShort(secret.len()));
    }
    let mut bytes = secret.bytes();
    let first = bytes.next();
    let monotonous = bytes.all(|byte| Some(byte) == first);
    (monotonous || PUBLISHED.contains(&secret)).then_some(Weakness::Guessable)
}

/// The same as a sentence for whoever configured the secret of this name; never its value.
pub fn mistake(name: &str, secret: &str) -> Option<String> {
    let problem = match weakness(secret)? {
        Weakness::TooShort(bytes) => {
            format!("has {bytes} characters; give it at least {MIN_SECRET_BYTES}")
        }
        Weakness::Guessable => "is one that everybody can look up; give it a random one".into(),
    };
    Some(format!(
        "the secret {name} {problem}, e.g. from `openssl rand -base64 48`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_or_published_secret_is_none() {
        assert_eq!(weakness("secret"), Some(Weakness::TooShort(6)));
        assert_eq!(weakness(&"a".repeat(64)), Some(Weakness::Guessable));
        for published in PUBLISHED {
            assert_eq!(weakness(published), Some(Weakness::Guessable));
        }
        assert_eq!(weakness("a secret of thirty-two characters"), None);
    }
}
