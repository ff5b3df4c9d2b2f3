//! An app that sleeps, dawdles or answers, as a test says, and shows the same page everywhere.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::cast::APP;

/// What an app does with whoever asks it.
#[derive(Clone, Copy)]
pub(crate) enum Does {
    /// Shows its page.
    Answer,
    /// Ends the connection without an answer, as what stands before a sleeping app does.
    BreakOff,
    /// Never answers.
    Dawdle,
}

/// A running app.
pub(crate) struct TroubledApp {
    /// Its origin.
    pub(crate) url: String,
    does: Arc<Mutex<Does>>,
}

impl TroubledApp {
    pub(crate) async fn start(does: Does) -> Self {
        let does = Arc::new(Mutex::new(does));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, Arc::clone(&does)));
        Self { url, does }
    }

    /// From now on.
    pub(crate) fn does(&self, does: Does) {
        *self.does.lock().unwrap_or_else(PoisonError::into_inner) = does;
    }
}

async fn serve(listener: TcpListener, does: Arc<Mutex<Does>>) {
    while let Ok((stream, _)) = listener.accept().await {
        let does = *does.lock().unwrap_or_else(PoisonError::into_inner);
        // Who breaks off is no failure of the app's.
        tokio::spawn(async move { answer(stream, does).await.unwrap_or_default() });
    }
}

async fn answer(mut stream: TcpStream, does: Does) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    match does {
        Does::BreakOff => return Ok(()),
        Does::Dawdle => std::future::pending().await,
        Does::Answer => {}
    }
    let page = format!("<!doctype html><title>{APP}</title><h1>{APP}</h1>");
    let length = page.len();
    let body = if head.starts_with(b"HEAD ") {
        ""
    } else {
        &page
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(answer.as_bytes()).await
}
