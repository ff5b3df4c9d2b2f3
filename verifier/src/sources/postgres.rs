//! A PostgreSQL server, looked into without changing it.

mod tls;

use std::error::Error as _;
use std::fmt;
use std::time::Duration;

use reqwest::Url;
use serde_json::{Map, Value};
use tokio_postgres::{Client, Config};

use crate::contract::TableName;
pub(crate) use crate::sources::postgres::tls::TlsTrouble;
use crate::sources::postgres::tls::{PARAMETERS, Security};

/// A connection; what it carries ends with it.
pub(crate) async fn connect(url: &str) -> Result<Client, PostgresError> {
    connect_to(url, None).await
}

/// A connection to another database of the same server.
pub(crate) async fn connect_to(url: &str, database: Option<&str>) -> Result<Client, PostgresError> {
    let (mut config, security) = parsed(url)?;
    if let Some(database) = database {
        config.dbname(database);
    }
    config
        .application_name("usher")
        .connect_timeout(CONNECT_WITHIN);
    security.connect(&config).await
}

/// Where an address leads.
pub(crate) fn config(address: &str) -> Result<Config, PostgresError> {
    parsed(address).map(|(config, _)| config)
}

/// The address as other clients write it as well: `SQLAlchemy` names its driver in the scheme (`postgresql+psycopg2://`), and Prisma has
/// parameters of its own, of which `schema` says where it looks.
fn parsed(address: &str) -> Result<(Config, Security), PostgresError> {
    let why_not = match address.parse::<Config>() {
        Ok(config) => {
            let security = Security::read_from(&config);
            return Ok((config, security));
        }
        Err(error) => PostgresError::Address(error),
    };
    let Ok(mut url) = Url::parse(address) else {
        return Err(why_not);
    };
    if !url.scheme().starts_with("postgres") {
        return Err(why_not);
    }
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let among = |names: &[&str]| {
        let mut kept = parameters.clone();
        kept.retain(|(name, _)| names.contains(&name.as_str()));
        kept
    };
    let of_prisma = among(&OF_PRISMA);
    let security = Security::of(&among(&PARAMETERS)).map_err(PostgresError::Parameter)?;
    let mut of_all = parameters.clone();
    of_all.retain(|(name, _)| {
        ![OF_PRISMA.as_slice(), &PARAMETERS]
            .concat()
            .contains(&name.as_str())
    });
    url.set_query(None);
    if !of_all.is_empty() {
        url.query_pairs_mut().extend_pairs(of_all);
    }
    let rest = url.as_str().split_once("://").map_or("", |(_, rest)| rest);
    let plain = format!("postgresql://{rest}");
    let mut config: Config = plain.parse().map_err(PostgresError::Address)?;
    let schema = of_prisma.iter().find(|(name, _)| name == "schema");
    if let Some((_, schema)) = schema {
        // A backslash keeps what follows it, of the option and of the space between two.
        let quoted = format!("\"{}\"", schema.replace('"', "\"\""))
            .replace('\\', "\\\\")
            .replace(' ', "\\ ");
        let more = format!("-c search_path={quoted}");
        let options = config
            .get_options()
            .map_or(more.clone(), |options| format!("{options} {more}"));
        config.options(options);
    }
    Ok((config, security))
}

/// <https://www.prisma.io/docs/orm/overview/databases/postgresql>, "Arguments".
const OF_PRISMA: [&str; 10] = [
    "connection_limit",
    "pgbouncer",
    "pool_timeout",
    "schema",
    "single_use_connections",
    "socket_timeout",
    "sslaccept",
    "sslidentity",
    "sslpassword",
    "statement_cache_size",
];

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

/// A table of the server.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) schema: String,
    pub(crate) name: String,
    /// Whether its name alone leads to it.
    pub(crate) is_in_path: bool,
}

/// Every table that is not the server's own.
pub(crate) async fn all_tables(client: &Client) -> Result<Vec<Named>, PostgresError> {
    let rows = client
        .query(
            "SELECT schemaname::text, tablename::text, schemaname = ANY (current_schemas(false)) FROM pg_catalog.pg_tables \
             WHERE schemaname NOT IN ('information_schema', 'pg_catalog') ORDER BY 3 DESC, 1, 2",
            &[],
        )
        .await
        .map_err(PostgresError::Sql)?;
    let named = rows.iter().map(|row| {
        Ok(Named {
            schema: row.try_get(0)?,
            name: row.try_get(1)?,
            is_in_path: row.try_get(2)?,
        })
    });
    named.collect::<Result<_, _>>().map_err(PostgresError::Sql)
}

