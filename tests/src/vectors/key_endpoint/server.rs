//! A key endpoint that answers as it is told, whatever HTTP allows.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::super::http_head::Head;

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Served {
    pub(super) status: u64,
    pub(super) content_type: Option<String>,
    /// Whether it leads to another address, of this server as well.
    pub(super) redirects: bool,
    pub(super) body: Body,
}

/// What an answer holds.
#[derive(Clone, Debug)]
pub(super) enum Body {
    OneByteASecond,
    /// This many.
    Spaces(usize),
    Text(String),
}

/// A running endpoint; dropping it stops it.
#[derive(Debug)]
pub(super) struct KeyServer {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
    serving: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    asked: HashMap<String, usize>,
    by_path: HashMap<String, Served>,
    otherwise: String,
}

/// Where redirects lead.
const ELSEWHERE: &str = "elsewhere";

impl KeyServer {
    pub(super) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(Mutex::new(State::default()));
        let serving = tokio::spawn(accept(listener, Arc::clone(&state), url.clone()));
        Ok(Self {
            url,
            state,
            serving,
        })
    }

    /// Serves this set at every path that has no answer of its own.
    pub(super) fn serve_everywhere(&self, set: String) {
        lock(&self.state).otherwise = set;
    }

    /// Serves this answer at a path.
    pub(super) fn serve(&self, path: &str, served: Served) {
        lock(&self.state).by_path.insert(path.to_owned(), served);
    }

    /// How often a path was asked for.
    pub(super) fn asked(&self, path: &str) -> usize {
        lock(&self.state)
            .asked
            .get(path)
            .copied()
            .unwrap_or_default()
    }

    /// Whether somebody went where a redirect leads.
    pub(super) fn was_followed(&self) -> bool {
        self.asked(ELSEWHERE) > 0
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, state: Arc<Mutex<State>>, url: String) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&state), url.clone()));
    }
}

async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>, url: String) -> io::Result<()> {
    let Some(head) = Head::read(&mut stream).await? else {
        return Ok(());
    };
    let served = {
        let mut state = lock(&state);
        let path = head.target().trim_start_matches('/').to_owned();
        *state.asked.entry(path.clone()).or_default() += 1;
        state.by_path.get(&path).cloned().unwrap_or_else(|| Served {
            status: 200,
            content_type: Some("application/json".to_owned()),
            redirects: false,
            body: Body::Text(state.otherwise.clone()),
        })
    };
    let mut text = format!(
        "HTTP/1.1 {} As Told\r\nConnection: close\r\n",
        served.status
    );
    if let Some(content_type) = &served.content_type {
        text.extend(["Content-Type: ", content_type, "\r\n"]);
    }
    if served.redirects {
        text.extend(["Location: ", &url, "/", ELSEWHERE, "\r\n"]);
    }
    stream.write_all(format!("{text}\r\n").as_bytes()).await?;
    match served.body {
        Body::Text(body) => stream.write_all(body.as_bytes()).await?,
        Body::Spaces(count) => {
            let chunk = [b' '; 1 << 12];
            for _ in 0..count.div_ceil(chunk.len()) {
                stream.write_all(&chunk).await?;
            }
        }
        // Ends when nobody reads any more.
        Body::OneByteASecond => loop {
            stream.write_all(b" ").await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        },
    }
    stream.shutdown().await
}
