//! A database of a MongoDB deployment, looked into without changing it.

pub(crate) mod plain;

use std::fmt;
use std::time::Duration;

use bson::Document;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::ClientOptions;
use mongodb::{Client, Database};
use serde_json::Value;

use crate::configuration::database::Mongodb;
use crate::configuration::suggestion::closest;
use crate::sources::mongodb::plain::plain;

/// The database. Nothing is asked yet but the name of the deployment, where it has one.
pub(crate) async fn database(place: &Mongodb) -> Result<Database, MongodbError> {
    let mut options = ClientOptions::parse(place.url.as_str()).await?;
    options.app_name = Some("usher".to_owned());
    options.connect_timeout.get_or_insert(CONNECT_WITHIN);
    options
        .server_selection_timeout
        .get_or_insert(CONNECT_WITHIN);
    let client = Client::with_options(options)?;
    Ok(client.database(&place.database))
}

/// The first document of a collection that the filter takes.
pub(crate) async fn first(
    place: &Mongodb,
    collection: &str,
    filter: Document,
) -> Result<Option<Value>, MongodbError> {
    let database = database(place).await?;
    let found = database
        .collection::<Document>(collection)
        .find_one(filter)
        .await?;
    if found.is_none() {
        is_there(&database, collection).await?;
    }
    Ok(found.map(|document| plain(document.into())))
}

/// A collection that nobody made is as one without documents to the server, and so is one whose name is misspelt. They are told apart
/// here.
pub(crate) async fn is_there(database: &Database, collection: &str) -> Result<(), MongodbError> {
    let names = database
        .list_collection_names()
        .authorized_collections(true)
        .await?;
    if names.iter().any(|name| name == collection) {
        return Ok(());
    }
    Err(MongodbError::NoCollection {
        database: database.name().to_owned(),
        collection: collection.to_owned(),
        names,
    })
}

/// Why a database could not be looked into.
#[derive(Debug)]
pub(crate) enum MongodbError {
    /// The server is not there, or does not do it.
    Driver(Box<Error>),
    /// Nobody has ever put anything there.
    NoCollection {
        database: String,
        collection: String,
        names: Vec<String>,
    },
}

impl From<Error> for MongodbError {
    fn from(error: Error) -> Self {
        Self::Driver(Box::new(error))
    }
}

impl MongodbError {
    /// The code of the server, where it is the server that refuses (`src/mongo/base/error_codes.yml`).
    pub(crate) fn code(&self) -> Option<i32> {
        if let Self::Driver(error) = self
            && let ErrorKind::Command(said) = error.kind.as_ref()
        {
            return Some(said.code);
        }
        None
    }
}

impl fmt::Display for MongodbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Driver(error) => told(&error.kind, f),
            Self::NoCollection {
                database,
                collection,
                names,
            } => {
                write!(
                    f,
                    "the database `{database}` has no collection `{collection}`; "
                )?;
                match closest(collection, names.iter().map(String::as_str)) {
                    Some(right) => write!(f, "did you mean `{right}`?"),
                    None if names.is_empty() => f.write_str(
                        "it has none at all that this user may see, so perhaps it is another database that the app uses",
                    ),
                    None => write!(f, "it has `{}`", names.join("`, `")),
                }
            }
        }
    }
}

/// What others end with a full stop goes on here.
fn told(kind: &ErrorKind, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let open = |message: &str| message.trim_end_matches('.').to_owned();
    if let ErrorKind::Authentication { message, .. } = kind {
        let said = open(message);
        write!(
            f,
            "the server does not let this user in: {said}; check user, password and `authSource` of the connection string"
        )
    } else if let ErrorKind::ServerSelection { message, .. } = kind {
        let said = open(message);
        write!(
            f,
            "no server of it answers: {said}; check the address, whether it wants TLS (`tls=true`), and whether it lets this machine in"
        )
    } else if let ErrorKind::DnsResolve { message, .. } = kind {
        let said = open(message);
        write!(
            f,
            "its name is not known: {said}; check the host of the connection string"
        )
    } else if let ErrorKind::Command(answer) = kind {
        let said = open(&answer.message);
        if answer.code == UNAUTHORIZED {
            write!(
                f,
                "the server says: {said} (error {UNAUTHORIZED}); give this user the role `read` on the database"
            )
        } else {
            write!(
                f,
                "the server says: {said} (error {}, {})",
                answer.code, answer.code_name
            )
        }
    } else {
        write!(f, "{kind}")
    }
}

/// `Unauthorized`.
const UNAUTHORIZED: i32 = 13;

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
