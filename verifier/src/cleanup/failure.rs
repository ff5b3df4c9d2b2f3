//! Why nothing was swept up, and what to do about it.

use std::fmt;
use std::io;

use crate::configuration::mistake::ConfigurationError;
use crate::consent::Unconfirmed;
use crate::deployment::tls::NoClient;
use crate::journal::JournalError;
use crate::terminal::harmless;

/// The configuration of a run cannot be used any more.
pub(super) struct Unusable(pub(super) ConfigurationError);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; or give another one with --config",
            self.0.to_string().trim_end()
        )
    }
}

/// Why nothing was swept.
#[derive(Debug)]
pub(crate) enum CleanupError {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// The file that says where users are listed is wrong.
    Configuration(ConfigurationError),
    /// There is no place for journals.
    Journal(JournalError),
    /// Ctrl-C could not be heard.
    Signals(io::Error),
    /// Nobody said yes.
    Unconfirmed(Unconfirmed),
    /// No entry that was looked for is about this user.
    Unknown(String),
}

impl From<ConfigurationError> for CleanupError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<JournalError> for CleanupError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<Unconfirmed> for CleanupError {
    fn from(error: Unconfirmed) -> Self {
        Self::Unconfirmed(error)
    }
}

impl fmt::Display for CleanupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            Self::Signals(error) => write!(f, "cannot listen for Ctrl-C: {error}"),
            Self::Unknown(user) => write!(
                f,
                "no run that was cut off created `{}`; `usher cleanup` without a name lists who is left over",
                harmless(user)
            ),
            Self::Unconfirmed(why) => write!(f, "nothing was removed: {why}"),
        }
    }
}
