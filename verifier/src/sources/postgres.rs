//! A PostgreSQL server, looked into without changing it.

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::{Client, Config, NoTls};

/// A connection; what it carries ends with it.
pub(crate) async fn connect(url: &str) -> Result<Client, PostgresError> {
    connect_to(url, None).await
}

/// A connection to another database of the same server.
pub(crate) async fn connect_to(url: &str, database: Option<&str>) -> Result<Client, PostgresError> {
    let mut config = config(url).map_err(PostgresError::Address)?;
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

/// Reads a connection string, also one with the options that only Prisma knows: of those `schema` is the search path, and the others are its
/// pool's affair. <https://www.prisma.io/docs/orm/overview/databases/postgresql#arguments>
pub(crate) fn config(url: &str) -> Result<Config, tokio_postgres::Error> {
    let Some((address, query)) = url.split_once('?').filter(|_| url.contains("://")) else {
        return url.parse();
    };
    let (of_prisma, others): (Vec<&str>, Vec<&str>) = query.split('&').partition(|option| {
        let name = option.split('=').next().unwrap_or_default();
        OF_PRISMA.contains(&name)
    });
    let mut config: Config = format!("{address}?{}", others.join("&")).parse()?;
    let schema = of_prisma
        .iter()
        .find_map(|option| option.strip_prefix("schema="));
    if let Some(schema) = schema {
        let schema = percent_decode_str(schema)
            .decode_utf8_lossy()
            .replace('"', "\"\"");
        // A backslash keeps what follows it, of the option and of the space between two.
        let quoted = format!("\"{schema}\"")
            .replace('\\', "\\\\")
            .replace(' ', "\\ ");
        let more = format!("-c search_path={quoted}");
        let options = config
            .get_options()
            .map_or(more.clone(), |options| format!("{options} {more}"));
        config.options(options);
    }
    Ok(config)
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

const OF_PRISMA: &[&str] = &[
    "schema",
    "connection_limit",
    "pool_timeout",
    "pgbouncer",
    "socket_timeout",
    "statement_cache_size",
    "single_use_connections",
];

const CONNECT_WITHIN: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_string_of_prisma_is_understood() {
        let url = "postgresql://u:p%40@h:5432/d?schema=my%20app&sslmode=disable&connection_limit=5";
        let config = config(url).unwrap();
        assert_eq!(config.get_options(), Some("-c search_path=\"my\\ app\""));
        assert_eq!(config.get_password(), Some("p@".as_bytes()));
        assert!(super::config("postgresql://h/d?nonsense=1").is_err());
        assert!(super::config("host=h dbname=d").is_ok());
    }
}
