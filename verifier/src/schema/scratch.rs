//! An empty database to try the expectation on, which says exactly what comes of it; gone afterwards.

use rusqlite::Connection;
use tokio_postgres::Client;
use tokio_postgres::error::ErrorPosition;

use crate::configuration::mistake::Mistake;
use crate::schema::expectation::ExpectationError;
use crate::schema::script::{Script, Statement, statements};
use crate::schema::{Dialect, Schema, postgres, quoted, sqlite};
use crate::sources::postgres::{connect, connect_to};

/// Applies the scripts to an empty SQLite.
pub(super) fn in_memory(scripts: &[Script]) -> Result<Schema, ExpectationError> {
    let broken = |error: rusqlite::Error| ExpectationError::Scratch(error.to_string());
    let connection = Connection::open_in_memory().map_err(broken)?;
    for script in scripts {
        for statement in statements(script, Dialect::Sqlite)? {
            // Nothing but the database in memory is ever touched; SQLite makes the tables of its own by itself.
            let is_elsewhere = matches!(
                statement.words.first().map(String::as_str),
                Some("ATTACH" | "DETACH" | "VACUUM")
            );
            let is_own = statement.begins(&["CREATE", "TABLE"])
                && statement
                    .words
                    .get(2)
                    .is_some_and(|name| name.starts_with("SQLITE_"));
            if !(is_elsewhere || is_own) {
                let done = connection.execute_batch(statement.text());
                done.map_err(|error| refused_by_sqlite(&statement, &error))?;
            }
        }
    }
    Ok(sqlite::read(&connection).map_err(broken)?.schema)
}

fn refused_by_sqlite(statement: &Statement<'_>, error: &rusqlite::Error) -> Mistake {
    let (at, said) = if let rusqlite::Error::SqlInputError { msg, offset, .. } = error {
        (usize::try_from(*offset).ok(), msg.clone())
    } else {
        (None, error.to_string())
    };
    statement.mistake(
        at,
        format!("SQLite does not take this: {said}"),
        CURE.to_owned(),
    )
}

/// Applies the scripts to a fresh database of a server, which is dropped whatever happens. With it goes what could not be undone.
pub(super) async fn on_a_server(
    url: &str,
    scripts: &[Script],
) -> Result<(Schema, Vec<String>), ExpectationError> {
    let client = connect(url)
        .await
        .map_err(|error| ExpectationError::Scratch(error.to_string()))?;
    let name = format!("usher_scratch_{}", uuid::Uuid::new_v4().simple());
    let created = client
        .batch_execute(&format!("CREATE DATABASE {}", quoted(&name)))
        .await;
    created.map_err(|error| {
        ExpectationError::Scratch(format!(
            "it makes no database: {}; give its user CREATEDB",
            said(&error)
        ))
    })?;
    let read = applied(url, &name, scripts).await;
    let dropped = client
        .batch_execute(&format!("DROP DATABASE {} WITH (FORCE)", quoted(&name)))
        .await;
    let left = dropped.err().map(|error| {
        format!(
            "the scratch database: {} was left behind: {}; drop it",
            quoted(&name),
            said(&error)
        )
    });
    Ok((read?, left.into_iter().collect()))
}

async fn applied(url: &str, name: &str, scripts: &[Script]) -> Result<Schema, ExpectationError> {
    let failed = |error: crate::sources::postgres::PostgresError| {
        ExpectationError::Scratch(error.to_string())
    };
    let client = connect_to(url, Some(name)).await.map_err(failed)?;
    for script in scripts {
        for statement in statements(script, Dialect::Postgres)? {
            apply(&client, &statement).await?;
        }
    }
    // The scripts may have changed what the old one sees.
    let fresh = connect_to(url, Some(name)).await.map_err(failed)?;
    postgres::schema(&fresh).await.map_err(failed)
}

async fn apply(client: &Client, statement: &Statement<'_>) -> Result<(), Mistake> {
    if is_of_the_server(statement) || statement.begins(&["COPY"]) {
        return Ok(());
    }
    let Err(error) = client.batch_execute(statement.text()).await else {
        return Ok(());
    };
    // Settings of another version, a schema that is there in every database: what comes after says whether it mattered.
    if statement.begins(&["SET"])
        || statement.begins(&["CREATE", "SCHEMA"])
        || statement.begins(&["COMMENT"])
    {
        return Ok(());
    }
    let position = error.as_db_error().and_then(|error| error.position());
    let at = position.and_then(|position| match position {
        ErrorPosition::Original(position) => {
            let before = usize::try_from(*position).ok()?.checked_sub(1)?;
            Some(
                statement
                    .text()
                    .chars()
                    .take(before)
                    .map(char::len_utf8)
                    .sum(),
            )
        }
        ErrorPosition::Internal { .. } => None,
    });
    Err(statement.mistake(
        at,
        format!("PostgreSQL does not take this: {}", said(&error)),
        CURE.to_owned(),
    ))
}

/// What reaches beyond the scratch database, or names people that only another server knows.
fn is_of_the_server(statement: &Statement<'_>) -> bool {
    let second = statement.words.get(1).map(String::as_str);
    let changes = ["CREATE", "ALTER", "DROP"]
        .iter()
        .any(|word| statement.begins(&[word]));
    let is_shared = matches!(
        second,
        Some(
            "DATABASE"
                | "ROLE"
                | "USER"
                | "GROUP"
                | "TABLESPACE"
                | "SYSTEM"
                | "SUBSCRIPTION"
                | "DEFAULT"
        )
    );
    (changes && is_shared)
        || statement.begins(&["GRANT"])
        || statement.begins(&["REVOKE"])
        || statement.begins(&["REASSIGN"])
        || (statement.begins(&["ALTER"]) && statement.says(&["OWNER", "TO"]))
}

fn said(error: &tokio_postgres::Error) -> String {
    error
        .as_db_error()
        .map_or_else(|| error.to_string(), |error| error.message().to_owned())
}

const CURE: &str = "this is applied to an empty database: name what makes the whole schema, in order, for the kind of database that it is for";
