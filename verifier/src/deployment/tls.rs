//! TLS as the client has it by default, and where it begins.
//!
//! The client connects and secures a connection in one go and shows no seam. What it may be given is the configuration of TLS, and with it
//! a memory of sessions. rustls asks that memory for the server's preferred group at one place only, while it makes the first hello of a
//! handshake: within the task that connects, right after TCP. So being asked is the end of connecting, and the beginning of TLS.

use std::fmt;
use std::sync::Arc;

use rustls::client::{
    ClientSessionMemoryCache, ClientSessionStore, Resumption, Tls12ClientSessionValue,
    Tls13ClientSessionValue,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, NamedGroup};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::deployment::timing;

/// What the client would do by itself: it trusts whom the system trusts (on Linux also whom `SSL_CERT_FILE` names), and speaks HTTP/1.1.
pub(super) fn configuration() -> Result<ClientConfig, rustls::Error> {
    let configuration =
        ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?
            .with_no_client_auth();
    Ok(timed(configuration))
}

fn timed(mut configuration: ClientConfig) -> ClientConfig {
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    configuration.resumption = Resumption::store(Arc::new(TimedSessions::default()));
    configuration
}

/// The usual memory of sessions, which notes when it is asked.
#[derive(Debug)]
struct TimedSessions(ClientSessionMemoryCache);

impl Default for TimedSessions {
    fn default() -> Self {
        Self(ClientSessionMemoryCache::new(USUAL_SESSIONS))
    }
}

impl ClientSessionStore for TimedSessions {
    fn kx_hint(&self, server_name: &ServerName<'_>) -> Option<NamedGroup> {
        timing::secures();
        self.0.kx_hint(server_name)
    }

    fn set_kx_hint(&self, server_name: ServerName<'static>, group: NamedGroup) {
        self.0.set_kx_hint(server_name, group);
    }

    fn set_tls12_session(&self, server_name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.0.set_tls12_session(server_name, value);
    }

    fn tls12_session(&self, server_name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.0.tls12_session(server_name)
    }

    fn remove_tls12_session(&self, server_name: &ServerName<'static>) {
        self.0.remove_tls12_session(server_name);
    }

    fn insert_tls13_ticket(
        &self,
        server_name: ServerName<'static>,
        value: Tls13ClientSessionValue,
    ) {
        self.0.insert_tls13_ticket(server_name, value);
    }

    fn take_tls13_ticket(
        &self,
        server_name: &ServerName<'static>,
    ) -> Option<Tls13ClientSessionValue> {
        self.0.take_tls13_ticket(server_name)
    }
}

/// As many servers as `Resumption::default` remembers.
const USUAL_SESSIONS: usize = 256;

/// Why requests cannot be sent from here.
#[derive(Debug)]
pub(crate) enum NoClient {
    /// The client refuses its own settings.
    Http(reqwest::Error),
    /// There is no certificate to trust a server by.
    Tls(rustls::Error),
}

impl From<reqwest::Error> for NoClient {
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error)
    }
}

impl From<rustls::Error> for NoClient {
    fn from(error: rustls::Error) -> Self {
        Self::Tls(error)
    }
}

impl fmt::Display for NoClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(error) => error.fmt(f),
            Self::Tls(error) => write!(
                f,
                "there is no certificate to trust a server by: {error}; install the certificates of this system (Debian: `ca-certificates`), or name a file of them in SSL_CERT_FILE"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use rcgen::{CertifiedKey, generate_simple_self_signed};
    use rustls::pki_types::PrivateKeyDer;
    use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, version};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;
    use crate::deployment::timing::{TimedConnections, TimedResolver, Timing, measured};

    /// A server that thinks about every hello, and whom to trust to believe it.
    async fn server(version: &'static SupportedProtocolVersion) -> (String, RootCertStore) {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let configuration = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(configuration));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!(
            "https://localhost:{}/",
            listener.local_addr().unwrap().port()
        );
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let _hello = stream.peek(&mut [0]).await.unwrap();
                tokio::time::sleep(THOUGHT).await;
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    while stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nhere";
                        stream.write_all(answer).await.unwrap();
                    }
                });
            }
        });
        let mut trusted = RootCertStore::empty();
        trusted.add(cert.der().clone()).unwrap();
        (url, trusted)
    }

    fn client(trusted: RootCertStore) -> reqwest::Client {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let configuration = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(trusted)
            .with_no_client_auth();
        reqwest::Client::builder()
            .dns_resolver(Arc::new(TimedResolver))
            .connector_layer(TimedConnections)
            .tls_backend_preconfigured(timed(configuration))
            .build()
            .unwrap()
    }

    async fn asked(client: &reqwest::Client, url: &str) -> (bool, Timing) {
        measured(async {
            let began = Instant::now();
            let Ok(answer) = client.get(url).send().await else {
                return false;
            };
            timing::first_byte(began);
            answer.text().await.is_ok_and(|text| text == "here")
        })
        .await
    }

    #[tokio::test]
    async fn what_a_server_takes_to_secure_a_connection_is_told_apart_from_connecting() {
        for version in [&version::TLS12, &version::TLS13] {
            let (url, trusted) = server(version).await;
            let client = client(trusted);
            let (answered, new) = asked(&client, &url).await;
            assert!(answered, "{version:?}");
            let thought = u64::try_from(THOUGHT.as_micros()).unwrap();
            let parts = [new.dns, new.connect, new.tls].map(Option::unwrap);
            assert!(parts[2] >= thought, "{version:?}: {new:?}");
            assert!(
                parts.iter().sum::<u64>() <= new.first_byte.unwrap(),
                "{new:?}"
            );
            let (answered, kept) = asked(&client, &url).await;
            assert!(answered, "{version:?}");
            assert_eq!([kept.dns, kept.connect, kept.tls], [None; 3], "{version:?}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_cannot_be_trusted_was_connected_nevertheless() {
        let (url, _) = server(&version::TLS13).await;
        let (_, other) = server(&version::TLS13).await;
        let (answered, timing) = asked(&client(other), &url).await;
        assert!(!answered);
        assert!(
            timing.connect.is_some() && timing.tls.is_some(),
            "{timing:?}"
        );
        assert_eq!(timing.first_byte, None);
    }

    const THOUGHT: Duration = Duration::from_millis(100);
}
