//! A request as it is written on the wire, to workerd's own door.

use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::super::document::{Unreadable, list, text};
use super::super::http_head::Head;
use super::placeholders::Placeholders;

/// A request with everything in place.
pub(super) struct Request {
    line: [String; 2],
    fields: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub(super) enum Response {
    /// An answer; its body is not looked at.
    Answer(Head),
    /// The connection was closed without one.
    Closed,
    /// Nothing, for too long.
    Nothing,
}

/// Longer than any answer of a healthy gate takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);

impl Request {
    /// Reads a request of the file.
    pub(super) fn of(request: &Value, placeholders: &Placeholders) -> Result<Self, Unreadable> {
        let mut fields = Vec::new();
        for field in list(request, "headers")? {
            let text = |position: usize| field.get(position).and_then(Value::as_str);
            let (Some(name), Some(value)) = (text(0), text(1)) else {
                return Err(Unreadable(format!("no header: {field}")));
            };
            let value = placeholders.fill(value);
            if value.contains("{{") {
                return Err(Unreadable(format!("nobody knows what stands for {value}")));
            }
            fields.push((name.to_owned(), value));
        }
        let target = placeholders.fill(text(request, "target")?);
        Ok(Self {
            line: [text(request, "method")?.to_owned(), target],
            fields,
        })
    }

    /// Writes it and reads the head of what comes back.
    pub(super) async fn send(&self, port: &str) -> Response {
        match timeout(PATIENCE, self.exchange(port)).await {
            Err(_elapsed) => Response::Nothing,
            Ok(Ok(Some(head))) => Response::Answer(head),
            Ok(Ok(None) | Err(_)) => Response::Closed,
        }
    }

    async fn exchange(&self, port: &str) -> std::io::Result<Option<Head>> {
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).await?;
        stream.write_all(self.text().as_bytes()).await?;
        Head::read(&mut stream).await
    }

    fn text(&self) -> String {
        let [method, target] = &self.line;
        let mut text = format!("{method} {target} HTTP/1.1\r\n");
        for (name, value) in &self.fields {
            text.extend([name, ": ", value, "\r\n"]);
        }
        text.push_str("\r\n");
        // A body in chunks that was announced is sent: the empty one.
        if self
            .field("transfer-encoding")
            .is_some_and(|coding| coding.contains("chunked"))
        {
            text.push_str("0\r\n\r\n");
        }
        text
    }

    /// Whether a gate on a developer's machine may answer at all: it does at loopback hosts only.
    pub(super) fn is_to_loopback(&self) -> bool {
        let [_, target] = &self.line;
        let absolute = target.split_once("://").map(|(_, rest)| rest);
        let authority = absolute.map_or_else(
            || self.field("host").unwrap_or_default(),
            |rest| rest.split('/').next().unwrap_or_default(),
        );
        let host = authority
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        host == "localhost" || host == "127.0.0.1" || host.ends_with(".localhost")
    }

    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}
