//! A fixed number of requests over a few connections that stay open, each sent when the answer before it was read to its end.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// As many as keep one isolate busy.
const CONNECTIONS: usize = 16;

/// What is asked for, again and again.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) path: &'static str,
    pub(super) visitors: Visitors,
    pub(super) status: u16,
    /// The length of a right answer, where it is known.
    pub(super) length: Option<usize>,
    /// For how long a gate that cannot answer now (503) is asked again: on a machine that stands still for a second it may be.
    pub(super) patience: Duration,
}

/// Who asks, by their headers.
#[derive(Clone)]
pub(super) enum Visitors {
    /// These, who come in turn.
    Known(Arc<Vec<HeaderMap>>),
    /// Whoever is made up for a number.
    New(Arc<dyn Fn(usize) -> HeaderMap + Send + Sync>),
}

/// Sends `count` requests, beginning with the visitor of that number, and gives how long it took.
pub(super) async fn send(
    address: SocketAddr,
    asked: &Asked,
    first: usize,
    count: usize,
) -> Result<Duration, LoadError> {
    let next = Arc::new(AtomicUsize::new(first));
    let began = Instant::now();
    let mut connections = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (asked, next) = (asked.clone(), Arc::clone(&next));
        connections.spawn(connection(address, asked, next, first + count));
    }
    while let Some(ended) = connections.join_next().await {
        ended.map_err(|_panicked| LoadError::Ended)??;
    }
    Ok(began.elapsed())
}

async fn connection(
    address: SocketAddr,
    asked: Asked,
    next: Arc<AtomicUsize>,
    end: usize,
) -> Result<(), LoadError> {
    let stream = TcpStream::connect(address)
        .await
        .map_err(LoadError::Connect)?;
    stream.set_nodelay(true).map_err(LoadError::Connect)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(LoadError::Broken)?;
    let driver = tokio::spawn(connection);
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= end {
            break;
        }
        let began = Instant::now();
        loop {
            let (status, length) = asked.ask(n, &mut sender).await?;
            if status == asked.status && asked.length.is_none_or(|expected| expected == length) {
                break;
            }
            if status != 503 || began.elapsed() > asked.patience {
                return Err(LoadError::Unexpected { status, length });
            }
            tokio::time::sleep(ASKED_AGAIN).await;
        }
    }
    drop(sender);
    // Ends with the sender; that the server closed first is no mistake.
    let _ = driver.await;
    Ok(())
}

/// How long before the same is asked again.
const ASKED_AGAIN: Duration = Duration::from_millis(500);

impl Asked {
    /// The status of an answer, and how long its body is.
    async fn ask(
        &self,
        n: usize,
        sender: &mut http1::SendRequest<Empty<Bytes>>,
    ) -> Result<(u16, usize), LoadError> {
        sender.ready().await.map_err(LoadError::Broken)?;
        let answer = sender.send_request(self.request(n)).await;
        let answer = answer.map_err(LoadError::Broken)?;
        let status = answer.status().as_u16();
        let mut body = answer.into_body();
        let mut length = 0;
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(LoadError::Broken)?;
            length += frame.data_ref().map_or(0, Bytes::len);
        }
        Ok((status, length))
    }

    fn request(&self, n: usize) -> Request<Empty<Bytes>> {
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = axum::http::Uri::from_static(self.path);
        let headers = match &self.visitors {
            Visitors::Known(visitors) => visitors.get(n % visitors.len().max(1)).cloned(),
            Visitors::New(made) => Some(made(n)),
        };
        *request.headers_mut() = headers.unwrap_or_default();
        request
    }
}

/// Why a measurement ended early.
#[derive(Debug)]
pub enum LoadError {
    /// A connection broke.
    Broken(hyper::Error),
    /// Nobody answers there.
    Connect(io::Error),
    /// A connection's task ended by itself.
    Ended,
    /// An answer was not the right one.
    Unexpected {
        /// Its status.
        status: u16,
        /// How long its body was.
        length: usize,
    },
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(error) => write!(f, "a connection broke: {error}"),
            Self::Connect(error) => write!(f, "nobody answers there: {error}"),
            Self::Ended => f.write_str("a connection ended by itself"),
            Self::Unexpected { status, length } => {
                write!(
                    f,
                    "a wrong answer while measuring: {status}, {length} bytes"
                )
            }
        }
    }
}
