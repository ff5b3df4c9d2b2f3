//! Why a token could not even be judged: the command line or the configuration is wrong.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::configuration::mistake::Mistake;

/// Why nothing was judged.
#[derive(Debug)]
pub(crate) enum CheckError {
    /// `--jwks` is no address.
    Address(String),
    /// The HTTP client cannot be set up.
    Client(reqwest::Error),
    /// A file is there, or was named, but cannot be read.
    File { path: PathBuf, error: io::Error },
    /// What is wrong with the gate's configuration.
    Mistakes(Vec<Mistake>),
    /// Nothing says whom to believe.
    NoConfiguration { directory: Option<PathBuf> },
    /// The file of `--jwks` is no key set.
    NoKeySet(PathBuf),
    /// There is no token.
    NoToken,
    /// Standard input cannot be read.
    StandardInput(io::Error),
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(text) => write!(
                f,
                "--jwks is `{text}`, which is no address; give one like `https://id.example.com/jwks.json`, or a file"
            ),
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::File { path, error } => {
                write!(
                    f,
                    "cannot read `{}`: {error}; name a file that can be read",
                    path.display()
                )
            }
            Self::Mistakes(mistakes) => {
                for mistake in mistakes {
                    mistake.fmt(f)?;
                }
                Ok(())
            }
            Self::NoConfiguration { directory } => {
                f.write_str("found no `wrangler.toml`, `wrangler.jsonc` or `wrangler.json`")?;
                if let Some(directory) = directory {
                    write!(f, " in {}", directory.display())?;
                }
                f.write_str("; name the gate's with --wrangler PATH, or a key set with --jwks")
            }
            Self::NoKeySet(path) => write!(
                f,
                "`{}` is no key set; give what the issuer serves: {{\"keys\": [ … ]}} of at most 64 KiB",
                path.display()
            ),
            Self::NoToken => f.write_str(
                "there is no token; give it as the argument, or `-` and the token on standard input",
            ),
            Self::StandardInput(error) => write!(f, "cannot read standard input: {error}"),
        }
    }
}
