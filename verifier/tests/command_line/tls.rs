//! A deployment behind real TLS: trusted as the system says, and timed apart from connecting.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use serde_json::Value;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::deployment::{Deployment, Switch};
use crate::usher::{Usher, configuration};

/// Speaks TLS in front of a deployment; gives its address and its certificate.
async fn secured(deployment: &Deployment) -> (String, String) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let behind = deployment.address().replace("http://", "");
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (acceptor, behind) = (acceptor.clone(), behind.clone());
            tokio::spawn(async move {
                let mut outside = acceptor.accept(stream).await.unwrap();
                let mut inside = TcpStream::connect(behind).await.unwrap();
                let _closed = copy_bidirectional(&mut outside, &mut inside).await;
            });
        }
    });
    // RFC 7468 section 5.1.
    let certificate = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(cert.der())
    );
    (format!("https://localhost:{port}"), certificate)
}

/// The parts of each step's last request.
async fn times(address: &str, certificate: &str) -> Vec<Value> {
    // Without an operator the first step's request is the first of all.
    let text =
        configuration(address).replace("[gate_admin]\nsecret_env = \"USHER_ADMIN_SECRET\"\n", "");
    let usher = Usher::configured(&text).with("SSL_CERT_FILE", "trusted.pem");
    std::fs::write(usher.folder().join("trusted.pem"), certificate).unwrap();
    let ended = usher.verify(&["--report", "json"]).await;
    let report: Value = serde_json::from_str(&ended.stdout).unwrap();
    let steps = report["scenarios"][0]["steps"].as_array().unwrap();
    // The session is not a matter of this: the deployment does not know that it is reached by TLS.
    let until_there = ["register", "log_in", "wait_until_ready", "reach_instance"];
    for (step, name) in steps.iter().zip(until_there) {
        assert_eq!(
            (&step["name"], &step["outcome"]),
            (&name.into(), &"passed".into())
        );
    }
    let performed = steps.iter().filter(|step| step["last"].is_object());
    performed
        .map(|step| step["last"]["micros"].clone())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_timed_where_a_connection_is_secured_and_nowhere_else() {
    let deployment = Deployment::start(Switch::Healthy).await;
    let (address, certificate) = secured(&deployment).await;
    let secure = times(&address, &certificate).await;
    assert!(
        secure[0]["connect"].is_u64() && secure[0]["tls"].is_u64(),
        "{}",
        secure[0]
    );
    assert!(secure[1]["connect"].is_null() && secure[1]["tls"].is_null());
    let plain = times(deployment.address(), &certificate).await;
    assert!(plain[0]["connect"].is_u64(), "{}", plain[0]);
    assert!(plain.iter().all(|request| request["tls"].is_null()));
}
