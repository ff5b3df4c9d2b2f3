//! workerd's inspector: it says what a Worker's JavaScript holds, once everything that nobody holds is gone.

use std::fmt;
use std::net::SocketAddr;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// The bytes that live objects take of the only Worker of a workerd whose inspector is at this address, those outside of the heap of JavaScript
/// included. WebAssembly's memory is not among them. It must have answered before, or it is not known yet.
///
/// The talk is short: while one is open, and nobody listens, the Worker may wait for it.
pub(super) async fn live_bytes(address: SocketAddr) -> Result<f64, InspectorError> {
    let mut talk = Talk::with(address).await?;
    talk.ask("HeapProfiler.enable").await?;
    talk.ask("HeapProfiler.collectGarbage").await?;
    let used = talk.ask("Runtime.getHeapUsage").await?;
    let bytes = |name: &str| {
        let bytes = used.get(name).and_then(Value::as_f64);
        bytes.ok_or_else(|| InspectorError::NotUnderstood(used.to_string()))
    };
    Ok(bytes("usedSize")? + bytes("embedderHeapUsedSize")? + bytes("backingStorageSize")?)
}

/// Questions and answers.
struct Talk {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    asked: u64,
}

impl Talk {
    async fn with(address: SocketAddr) -> Result<Self, InspectorError> {
        let client = reqwest::Client::builder().no_proxy().build();
        let client = client.map_err(InspectorError::Client)?;
        let list = client.get(format!("http://{address}/json")).send().await;
        let list = list.map_err(InspectorError::Client)?.json().await;
        let list: Value = list.map_err(InspectorError::Client)?;
        let url = list.pointer("/0/webSocketDebuggerUrl");
        let url = url
            .and_then(Value::as_str)
            .ok_or_else(|| InspectorError::NotUnderstood(list.to_string()))?;
        let connected = tokio_tungstenite::connect_async(url).await;
        let (socket, _) = connected.map_err(|error| InspectorError::Socket(Box::new(error)))?;
        Ok(Self { socket, asked: 0 })
    }

    async fn ask(&mut self, method: &str) -> Result<Value, InspectorError> {
        self.asked += 1;
        let number = self.asked;
        let question = json!({ "id": number, "method": method, "params": {} }).to_string();
        let sent = self.socket.send(Message::text(question)).await;
        sent.map_err(|error| InspectorError::Socket(Box::new(error)))?;
        while let Some(said) = self.socket.next().await {
            let said = said.map_err(|error| InspectorError::Socket(Box::new(error)))?;
            let Message::Text(text) = said else { continue };
            // What it tells unasked has no number.
            let said: Value = serde_json::from_str(&text).unwrap_or_default();
            if said.get("id").and_then(Value::as_u64) == Some(number) {
                let result = said.get("result").cloned();
                return result.ok_or_else(|| InspectorError::NotUnderstood(said.to_string()));
            }
        }
        Err(InspectorError::NotUnderstood("nothing".to_owned()))
    }
}

/// Why it says nothing.
#[derive(Debug)]
pub enum InspectorError {
    /// It does not say which Workers there are.
    Client(reqwest::Error),
    /// It said something else.
    NotUnderstood(String),
    /// The conversation broke off.
    Socket(Box<Error>),
}

impl fmt::Display for InspectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "workerd's inspector does not answer: {error}"),
            Self::NotUnderstood(said) => {
                write!(f, "workerd's inspector says something else: {said}")
            }
            Self::Socket(error) => write!(f, "workerd's inspector ended the talk: {error}"),
        }
    }
}
