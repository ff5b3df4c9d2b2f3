//! Where the truth about standings lives.

pub(crate) mod registry;

use policy::sighting::Unreadable;

/// Why an authority gave no standing.
#[derive(Debug)]
pub(crate) enum AuthorityFailure {
    /// It could not be asked, or did not answer.
    Unreachable(String),
    /// It answered something that cannot be trusted.
    Unreadable(Unreadable),
}
