//! E-mail addresses: as they are shown, and in the one form in which somebody may be recognised by them.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

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

/// An address by which somebody may be recognised: an invitation is for it, a domain ends it.
///
/// Only addresses that have one reading: plain ASCII, exactly one `@`, a dot-atom before it (RFC 5322 section 3.2.3) and host
/// names after it. `a@evil.example@corp.example` was two addresses to two parsers (CVE-2026-40574); a letter that only looks
/// like another, or that lower-cases into one (U+212A becomes `k`), is somebody else. ASCII case is folded, as every mail
/// provider does; nothing else is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ComparableEmail(String);

impl ComparableEmail {
    /// Longest part before the `@` in bytes: RFC 5321 section 4.5.3.1.
    const MAX_LOCAL_BYTES: usize = 64;

    /// The comparable form of an address, if it has one.
    pub fn parse(address: &str) -> Option<Self> {
        let (local, domain) = address.split_once('@')?;
        let plain = address.len() <= Email::MAX_BYTES
            && local.len() <= Self::MAX_LOCAL_BYTES
            && local.split('.').all(is_atom)
            && EmailDomain::parse(domain).is_some();
        plain.then(|| Self(address.to_ascii_lowercase()))
    }

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the `@`.
    pub fn domain(&self) -> EmailDomain {
        let domain = self.0.split_once('@').map_or("", |(_, domain)| domain);
        EmailDomain(domain.to_owned())
    }
}

impl fmt::Display for ComparableEmail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What stands behind the `@`, in lower case. Compared whole: `evil-corp.example` and `sub.corp.example` are not `corp.example`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct EmailDomain(String);

impl EmailDomain {
    /// Takes a host name of at least two labels (RFC 1123 section 2.1), without a dot at the end.
    pub fn parse(domain: &str) -> Option<Self> {
        let labels = domain.split('.').count();
        let plain = domain.len() <= 253 && labels >= 2 && domain.split('.').all(is_label);
        plain.then(|| Self(domain.to_ascii_lowercase()))
    }

    /// The domain in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 5322 section 3.2.3.
fn is_atom(part: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&byte);
    !part.is_empty() && part.bytes().all(allowed)
}

fn is_label(label: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(allowed)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_case_is_folded_and_nothing_else() {
        let guy = ComparableEmail::parse("Guy.Smith+app@Corp.Example").unwrap();
        assert_eq!(guy.as_str(), "guy.smith+app@corp.example");
        assert_eq!(guy.domain().as_str(), "corp.example");
        assert_ne!(
            Some(guy),
            ComparableEmail::parse("guysmith@corp.example"),
            "dots and tags count"
        );
    }

    #[test]
    fn an_address_with_two_readings_is_nobodys() {
        for address in [
            "a@evil.example@corp.example",
            "\"a@evil.example\"@corp.example",
            "a\u{40}evil.example\u{FF20}corp.example",
            "a@corp.example\u{0}",
            "a@corp.example.",
            "a@corp.example ",
            " a@corp.example",
            "a@.corp.example",
            "a@corp..example",
            "a@corp",
            "a@",
            "@corp.example",
            "a..b@corp.example",
            ".a@corp.example",
            "a@[127.0.0.1]",
            "a b@corp.example",
            "a,b@corp.example",
            "a@corp.example,b@evil.example",
            "a(comment)@corp.example",
            "a@-corp.example",
            // Looks like `k`, and Unicode lower case makes it one.
            "\u{212A}im@corp.example",
            "a@cor\u{440}.example",
            "stra\u{DF}e@corp.example",
            "a\u{200B}@corp.example",
        ] {
            assert_eq!(ComparableEmail::parse(address), None, "{address:?}");
        }
    }

    #[test]
    fn a_domain_is_compared_whole() {
        let corp = EmailDomain::parse("corp.example").unwrap();
        for other in [
            "evil-corp.example",
            "sub.corp.example",
            "corp.example.evil.example",
            "corp.exampl",
        ] {
            let address = ComparableEmail::parse(&alloc::format!("a@{other}")).unwrap();
            assert_ne!(address.domain(), corp, "{other}");
        }
        let address = ComparableEmail::parse("a@CORP.example").unwrap();
        assert_eq!(address.domain(), corp);
    }
}
