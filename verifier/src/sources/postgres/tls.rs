//! TLS with a PostgreSQL server, as `sslmode` and `sslrootcert` of its address want it
//! (postgresql.org/docs/current/libpq-ssl.html, "SSL Mode Descriptions").

mod trouble;
mod trust;

use std::path::PathBuf;

use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::sources::postgres::PostgresError;
pub(crate) use crate::sources::postgres::tls::trouble::TlsTrouble;

/// How much of TLS an address wants.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Security {
    pub(super) mode: Mode,
    pub(super) roots: Option<Roots>,
}

/// `sslmode`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum Mode {
    Disable,
    /// With TLS if that can be had; with whom is not looked at.
    #[default]
    Prefer,
    /// With TLS; with whom is looked at only where it is said whom to trust.
    Require,
    /// With somebody whose certificate is trusted, whatever name it is for.
    VerifyCa,
    /// With the very server that the address names.
    VerifyFull,
}

/// `sslrootcert`: by whose certificates the server's is judged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Roots {
    File(PathBuf),
    /// Those that this system trusts.
    System,
}

impl Security {
    /// What the parameters of an address say, by their names; or which of them says nothing that there is.
    pub(super) fn of(parameters: &[(String, String)]) -> Result<Self, &'static str> {
        let said = |wanted: &str| {
            let mut found = parameters.iter().rev().filter(|(name, _)| name == wanted);
            found.next().map(|(_, value)| value.as_str())
        };
        let roots = said(ROOTS).filter(|path| !path.is_empty());
        let roots = roots.map(|path| match path {
            "system" => Roots::System,
            path => Roots::File(path.into()),
        });
        let mode = match said(MODE) {
            Some(word) => Mode::parse(word).ok_or(MODE)?,
            // A public authority signs for anybody: only together with the name that says whom one talks to.
            None if roots == Some(Roots::System) => Mode::VerifyFull,
            None => Mode::default(),
        };
        if roots == Some(Roots::System) && mode != Mode::VerifyFull {
            return Err(ROOTS);
        }
        Ok(Self { mode, roots })
    }

    /// What is left of it where the client's own parser has read the address.
    pub(super) fn read_from(config: &Config) -> Self {
        let mode = match config.get_ssl_mode() {
            SslMode::Disable => Mode::Disable,
            SslMode::Require => Mode::Require,
            // There is no other one, but the enum is open.
            SslMode::Prefer | _ => Mode::Prefer,
        };
        Self { mode, roots: None }
    }

    /// Connects, and carries the connection until the client is gone.
    pub(super) async fn connect(&self, config: &Config) -> Result<Client, PostgresError> {
        let mut config = config.clone();
        // As libpq: over a socket of this machine there is nobody else.
        let mut hosts = config.get_hosts().iter();
        let is_local = hosts.all(|host| matches!(host, Host::Unix(_)));
        let mode = if is_local { Mode::Disable } else { self.mode };
        config.ssl_mode(match mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        let trust = trust::configuration(mode, self.roots.as_ref())?;
        let connector = MakeRustlsConnect::new(trust);
        let connected = connect(&config, connector.clone()).await;
        let connected = match connected {
            Err(error) if mode == Mode::Prefer && is_about_tls(&error) => {
                config.ssl_mode(SslMode::Disable);
                connect(&config, connector).await
            }
            connected => connected,
        };
        connected.map_err(|error| match TlsTrouble::of(&error, mode) {
            Some(trouble) => trouble.into(),
            None => PostgresError::Sql(error),
        })
    }
}

async fn connect(
    config: &Config,
    connector: MakeRustlsConnect,
) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(connector).await?;
    // It ends with the client, and what goes wrong is told to whoever asks.
    tokio::spawn(async move {
        let _ended = connection.await;
    });
    Ok(client)
}

/// Whether it may go without TLS: there was no common ground, or the server wants whoever asks to come without (`hostnossl`).
fn is_about_tls(error: &tokio_postgres::Error) -> bool {
    trouble::of_handshake(error).is_some()
        || error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

impl Mode {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "disable" => Self::Disable,
            // Whoever allows TLS is served better with it than without.
            "allow" | "prefer" => Self::Prefer,
            "require" => Self::Require,
            "verify-ca" => Self::VerifyCa,
            "verify-full" => Self::VerifyFull,
            _ => return None,
        })
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

/// The names of the parameters that are judged here.
pub(super) const PARAMETERS: [&str; 2] = [MODE, ROOTS];
const MODE: &str = "sslmode";
const ROOTS: &str = "sslrootcert";

#[cfg(test)]
mod tests {
    use super::*;

    fn security(parameters: &[(&str, &str)]) -> Result<Security, &'static str> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Security::of(&parameters.iter().map(owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_mode_is_one_that_libpq_has() {
        for mode in [
            Mode::Disable,
            Mode::Prefer,
            Mode::Require,
            Mode::VerifyCa,
            Mode::VerifyFull,
        ] {
            let found = security(&[("sslmode", mode.word())]).unwrap();
            assert_eq!((found.mode, found.roots), (mode, None));
        }
        assert_eq!(security(&[]).unwrap(), Security::default());
        assert_eq!(security(&[("sslmode", "verify_full")]), Err("sslmode"));
    }

    #[test]
    fn whom_the_system_trusts_says_nothing_without_the_name() {
        let system = ("sslrootcert", "system");
        assert_eq!(security(&[system]).unwrap().mode, Mode::VerifyFull);
        assert!(security(&[system, ("sslmode", "verify-full")]).is_ok());
        assert_eq!(security(&[system, ("sslmode", "require")]), Err(ROOTS));
        let file = security(&[("sslrootcert", "ca.pem"), ("sslmode", "require")]).unwrap();
        assert_eq!(file.roots, Some(Roots::File("ca.pem".into())));
    }
}
