//! A PostgreSQL server, looked into without changing it.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use tokio_postgres::{Client, Config, NoTls};

/// A connection; what it carries ends with it.
pub(crate) async fn connect(url: &str) -> Result<Client, PostgresError> {
    connect_to(url, None).await
}

/// A connection to another database of the same server.
pub(crate) async fn connect_to(url: &str, database: Option<&str>) -> Result<Client, PostgresError> {
    let mut config: Config = url.parse().map_err(PostgresError::Address)?;
    if let Some(database) = database {
        config.dbname(database);
    }
    config
        .application_name("usher")
        .connect_timeout(CONNECT_WITHIN);
    let (client, connection) = config.connect(NoTls).await.map_err(PostgresError::Sql)?;
    // It ends with the client, and what goes wrong is told to whoever asks.
    tokio::spawn(async move {
        let _ended = connection.await;
    });
    Ok(client)
}

/// The tables of the search path, in alphabetical order.
pub(crate) async fn tables(url: &str) -> Result<Vec<String>, PostgresError> {
    let client = connect(url).await?;
    let rows = client
        .query(
            "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY 1",
            &[],
        )
        .await
        .map_err(PostgresError::Sql)?;
    let names = rows.iter().map(|row| row.try_get(0));
    names.collect::<Result<_, _>>().map_err(PostgresError::Sql)
}

/// Why a server could not be looked into.
#[derive(Debug)]
pub(crate) enum PostgresError {
    /// The connection string is none.
    Address(tokio_postgres::Error),
    /// The server is not there, or does not do it.
    Sql(tokio_postgres::Error),
}

impl fmt::Display for PostgresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => write!(
                f,
                "{error}; expected a connection string like postgresql://USER:PASSWORD@HOST:5432/DATABASE"
            ),
            Self::Sql(error) => match (error.as_db_error(), error.source()) {
                (Some(said), _) => write!(f, "the server says: {}", said.message()),
                (None, Some(cause)) => write!(f, "{error}: {cause}"),
                (None, None) => error.fmt(f),
            },
        }
    }
}

const CONNECT_WITHIN: Duration = Duration::from_secs(10);
