//! Messages: `OP_MSG`, and the `OP_QUERY` by which drivers still say hello (mongodb.com/docs, "MongoDB Wire Protocol").

use std::io::{self, Cursor, Read};

use bson::{Bson, Document};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A command, and how it came.
#[derive(Debug)]
pub(super) struct Message {
    id: i32,
    form: Form,
    pub(super) command: Document,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Msg,
    /// Nobody waits for the answer.
    MsgWithoutAnswer,
    Query,
}

/// The next message; nothing when the other side has ended.
pub(super) async fn read(stream: &mut TcpStream) -> io::Result<Option<Message>> {
    let mut header = [0; HEADER];
    if let Err(error) = stream.read_exact(&mut header).await {
        let is_end = error.kind() == io::ErrorKind::UnexpectedEof;
        return if is_end { Ok(None) } else { Err(error) };
    }
    let mut fields = Cursor::new(&header[..]);
    let (length, id) = (number(&mut fields)?, number(&mut fields)?);
    let (_, code) = (number(&mut fields)?, number(&mut fields)?);
    let length = usize::try_from(length)
        .ok()
        .filter(|&length| length <= MOST);
    let rest = length.and_then(|length| length.checked_sub(HEADER));
    let mut body = vec![0; rest.ok_or_else(|| wrong("the length of a message"))?];
    stream.read_exact(&mut body).await?;
    let (form, command) = match code {
        OP_MSG => message(&body)?,
        OP_QUERY => (Form::Query, query(&body)?),
        _ => return Err(wrong("the kind of a message")),
    };
    Ok(Some(Message { id, form, command }))
}

/// Answers it.
pub(super) async fn answer(
    stream: &mut TcpStream,
    to: &Message,
    reply: &Document,
) -> io::Result<()> {
    let (code, before) = match to.form {
        Form::MsgWithoutAnswer => return Ok(()),
        // No flags, and one section of the first kind.
        Form::Msg => (OP_MSG, vec![0; 5]),
        // Flags, no cursor, from the beginning, one document.
        Form::Query => {
            let mut before = vec![0; 16];
            before.extend(1_i32.to_le_bytes());
            (OP_REPLY, before)
        }
    };
    let document = reply.to_vec().map_err(|_| wrong("an answer"))?;
    let length = HEADER + before.len() + document.len();
    let length = i32::try_from(length).map_err(|_| wrong("the length of an answer"))?;
    let header = [length, to.id, to.id, code];
    let mut bytes: Vec<u8> = header
        .iter()
        .flat_map(|field| field.to_le_bytes())
        .collect();
    bytes.extend(before);
    bytes.extend(document);
    stream.write_all(&bytes).await
}

/// Sections of the second kind are lists that belong into the command.
fn message(body: &[u8]) -> io::Result<(Form, Document)> {
    let mut rest = Cursor::new(body);
    let flags = number(&mut rest)?;
    let end = if flags & CHECKSUM == 0 { 0 } else { 4 };
    let end = u64::try_from(body.len().saturating_sub(end)).unwrap_or_default();
    let (mut command, mut lists) = (Document::new(), Vec::new());
    while rest.position() < end {
        let mut kind = [0];
        Read::read_exact(&mut rest, &mut kind)?;
        if kind == [0] {
            command = document(&mut rest)?;
            continue;
        }
        let until = rest.position() + u64::try_from(number(&mut rest)?).unwrap_or_default();
        let (name, mut items) = (text(&mut rest)?, Vec::new());
        while rest.position() < until {
            items.push(Bson::Document(document(&mut rest)?));
        }
        lists.push((name, Bson::Array(items)));
    }
    command.extend(lists);
    let form = if flags & MORE_TO_COME == 0 {
        Form::Msg
    } else {
        Form::MsgWithoutAnswer
    };
    Ok((form, command))
}

fn query(body: &[u8]) -> io::Result<Document> {
    let mut rest = Cursor::new(body);
    let _flags = number(&mut rest)?;
    let name = text(&mut rest)?;
    let (_skipped, _wanted) = (number(&mut rest)?, number(&mut rest)?);
    let mut command = document(&mut rest)?;
    let database = name.split('.').next().unwrap_or_default();
    command.insert("$db", database);
    Ok(command)
}

fn number(from: &mut Cursor<&[u8]>) -> io::Result<i32> {
    let mut bytes = [0; 4];
    Read::read_exact(from, &mut bytes)?;
    Ok(i32::from_le_bytes(bytes))
}

fn text(from: &mut Cursor<&[u8]>) -> io::Result<String> {
    let mut bytes = Vec::new();
    let mut byte = [0];
    loop {
        Read::read_exact(from, &mut byte)?;
        match byte {
            [0] => break,
            [byte] => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).map_err(|_| wrong("a name"))
}

fn document(from: &mut Cursor<&[u8]>) -> io::Result<Document> {
    Document::from_reader(from).map_err(|_| wrong("a document"))
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} is wrong"))
}

const HEADER: usize = 16;
const MOST: usize = 48_000_000;
const OP_REPLY: i32 = 1;
const OP_QUERY: i32 = 2004;
const OP_MSG: i32 = 2013;
const CHECKSUM: i32 = 1;
const MORE_TO_COME: i32 = 2;