/// Every row of a table, by the names of its columns; bytes are written as the server writes them, `\\x…`.
pub(crate) async fn rows(
    client: &Client,
    table: &TableName,
) -> Result<Vec<Map<String, Value>>, PostgresError> {
    let schema = table.schema.as_ref();
    let schema = schema.map_or_else(String::new, |schema| format!("{}.", schema.quoted()));
    let name = table.name.quoted();
    let sql = format!("SELECT row_to_json(of_it)::text FROM {schema}{name} AS of_it");
    let rows = client.query(&sql, &[]).await.map_err(PostgresError::Sql)?;
    let texts = rows.iter().map(|row| row.try_get::<_, String>(0));
    let texts: Vec<_> = texts
        .collect::<Result<_, _>>()
        .map_err(PostgresError::Sql)?;
    // The server writes nothing but JSON.
    Ok(texts
        .iter()
        .filter_map(|text| serde_json::from_str(text).ok())
        .collect())
}

/// Why a server could not be looked into.
#[derive(Debug)]
pub(crate) enum PostgresError {
    /// The connection string is none.
    Address(tokio_postgres::Error),
    /// This parameter of it does not say what it may say.
    Parameter(&'static str),
    /// The server is not there, or does not do it.
    Sql(tokio_postgres::Error),
    /// TLS is in the way.
    Tls(TlsTrouble),
}

impl From<TlsTrouble> for PostgresError {
    fn from(trouble: TlsTrouble) -> Self {
        Self::Tls(trouble)
    }
}

impl fmt::Display for PostgresError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => write!(
                f,
                "{error}; expected a connection string like postgresql://USER:PASSWORD@HOST:5432/DATABASE"
            ),
            Self::Parameter(name) => write!(
                f,
                "`{name}` of the connection string says nothing that there is: `sslmode` is disable, prefer, require, verify-ca or verify-full, and `sslrootcert` a file of certificates, or `system` with verify-full"
            ),
            Self::Tls(trouble) => trouble.fmt(f),
            Self::Sql(error) => match (error.as_db_error(), error.source()) {
                (Some(said), _) => write!(f, "the server says: {}", said.message()),
                (None, Some(cause)) => write!(f, "{error}: {cause}"),
                (None, None) => error.fmt(f),
            },
        }
    }
}

const CONNECT_WITHIN: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::postgres::tls::Mode;

    #[test]
    fn addresses_of_other_clients_lead_to_the_same_server() {
        for (address, options) in [
            ("postgresql://u:p%40@db.example:5433/app", None),
            (
                "postgres://u:p%40@db.example:5433/app?connect_timeout=3",
                None,
            ),
            ("postgresql+psycopg2://u:p%40@db.example:5433/app", None),
            (
                "postgresql://u:p%40@db.example:5433/app?schema=public&connection_limit=5",
                Some("-c search_path=\"public\""),
            ),
            (
                "postgresql://u:p%40@db.example:5433/app?schema=my%20app&sslmode=disable",
                Some("-c search_path=\"my\\ app\""),
            ),
        ] {
            let config = config(address).unwrap();
            assert_eq!(config.get_dbname(), Some("app"), "{address}");
            assert_eq!(config.get_password(), Some(b"p@".as_slice()), "{address}");
            assert_eq!(config.get_ports(), [5433], "{address}");
            assert_eq!(config.get_options(), options, "{address}");
        }
        for (parameters, mode) in [
            ("", Mode::Prefer),
            ("?sslmode=require", Mode::Require),
            ("?sslmode=verify-full&schema=public", Mode::VerifyFull),
            ("?sslrootcert=system", Mode::VerifyFull),
        ] {
            let address = format!("postgresql://u@h/app{parameters}");
            let (config, security) = parsed(&address).unwrap();
            assert_eq!(security.mode, mode, "{address}");
            assert_eq!(config.get_dbname(), Some("app"), "{address}");
        }
        assert!(config("postgresql://u@h/app?sslmode=always").is_err());
        assert!(config("mysql://u@h/app").is_err());
        assert!(config("postgresql://u@h/app?unheard=of").is_err());
    }
}
