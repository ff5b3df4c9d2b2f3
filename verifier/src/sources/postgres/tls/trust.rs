//! Which certificates of a server are believed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use rustls_platform_verifier::BuilderVerifierExt as _;

use crate::sources::postgres::tls::trouble::TlsTrouble;
use crate::sources::postgres::tls::{Mode, Roots};

/// TLS as the client is to speak it in this mode.
pub(super) fn configuration(mode: Mode, roots: Option<&Roots>) -> Result<ClientConfig, TlsTrouble> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(TlsTrouble::NoClient)?;
    let usual;
    let (roots, checks_name) = match (mode, roots) {
        // As libpq, "for backward compatibility": where it is said whom to trust, nobody else is believed.
        (Mode::Require | Mode::VerifyCa, Some(Roots::File(path))) => (Some(path), false),
        (Mode::VerifyFull, Some(Roots::File(path))) => (Some(path), true),
        (Mode::Require, None) => {
            usual = usual_file();
            (usual.as_ref(), false)
        }
        (Mode::VerifyCa, None) => {
            usual = Some(usual_file().ok_or(TlsTrouble::NoRoots)?);
            (usual.as_ref(), false)
        }
        (Mode::VerifyFull, None) => {
            usual = usual_file();
            (usual.as_ref(), true)
        }
        (Mode::VerifyFull, Some(Roots::System)) => (None, true),
        (Mode::Disable | Mode::Prefer, _)
        | (Mode::Require | Mode::VerifyCa, Some(Roots::System)) => (None, false),
    };
    let mut configuration = match roots {
        Some(path) => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(ByFile::of(path, checks_name, provider)?))
            .with_no_client_auth(),
        None if checks_name => builder
            .with_platform_verifier()
            .map_err(TlsTrouble::NoClient)?
            .with_no_client_auth(),
        None => builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(InsecureAnybody(provider)))
            .with_no_client_auth(),
    };
    // What `sslnegotiation=direct` needs.
    configuration.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(configuration)
}

/// Where libpq looks if the address says nothing.
fn usual_file() -> Option<PathBuf> {
    let path = std::env::home_dir()?.join(".postgresql/root.crt");
    path.exists().then_some(path)
}

/// Whoever has a certificate that one of a file has signed, or that is in it.
#[derive(Debug)]
struct ByFile {
    chain: Arc<WebPkiServerVerifier>,
    certificates: Vec<CertificateDer<'static>>,
    checks_name: bool,
}

impl ByFile {
    fn of(
        path: &Path,
        checks_name: bool,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self, TlsTrouble> {
        let wrong = |said: String| TlsTrouble::Roots {
            path: path.to_owned(),
            said,
        };
        let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
        let certificates: Vec<CertificateDer<'static>> =
            read.map_err(|error| wrong(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        let (added, _ignored) = roots.add_parsable_certificates(certificates.iter().cloned());
        if added == 0 {
            return Err(wrong("it has no certificate".to_owned()));
        }
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build();
        Ok(Self {
            chain: chain.map_err(|error| wrong(error.to_string()))?,
            certificates,
            checks_name,
        })
    }

    fn name_is_right(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
    ) -> Result<(), Error> {
        if self.checks_name {
            verify_server_name(&ParsedCertificate::try_from(certificate)?, name)
        } else {
            Ok(())
        }
    }
}

impl ServerCertVerifier for ByFile {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let judged = self
            .chain
            .verify_server_cert(certificate, intermediates, name, ocsp, now);
        match judged {
            // The name comes last: everything else of it is right.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.checks_name => Ok(ServerCertVerified::assertion()),
            // What `openssl req -x509` makes is an authority by its own word, which may sign and is no server. It is trusted all the same
            // where it stands in the file itself. It is not over: that is looked at before.
            Err(Error::InvalidCertificate(CertificateError::Other(_)))
                if self.certificates.iter().any(|known| known == certificate) =>
            {
                self.name_is_right(certificate, name)?;
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain
            .verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain
            .verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chain.supported_verify_schemes()
    }
}

/// Whoever answers: `prefer` and `require` keep out those who only listen.
#[derive(Debug)]
struct InsecureAnybody(Arc<CryptoProvider>);

impl ServerCertVerifier for InsecureAnybody {
    fn verify_server_cert(
        &self,
        _certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
