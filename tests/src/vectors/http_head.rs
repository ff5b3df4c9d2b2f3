//! The head of an HTTP/1.1 message, read from a connection byte by byte, so that nobody between tidies it up.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The first line and the fields, as they came.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    pub(super) first_line: String,
    pub(super) fields: Vec<(String, String)>,
}

/// More than any server here sends or takes.
const MAX_HEAD_BYTES: usize = 256 * 1024;

impl Head {
    /// Reads up to the empty line; nothing if the connection ends before it.
    pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") && bytes.len() < MAX_HEAD_BYTES {
            let mut byte = [0];
            if stream.read(&mut byte).await? == 0 {
                return Ok(None);
            }
            bytes.extend(byte);
        }
        let text = String::from_utf8_lossy(&bytes);
        let mut lines = text.split("\r\n").filter(|line| !line.is_empty());
        Ok(Some(Self {
            first_line: lines.next().unwrap_or_default().to_owned(),
            fields: lines.filter_map(field).collect(),
        }))
    }

    /// The value of a field; names have no case.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The status of an answer.
    pub(super) fn status(&self) -> Option<u16> {
        self.first_line.split(' ').nth(1)?.parse().ok()
    }

    /// The target of a request.
    pub(super) fn target(&self) -> &str {
        self.first_line.split(' ').nth(1).unwrap_or_default()
    }
}

fn field(line: &str) -> Option<(String, String)> {
    let (name, value) = line.split_once(':')?;
    Some((name.to_owned(), value.trim().to_owned()))
}
