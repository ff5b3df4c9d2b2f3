//! Whatever a target does, a run ends in its time, says what happened, and takes no more than it needs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::usher::{Ended, Usher, configuration};

/// What the target does with each request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Does {
    AnswersForEver,
    Bombs,
    BreaksFraming,
    Drips,
    FloodsWithHeaders,
    FloodsWithInterimAnswers,
    IsAFirewall,
    IsSelfSigned,
    IsSilent,
    Resets,
    SendsRoundInCircles,
    SpeaksNoTls,
}

/// A target, and how many bytes it could send.
struct Target {
    address: String,
    sent: Arc<AtomicUsize>,
}

impl Target {
    async fn start(does: Does) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let by_tls = matches!(does, Does::IsSelfSigned | Does::SpeaksNoTls);
        let scheme = if by_tls { "https" } else { "http" };
        let sent = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&sent);
        let certificate = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (counter, acceptor) = (Arc::clone(&counter), acceptor(&certificate));
                tokio::spawn(async move {
                    if matches!(does, Does::IsSelfSigned) {
                        let _refused = acceptor.accept(stream).await;
                    } else {
                        torment(does, stream, &counter).await;
                    }
                });
            }
        });
        let address = format!("{scheme}://localhost:{port}");
        Self { address, sent }
    }
}

fn acceptor(certificate: &CertifiedKey<rcgen::KeyPair>) -> TlsAcceptor {
    let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.cert.der().clone()], key);
    TlsAcceptor::from(Arc::new(config.unwrap()))
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

async fn torment(does: Does, mut stream: TcpStream, sent: &AtomicUsize) {
    let mut request = [0; 4096];
    if matches!(does, Does::Resets) {
        // With what was sent unread, the system resets the connection.
        return;
    }
    let _any = stream.read(&mut request).await;
    let block = vec![b'a'; 64 * 1024];
    match does {
        Does::AnswersForEver => {
            let head = [OK, b"\r\n"].concat();
            pour(&mut stream, sent, &head, &block).await;
        }
        Does::Bombs => {
            let head = [OK, b"content-encoding: gzip\r\n\r\n"].concat();
            pour(&mut stream, sent, &head, &vec![0; 64 * 1024]).await;
        }
        Does::BreaksFraming => {
            let head = [OK, b"transfer-encoding: chunked\r\n\r\nzz\r\n"].concat();
            say(&mut stream, &head).await;
        }
        Does::Drips => {
            let head = [OK, b"content-length: 100000\r\n\r\n"].concat();
            let _gone = stream.write_all(&head).await;
            while stream.write_all(b"a").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Does::FloodsWithHeaders => {
            let line = [b"x-flood: ".as_slice(), &block, b"\r\n"].concat();
            pour(&mut stream, sent, OK, &line).await;
        }
        Does::FloodsWithInterimAnswers => {
            pour(&mut stream, sent, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n").await;
        }
        Does::IsAFirewall => {
            let page = b"HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: 29\r\nconnection: close\r\n\r\n<h1>Checking your browser</h1>";
            say(&mut stream, page).await;
        }
        Does::SendsRoundInCircles => {
            let round = b"HTTP/1.1 302 Found\r\nlocation: /register\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            say(&mut stream, round).await;
        }
        Does::SpeaksNoTls => {
            say(&mut stream, b"SSH-2.0-OpenSSH_9.9\r\n").await;
        }
        Does::IsSilent => hold(&mut stream).await,
        Does::IsSelfSigned | Does::Resets => {}
    }
}

/// Sends as much as is taken.
async fn pour(
    stream: &mut (impl AsyncWrite + Unpin),
    sent: &AtomicUsize,
    head: &[u8],
    block: &[u8],
) {
    let mut next = stream.write_all(head).await;
    while next.is_ok() {
        sent.fetch_add(block.len(), Ordering::Relaxed);
        next = stream.write_all(block).await;
    }
}

/// Says this, and closes only when the other side has read it: what is unread would reset the connection.
async fn say(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), words: &[u8]) {
    let _gone = stream.write_all(words).await;
    let _gone = stream.shutdown().await;
    hold(stream).await;
}

async fn hold(stream: &mut (impl AsyncRead + Unpin)) {
    let mut rest = Vec::new();
    let _end = stream.read_to_end(&mut rest).await;
}

/// Whatever the budgets of a run add up to, and a slow machine.
const PATIENCE: Duration = Duration::from_mins(1);

async fn verify(address: &str, within_seconds: u8) -> Ended {
    let within = format!("request_seconds = {within_seconds}");
    let text = configuration(address).replace("request_seconds = 1", &within);
    let usher = Usher::configured(&text);
    let ended = tokio::time::timeout(PATIENCE, usher.verify(&[])).await;
    ended.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_target_does_the_run_ends_and_says_what_it_was() {
    for (does, code, said) in [
        (Does::AnswersForEver, 1, "no JSON"),
        (Does::Bombs, 1, "no JSON"),
        (Does::BreaksFraming, 3, "the connection failed"),
        (Does::Drips, 3, "within 1 s"),
        (Does::FloodsWithHeaders, 3, "the connection failed"),
        (Does::FloodsWithInterimAnswers, 3, "within 1 s"),
        (Does::IsAFirewall, 1, "found 403"),
        (Does::IsSelfSigned, 3, "no trusted connection"),
        (Does::IsSilent, 3, "within 1 s"),
        (Does::Resets, 3, "the connection failed"),
        (Does::SendsRoundInCircles, 1, "found 302"),
        (Does::SpeaksNoTls, 3, "no trusted connection"),
    ] {
        let target = Target::start(does).await;
        // What ends by itself is given the time to, on however slow a machine.
        let within_seconds = if said == "within 1 s" { 1 } else { 30 };
        let ended = verify(&target.address, within_seconds).await;
        assert_eq!(
            ended.code, code,
            "{does:?}: {}{}",
            ended.stdout, ended.stderr
        );
        assert!(ended.report().contains(said), "{does:?}: {}", ended.stdout);
        // What the system's buffers hold of each connection is sent, and taken by nobody. Interim answers are read and thrown away for as
        // long as the request may take, which is as many as the machine is fast.
        let sent = target.sent.load(Ordering::Relaxed);
        let is_bounded = does != Does::FloodsWithInterimAnswers;
        assert!(
            !is_bounded || sent < MOST_TAKEN,
            "{does:?}: {sent} bytes were taken"
        );
    }
}

/// One MiB of each answer, and what stands in the buffers of some ten connections.
const MOST_TAKEN: usize = 256 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_nobody_has_is_said_to_be_unknown() {
    // RFC 6761: nobody ever has a name below `invalid`.
    let ended = verify("http://nobody.usher.invalid", 30).await;
    assert_eq!(ended.code, 3, "{}", ended.stdout);
    assert!(
        ended.report().contains("cannot be resolved"),
        "{}",
        ended.stdout
    );
}
