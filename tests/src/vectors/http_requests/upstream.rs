//! An instance that records what reaches it, to the last header, and answers everything.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest as _, Sha1};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::super::http_head::Head;

/// A running one; dropping it stops it.
#[derive(Debug)]
pub(super) struct Upstream {
    pub(super) url: String,
    heard: Arc<Mutex<Vec<Head>>>,
    serving: JoinHandle<()>,
}

impl Upstream {
    pub(super) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let serving = tokio::spawn(serve(listener, Arc::clone(&heard)));
        Ok(Self {
            url,
            heard,
            serving,
        })
    }

    /// What has reached it since it was told to forget.
    pub(super) fn heard(&self) -> Vec<Head> {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn forget(&self) {
        self.heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, heard: Arc<Mutex<Vec<Head>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&heard)));
    }
}

/// One request a connection, whatever its body.
async fn answer(mut stream: TcpStream, heard: Arc<Mutex<Vec<Head>>>) -> io::Result<()> {
    let Some(request) = Head::read(&mut stream).await? else {
        return Ok(());
    };
    let text = match request.field("sec-websocket-key") {
        // RFC 6455 section 4.2.2.
        Some(key) => {
            let hash = Sha1::digest(format!("{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
            format!(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {}\r\n\r\n",
                STANDARD.encode(hash)
            )
        }
        None => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    };
    heard
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    stream.write_all(text.as_bytes()).await?;
    stream.shutdown().await
}
