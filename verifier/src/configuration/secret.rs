//! Secrets of the operator's, and where they came from: an environment variable or a file, never usher.toml itself.

use std::fmt;
use std::path::PathBuf;

use crate::configuration::file::{GateAdmin, SecretPlace};
use crate::configuration::mistake::Mistake;
use crate::configuration::name::{BuiltIn, Name};
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::reading::Reading;

/// Where the value of a secret is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Origin {
    File(PathBuf),
    Variable(String),
}

impl Origin {
    /// What a shell expands to the secret, in double quotes.
    pub(crate) fn in_a_shell(&self) -> String {
        match self {
            Self::File(path) => format!("$(cat {})", path.display()),
            Self::Variable(name) => format!("${name}"),
        }
    }

    /// The command that writes the secret to a pipe.
    pub(crate) fn writing_it(&self) -> String {
        match self {
            Self::File(path) => format!("cat {}", path.display()),
            Self::Variable(name) => format!("printenv {name}"),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

/// How the gate's admin API is used.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) origin: Origin,
    pub(crate) secret: String,
    /// Whether people become known to this gate by coming.
    pub(crate) first_sight: bool,
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// A secret that templates use.
#[derive(Clone)]
pub(crate) struct NamedSecret {
    pub(crate) name: Name,
    pub(crate) origin: Origin,
    pub(crate) value: String,
}

impl fmt::Debug for NamedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NamedSecret")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// Reads `[secrets]`.
pub(super) fn named_secrets(
    secrets: &OwnKeys<Placed<SecretPlace>>,
    reading: &Reading<'_>,
) -> Result<Vec<NamedSecret>, Mistake> {
    let complete = |(written, place): &(Placed<String>, Placed<SecretPlace>)| {
        let name = Name::parse(&written.value)
            .map_err(|error| reading.mistake(written, error.to_string(), None))?;
        if BuiltIn::ALL.iter().any(|built_in| built_in.name() == name) {
            let sentence = format!("`{name}` has a meaning already");
            return Err(reading.mistake(
                written,
                sentence,
                Some("give it another name".to_owned()),
            ));
        }
        let SecretPlace { env, file } = &place.value;
        let keys = ["env", "file"];
        let (origin, value) = reading.secret(&place.span, keys, env.as_ref(), file.as_ref())?;
        Ok(NamedSecret {
            name,
            origin,
            value,
        })
    };
    secrets.0.iter().map(complete).collect()
}

impl Placed<GateAdmin> {
    pub(super) fn complete(self, reading: &Reading<'_>) -> Result<Admin, Mistake> {
        let GateAdmin {
            secret_env,
            secret_file,
            first_sight,
        } = &self.value;
        let keys = ["secret_env", "secret_file"];
        let (origin, secret) =
            reading.secret(&self.span, keys, secret_env.as_ref(), secret_file.as_ref())?;
        Ok(Admin {
            origin,
            secret,
            first_sight: *first_sight,
        })
    }
}
