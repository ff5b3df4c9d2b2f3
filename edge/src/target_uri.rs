//! The address of a request (RFC 9110 section 7.1), taken apart without being changed.

/// An address as it came. What is judged and what is sent on are parts of this one text, so that they cannot differ. The platform
/// gives it as it came: the host is compared without case (RFC 3986 section 3.2.2), and paths that a later parser would change are
/// refused ([`TargetUri::is_unambiguous`]).
#[derive(Debug)]
pub(crate) struct TargetUri {
    text: String,
    target_start: usize,
}

impl TargetUri {
    pub(crate) fn new(mut text: String) -> Self {
        let authority_start = text.find("://").map_or(0, |position| position + 3);
        let rest = text.get(authority_start..).unwrap_or_default();
        let target_start = rest
            .find('/')
            .map_or(text.len(), |position| authority_start + position);
        if let Some(origin) = text.get_mut(..target_start) {
            origin.make_ascii_lowercase();
        }
        Self { text, target_start }
    }

    /// Whether the address means the same to everybody who will read it: one host, and a path that nobody folds.
    pub(crate) fn is_unambiguous(&self) -> bool {
        policy::path::is_one_authority(self.authority())
            && policy::path::is_unambiguous(self.path())
    }

    /// Host and port.
    fn authority(&self) -> &str {
        let origin = self.origin();
        origin
            .split_once("://")
            .map_or("", |(_, authority)| authority)
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> &str {
        self.text.get(..self.target_start).unwrap_or_default()
    }

    /// The host without its port.
    pub(crate) fn host(&self) -> &str {
        let authority = self.authority();
        authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host)
    }

    /// Path and query, byte for byte as they are sent on.
    pub(crate) fn target(&self) -> &str {
        self.text.get(self.target_start..).unwrap_or_default()
    }

    /// The path alone.
    pub(crate) fn path(&self) -> &str {
        self.target()
            .split_once('?')
            .map_or(self.target(), |(path, _)| path)
    }

    /// The whole address.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }
}
