//! A control plane of the tests' own: a listener that answers as it is told, byte by byte, and remembers what it was sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What it answers. `SUBJECT` and `ISSUER` in a text become what was asked for.
#[derive(Clone)]
pub(crate) enum Answer {
    /// The status, more header lines, and a body with its length.
    Says(u16, &'static str, String),
    /// These bytes, and then nothing: the connection stays open.
    HalfOpen(String),
    /// These bytes, and the connection ends.
    Broken(String),
    /// A good head, and then a blank a moment for ever.
    Drip,
    /// 100 MB.
    Huge,
    /// Nothing, for ever.
    Silence,
    /// The one or the other, in turn.
    Flaps(Box<[Answer; 2]>),
}

impl Answer {
    /// A JSON body with a status.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::Says(
            status,
            "content-type: application/json\r\n",
            body.to_string(),
        )
    }
}

/// A running control plane.
pub(crate) struct ControlPlane {
    pub(crate) url: String,
    told: Arc<Mutex<Answer>>,
    heads: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl ControlPlane {
    pub(crate) async fn start(answer: Answer) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let (told, heads) = (Arc::new(Mutex::new(answer)), Arc::default());
        let (answer, seen) = (Arc::clone(&told), Arc::clone(&heads));
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&seen)));
            }
        });
        Self {
            url,
            told,
            heads,
            task,
        }
    }

    pub(crate) fn answers(&self, answer: Answer) {
        *self.told.lock().unwrap() = answer;
    }

    /// The head of every request so far, as it came.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub(crate) fn asked(&self) -> usize {
        self.heads.lock().unwrap().len()
    }

    /// Nobody listens any more.
    pub(crate) fn refuse(&self) {
        self.task.abort();
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One request a connection.
async fn serve(mut stream: TcpStream, told: Arc<Mutex<Answer>>, heads: Arc<Mutex<Vec<String>>>) {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => bytes.push(byte),
            Err(_gone) => return,
        }
    }
    let head = String::from_utf8(bytes).unwrap();
    let turn = {
        let mut heads = heads.lock().unwrap();
        heads.push(head.clone());
        heads.len() % 2
    };
    let mut answer = told.lock().unwrap().clone();
    if let Answer::Flaps(both) = answer {
        answer = both[turn].clone();
    }
    // Whoever asked may be gone already.
    let _ = speak(&mut stream, answer, &head).await;
}

async fn speak(stream: &mut TcpStream, answer: Answer, head: &str) -> std::io::Result<()> {
    match answer {
        Answer::Says(status, lines, body) => {
            let body = filled(&body, head);
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {status} X\r\n{lines}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            stream.write_all(text.as_bytes()).await
        }
        Answer::Broken(text) => stream.write_all(filled(&text, head).as_bytes()).await,
        Answer::HalfOpen(text) => {
            stream.write_all(filled(&text, head).as_bytes()).await?;
            std::future::pending().await
        }
        Answer::Drip => {
            stream.write_all(GOOD_HEAD.as_bytes()).await?;
            loop {
                stream.write_all(b"1\r\n \r\n").await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Answer::Huge => {
            stream.write_all(GOOD_HEAD.as_bytes()).await?;
            let blanks = format!("10000\r\n{}\r\n", " ".repeat(0x10000));
            for _ in 0..1600 {
                stream.write_all(blanks.as_bytes()).await?;
            }
            stream.write_all(b"0\r\n\r\n").await
        }
        Answer::Silence | Answer::Flaps(_) => std::future::pending().await,
    }
}

/// The head of an answer whose body comes in chunks.
pub(crate) const GOOD_HEAD: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";

fn filled(text: &str, head: &str) -> String {
    let target = head.split(' ').nth(1).unwrap();
    let url = url::Url::parse(&format!("http://control-plane{target}")).unwrap();
    let parameter = |wanted: &str| {
        let found = url.query_pairs().find(|(name, _)| name == wanted);
        found
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    text.replace("SUBJECT", &parameter("sub"))
        .replace("ISSUER", &parameter("iss"))
}
