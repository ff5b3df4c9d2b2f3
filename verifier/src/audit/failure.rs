//! Why there was no audit.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::configuration::mistake::ConfigurationError;
use crate::consent::Unconfirmed;
use crate::deployment::tls::NoClient;

/// Why there was no audit, or nothing was done.
#[derive(Debug)]
pub(crate) enum AuditError {
    /// An action of the plan is not in usher.toml any more, or another one.
    ActionChanged { class: &'static str, source: String },
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// A file cannot be read or written.
    File { path: PathBuf, error: io::Error },
    /// The newest are asked for, and nobody knows who they are.
    NoCreated(String),
    /// The file is no plan.
    NoPlan { path: PathBuf, said: String },
    /// One tenant is asked for, and no source knows any.
    NoTenant,
    /// A plan is never written over another one.
    PlanIsThere(PathBuf),
    /// The database in which the rows are held against each other does not work.
    Shelf(rusqlite::Error),
    /// Nobody agreed to the plan.
    Unconfirmed(Unconfirmed),
}

impl From<ConfigurationError> for AuditError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<rusqlite::Error> for AuditError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Shelf(error)
    }
}

impl From<Unconfirmed> for AuditError {
    fn from(why: Unconfirmed) -> Self {
        Self::Unconfirmed(why)
    }
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ActionChanged { class, source } => write!(
                f,
                "the plan was made with another action for what is {class} in `{source}` than usher.toml has now; make a new plan, and read it"
            ),
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::File { path, error } => write!(f, "{}: {error}", path.display()),
            Self::NoCreated(source) => write!(
                f,
                "nobody knows who the last ones are; give `created` of the source `{source}`"
            ),
            Self::NoPlan { path, said } => write!(
                f,
                "{} is no plan of `usher audit --plan`: {said}",
                path.display()
            ),
            Self::NoTenant => {
                f.write_str("no source has `tenant`, so nobody knows whose users they are")
            }
            Self::PlanIsThere(path) => write!(
                f,
                "{} is there already, and may be half done; name another file, or remove it",
                path.display()
            ),
            Self::Shelf(error) => write!(
                f,
                "the rows cannot be held against each other: {error}; they are put into the folder for temporary files (TMPDIR), which may be full"
            ),
            Self::Unconfirmed(why) => write!(f, "nothing was changed: {why}"),
        }
    }
}
