//! A stand-in for a MongoDB server, for a database that no package brings: the wire protocol, SCRAM-SHA-256, the few commands that a
//! sign-up, an audit and a look at indexes need, and the server's own decisions about indexes, code by code.
//!
//! What it cannot judge it answers with an error: a test never learns from it what a server would not say. Two real drivers hold it to
//! that (`tests/tests/mongodb/`).
//!
//! connection ─► wire ─► scram │ commands ─► reading, writing, indexes ─► store ─► filter, value

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "BSON has many types, and what is not known here is an error"
)]

mod commands;
mod connection;
mod filter;
mod indexes;
mod partial;
mod reading;
mod scram;
mod store;
mod value;
mod wire;
mod writing;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bson::Document;

use crate::mongo::store::Store;

/// A running server, on a port of loopback.
#[derive(Clone, Debug)]
pub struct Mongo {
    address: SocketAddr,
    server: Arc<Server>,
}

#[derive(Debug)]
struct Server {
    users: Vec<User>,
    store: Mutex<Store>,
    /// Every command in its order, but those of connecting.
    asked: Mutex<Vec<String>>,
}

/// Somebody who may ask.
#[derive(Clone, Copy, Debug)]
pub struct User {
    /// Without signs that are written in more than one way (RFC 4013).
    pub name: &'static str,
    /// Also without those.
    pub password: &'static str,
    /// What they may ask for.
    pub may: May,
}

/// What a user may ask for.
#[derive(Clone, Copy, Debug)]
pub enum May {
    /// Whatever there is.
    Everything,
    /// These commands.
    Only(&'static [&'static str]),
}

/// What a server says where it does not do what it is asked for (`src/mongo/base/error_codes.yml`).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// The number of the error.
    pub code: i32,
    /// Its name.
    pub name: &'static str,
    /// What it says of it.
    pub message: String,
}

impl Mongo {
    /// The user of an app.
    pub const APP: User = User {
        name: "app",
        password: "app-pass@word:1",
        may: May::Everything,
    };

    /// Somebody who reads documents and is not told of indexes.
    pub const READER: User = User {
        name: "reader",
        password: "reader-pass",
        may: May::Only(&["find", "getMore", "killCursors", "listCollections"]),
    };

    /// Starts one with those two users.
    pub async fn start() -> io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = Arc::new(Server {
            users: vec![Self::APP, Self::READER],
            store: Mutex::default(),
            asked: Mutex::default(),
        });
        tokio::spawn(connection::accept(listener, Arc::clone(&server)));
        Ok(Self { address, server })
    }

    /// The connection string of a user, to this database.
    pub fn url(&self, user: &User, database: &str) -> String {
        self.url_with(user.name, user.password, database)
    }

    /// The connection string with any password.
    pub fn url_with(&self, name: &str, password: &str, database: &str) -> String {
        let coded: String = url::form_urlencoded::byte_serialize(password.as_bytes()).collect();
        let address = self.address;
        format!("mongodb://{name}:{coded}@{address}/{database}?authSource=admin")
    }

    /// Puts documents into a collection, as they are.
    pub fn seed(
        &self,
        database: &str,
        collection: &str,
        documents: impl IntoIterator<Item = Document>,
    ) -> Result<(), Refusal> {
        let mut store = self.server.store();
        let collection = store.make(database, collection);
        documents
            .into_iter()
            .try_for_each(|document| collection.insert(document))
    }

    /// Makes an index, or says what `createIndexes` says.
    pub fn create_index(
        &self,
        database: &str,
        collection: &str,
        spec: &Document,
    ) -> Result<(), Refusal> {
        let mut store = self.server.store();
        store.make(database, collection).create_index(spec)
    }

    /// What a collection holds.
    pub fn documents(&self, database: &str, collection: &str) -> Vec<Document> {
        let store = self.server.store();
        let found = store.find(database, collection);
        found.map_or_else(Vec::new, |collection| collection.documents.clone())
    }

    /// The indexes of a collection, as `listIndexes` has them.
    pub fn indexes(&self, database: &str, collection: &str) -> Vec<Document> {
        let store = self.server.store();
        let found = store.find(database, collection);
        found.map_or_else(Vec::new, |collection| collection.indexes.clone())
    }

    /// How often it was asked for this command.
    pub fn asked(&self, command: &str) -> usize {
        let asked = self.server.asked.lock();
        let asked = asked.unwrap_or_else(PoisonError::into_inner);
        asked.iter().filter(|name| *name == command).count()
    }
}

impl Server {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Refusal {
    fn new(code: i32, name: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            name,
            message,
        }
    }

    /// What a server could judge, and this one cannot.
    fn beyond(what: impl std::fmt::Display) -> Self {
        Self::new(2, "BadValue", format!("the stand-in cannot judge {what}"))
    }

    fn as_reply(&self) -> Document {
        bson::doc! { "ok": 0.0, "errmsg": &self.message, "code": self.code, "codeName": self.name }
    }
}
