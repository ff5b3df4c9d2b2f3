//! A connection: who asks, and the cursors that are theirs.

use std::io;
use std::sync::{Arc, PoisonError};

use bson::{Binary, Bson, Document, doc};
use tokio::net::{TcpListener, TcpStream};

use crate::mongo::scram::Conversation;
use crate::mongo::{May, Refusal, Server, User, commands, wire};

/// Serves whoever comes.
pub(super) async fn accept(listener: TcpListener, server: Arc<Server>) {
    while let Ok((stream, _)) = listener.accept().await {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            // Whoever breaks off is not served any more.
            let _ = serve(stream, &server).await;
        });
    }
}

async fn serve(mut stream: TcpStream, server: &Server) -> io::Result<()> {
    let mut session = Session {
        server,
        user: None,
        begun: None,
    };
    while let Some(message) = wire::read(&mut stream).await? {
        let reply = session.answer(&message.command);
        let reply = reply.unwrap_or_else(|refusal| refusal.as_reply());
        wire::answer(&mut stream, &message, &reply).await?;
    }
    Ok(())
}

struct Session<'a> {
    server: &'a Server,
    user: Option<User>,
    begun: Option<Conversation>,
}

impl Session<'_> {
    fn answer(&mut self, command: &Document) -> Result<Document, Refusal> {
        let name = command.keys().next().map_or("", String::as_str);
        match name {
            "hello" | "isMaster" | "ismaster" => return Ok(hello(command, &self.server.users)),
            "ping" | "endSessions" => return Ok(doc! { "ok": 1.0 }),
            "buildInfo" | "buildinfo" => {
                return Ok(doc! { "version": VERSION, "versionArray": [7, 0, 14, 0], "ok": 1.0 });
            }
            "saslStart" => return self.begin(command),
            "saslContinue" => return self.go_on(command),
            _ => {}
        }
        let asked = self.server.asked.lock();
        asked
            .unwrap_or_else(PoisonError::into_inner)
            .push(name.to_owned());
        self.hold(name, command)?;
        commands::perform(&mut self.server.store(), name, command)
    }

    fn hold(&self, name: &str, command: &Document) -> Result<(), Refusal> {
        let Some(user) = &self.user else {
            let said = format!("Command {name} requires authentication");
            return Err(Refusal::new(13, "Unauthorized", said));
        };
        match user.may {
            May::Only(commands) if !commands.contains(&name) => {
                let database = command.get_str("$db").unwrap_or_default();
                let said = format!("not authorized on {database} to execute command {command}");
                Err(Refusal::new(13, "Unauthorized", said))
            }
            May::Only(_) | May::Everything => Ok(()),
        }
    }

    fn begin(&mut self, command: &Document) -> Result<Document, Refusal> {
        let mechanism = command.get_str("mechanism").unwrap_or_default();
        if mechanism != MECHANISM {
            return Err(Refusal::new(
                334,
                "MechanismUnavailable",
                format!("Received authentication for mechanism {mechanism} which is not enabled"),
            ));
        }
        let options = command.get_document("options");
        let is_short = options.and_then(|options| options.get_bool("skipEmptyExchange"));
        let payload = payload_of(command);
        let is_short = is_short.unwrap_or_default();
        let begun = Conversation::begin(payload, &self.server.users, is_short);
        let begun = begun.ok_or_else(not_in)?;
        let reply = step(&begun.server_first, false);
        self.begun = Some(begun);
        Ok(reply)
    }

    fn go_on(&mut self, command: &Document) -> Result<Document, Refusal> {
        let begun = self.begun.as_mut().ok_or_else(not_in)?;
        if begun.is_proved {
            self.user = Some(begun.user);
            self.begun = None;
            return Ok(step("", true));
        }
        let Some(signature) = begun.prove(payload_of(command)) else {
            self.begun = None;
            return Err(not_in());
        };
        let is_done = begun.is_short;
        if is_done {
            self.user = Some(begun.user);
        }
        Ok(step(&signature, is_done))
    }
}

fn payload_of(command: &Document) -> &[u8] {
    command
        .get_binary_generic("payload")
        .map_or(&[], Vec::as_slice)
}

fn step(payload: &str, is_done: bool) -> Document {
    let payload = Binary {
        subtype: bson::spec::BinarySubtype::Generic,
        bytes: payload.as_bytes().to_vec(),
    };
    doc! { "conversationId": 1, "done": is_done, "payload": payload, "ok": 1.0 }
}

fn not_in() -> Refusal {
    Refusal::new(18, "AuthenticationFailed", "Authentication failed.")
}

/// A server by itself, which is in no replica set.
fn hello(command: &Document, users: &[User]) -> Document {
    let mut reply = doc! {
        "helloOk": true,
        "isWritablePrimary": true,
        "ismaster": true,
        "maxBsonObjectSize": 16_777_216,
        "maxMessageSizeBytes": 48_000_000,
        "maxWriteBatchSize": 100_000,
        "localTime": bson::DateTime::now(),
        "logicalSessionTimeoutMinutes": 30,
        "connectionId": 1,
        "minWireVersion": 0,
        "maxWireVersion": 21,
        "readOnly": false,
        "ok": 1.0,
    };
    if let Some(Bson::String(asked)) = command.get("saslSupportedMechs") {
        let name = asked.split_once('.').map_or("", |(_, name)| name);
        if users.iter().any(|user| user.name == name) {
            reply.insert("saslSupportedMechs", vec![MECHANISM]);
        }
    }
    reply
}

const MECHANISM: &str = "SCRAM-SHA-256";
const VERSION: &str = "7.0.14";
