//! Why there is no connection, where TLS is the reason.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::path::PathBuf;

use rustls::{CertificateError, Error};
use tokio_postgres::error::SqlState;

use crate::sources::postgres::tls::Mode;

/// Why there is no connection.
#[derive(Debug)]
pub(crate) enum TlsTrouble {
    /// TLS cannot be spoken from here.
    NoClient(Error),
    /// `verify-ca`, and nobody said whom to trust.
    NoRoots,
    /// The server speaks no TLS.
    NotOffered { mode: &'static str },
    /// The certificate is for somebody else.
    OtherName { expected: String, presented: String },
    /// Whom to trust cannot be read.
    Roots { path: PathBuf, said: String },
    /// There was no agreement.
    Said(String),
    /// Nobody whom the address trusts has signed the certificate.
    Untrusted,
    /// The server talks to nobody without TLS.
    Wanted { said: String },
}

impl TlsTrouble {
    /// What an error has to do with TLS, if anything.
    pub(super) fn of(error: &tokio_postgres::Error, mode: Mode) -> Option<Self> {
        if let Some(said) = error.as_db_error() {
            let is_refused = *said.code() == SqlState::INVALID_AUTHORIZATION_SPECIFICATION;
            let is_wanted = is_refused && said.message().ends_with("no encryption");
            let said = said.message().to_owned();
            return is_wanted.then_some(Self::Wanted { said });
        }
        if error
            .source()
            .is_some_and(|source| source.to_string() == NOT_OFFERED)
        {
            let mode = mode.word();
            return Some(Self::NotOffered { mode });
        }
        Some(match of_handshake(error)? {
            // The signature is wrong where another authority of the same name has signed it.
            Some(Error::InvalidCertificate(
                CertificateError::UnknownIssuer | CertificateError::BadSignature,
            )) => Self::Untrusted,
            Some(Error::InvalidCertificate(CertificateError::NotValidForNameContext {
                expected,
                presented,
            })) => Self::OtherName {
                expected: expected.to_str().into_owned(),
                presented: (presented.iter().map(|name| bare(name)))
                    .collect::<Vec<_>>()
                    .join(", "),
            },
            Some(error) => Self::Said(error.to_string()),
            None => Self::Said("the server ended the connection".to_owned()),
        })
    }
}

/// What went wrong while TLS was agreed on; nothing of that is known where the server just went away.
#[expect(
    clippy::option_option,
    reason = "whether it went wrong there is another question than what is known of it"
)]
pub(super) fn of_handshake(error: &tokio_postgres::Error) -> Option<Option<&Error>> {
    let io: &io::Error = error.source()?.downcast_ref()?;
    match io.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(of_tls) => Some(Some(of_tls)),
        None if io.kind() == io::ErrorKind::UnexpectedEof => Some(None),
        None => None,
    }
}

/// A name without its kind: rustls writes `DnsName("db.example.com")`.
fn bare(presented: &str) -> &str {
    let inside = presented
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(presented).trim_matches('"')
}

/// As tokio-postgres says it, which has no other sign of it.
const NOT_OFFERED: &str = "server does not support TLS";

impl fmt::Display for TlsTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoClient(error) => write!(f, "TLS cannot be spoken from here: {error}"),
            Self::NoRoots => f.write_str(
                "sslmode=verify-ca, and nothing says whom to trust; name the certificate of the authority in the address, `sslrootcert=PATH`, or say sslmode=verify-full, which trusts whom this system trusts",
            ),
            Self::NotOffered { mode } => write!(
                f,
                "the server speaks no TLS, and the address says sslmode={mode}; turn it on there (`ssl = on`), or say sslmode=disable if the network is yours"
            ),
            Self::OtherName {
                expected,
                presented,
            } => write!(
                f,
                "the certificate of the server is for {}, and not for `{expected}`; give the address the name that the certificate is for, or say sslmode=verify-ca if any server of that authority will do",
                if presented.is_empty() { "no name" } else { presented }
            ),
            Self::Roots { path, said } => write!(
                f,
                "cannot read `{}`, which `sslrootcert` names: {said}; expected certificates as PEM",
                path.display()
            ),
            Self::Said(said) => write!(f, "the server and Usher found no way to speak TLS: {said}"),
            Self::Untrusted => f.write_str(
                "the certificate of the server is not trusted: nobody known has signed it; name the certificate of the authority that did, as its operator gives it, in the address: `sslrootcert=PATH`",
            ),
            Self::Wanted { said } => write!(
                f,
                "the server wants TLS, and the address says sslmode=disable (it says: {said}); say sslmode=verify-full"
            ),
        }
    }
}
