//! A table in PostgreSQL.

use futures_util::StreamExt as _;
use policy::contract::sql::table::{Identifier, Table};
use policy::contract::sql::{self, FirstStatus};
use tokio::sync::mpsc;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error};

use super::{NOT_AS_SEEN, Rows, There, WAITING};
use crate::check::contract::row::Row;
use crate::check::contract::since::{Form, MOST_SECONDS};
use crate::check::contract::statement::table;
use crate::configuration::contract::Held;
use crate::sources::postgres::{PostgresError, connect};

pub(super) async fn open(url: &str, is_read_only: bool) -> Result<Client, String> {
    let client = connect(url).await.map_err(|error| error.to_string())?;
    let only = if is_read_only { "on" } else { "off" };
    let settings = format!("SET default_transaction_read_only = {only}; SET TIME ZONE 'UTC'");
    client.batch_execute(&settings).await.map_err(said)?;
    Ok(client)
}

pub(super) async fn there(client: &Client, held: &Held) -> Result<There, String> {
    let columns = texts(
        client,
        "SELECT attname::text FROM pg_catalog.pg_attribute
         WHERE attrelid = to_regclass($1::text) AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        &[&table(held)],
    )
    .await?;
    if !columns.is_empty() {
        return Ok(There::Columns(columns));
    }
    // A table of the search path goes without its schema, as in the configuration.
    let tables = "SELECT CASE WHEN pg_table_is_visible(oid) THEN relname::text ELSE format('%s.%s', relnamespace::regnamespace, relname) END
                  FROM pg_catalog.pg_class
                  WHERE relkind IN ('r', 'p', 'v', 'm', 'f')
                    AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1";
    texts(client, tables, &[]).await.map(There::Tables)
}

pub(super) async fn unheld(client: &Client, held: &Held) -> Result<Vec<String>, String> {
    let of_table = table(held);
    let functions = texts(
        client,
        "SELECT p.prosrc FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
         WHERE t.tgrelid = to_regclass($1::text) AND t.tgenabled <> 'D'",
        &[&of_table],
    )
    .await?;
    let constraints = texts(
        client,
        "SELECT conname::text FROM pg_catalog.pg_constraint
         WHERE conrelid = to_regclass($1::text) AND contype = 'c' AND convalidated",
        &[&of_table],
    )
    .await?;
    let mut unheld = Vec::new();
    for (name, body) in expected(held, FirstStatus::First) {
        let lenient = expected(held, FirstStatus::Any);
        let lenient = lenient.into_iter().find(|(other, _)| *other == name);
        let bodies = [Some(body), lenient.map(|(_, body)| body)];
        if !bodies.iter().flatten().any(|body| functions.contains(body)) {
            unheld.push(format!(
                "the trigger {name} is missing or disabled, or holds another version of the contract"
            ));
        }
    }
    for name in CONSTRAINTS {
        if !constraints.iter().any(|found| found == name) {
            unheld.push(format!(
                "the constraint {name} is missing, or not validated because of old rows"
            ));
        }
    }
    Ok(unheld)
}

/// The texts that a question gives.
async fn texts(
    client: &Client,
    question: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Result<Vec<String>, String> {
    let rows = client.query(question, parameters).await.map_err(said)?;
    let texts = rows.iter().map(|row| row.try_get(0));
    texts.collect::<Result<_, Error>>().map_err(said)
}

/// The functions of the script: the name of each, and its text.
fn expected(held: &Held, first: FirstStatus) -> Vec<(String, String)> {
    let wanted = Table {
        first,
        ..held.table.clone()
    };
    let statements = sql::statements(&held.dialect, &wanted).into_iter();
    statements
        .filter_map(|statement| {
            let mut parts = statement.split("$usher$");
            let (before, body) = (parts.next()?, parts.next()?);
            let name = before.split('"').rev().nth(1)?;
            Some((name.to_owned(), body.to_owned()))
        })
        .collect()
}

pub(super) async fn rows(client: &Client, held: &Held) -> Result<Rows, String> {
    let query = select(client, held).await?;
    let nothing: [&str; 0] = [];
    let stream = client.query_raw(&query, nothing).await.map_err(said)?;
    let (sender, receiver) = mpsc::channel(WAITING);
    // The server waits with what nobody has taken yet.
    tokio::spawn(async move {
        let mut stream = std::pin::pin!(stream);
        while let Some(next) = stream.next().await {
            let taken = next.and_then(|row| read(&row)).map_err(said);
            if sender.send(taken).await.is_err() {
                break;
            }
        }
    });
    Ok(receiver)
}

fn read(row: &tokio_postgres::Row) -> Result<Row, Error> {
    Ok(Row {
        key: row.try_get::<_, Option<String>>(0)?.unwrap_or_default(),
        status: row.try_get(1)?,
        suspended_from: row.try_get(2)?,
        is_provisioned: row.try_get(3)?,
        age: row.try_get(4)?,
        since: row.try_get::<_, Option<&str>>(5)?.and_then(Form::parse),
        url: row.try_get(6)?,
    })
}

async fn select(client: &Client, held: &Held) -> Result<String, String> {
    let text = |name: &Identifier| format!("{}::text", name.quoted());
    let or_null = |name: Option<&Identifier>| name.map_or_else(|| "NULL::text".to_owned(), text);
    let from = held.has_suspended_from.then(|| held.table.suspended_from());
    let provisioned = held.provisioned_at.as_ref().map_or_else(
        || "false".to_owned(),
        |name| format!("{} IS NOT NULL", name.quoted()),
    );
    let since = match &held.since {
        None => "NULL::bigint, NULL::text".to_owned(),
        Some(name) => since(client, held, name).await?,
    };
    Ok(format!(
        "SELECT {}, {}, {}, {provisioned}, {since}, {} FROM {}",
        text(held.table.key()),
        text(held.table.status()),
        or_null(from),
        or_null(held.url.as_ref()),
        table(held),
    ))
}

/// Since how many seconds, and in which form that is said.
async fn since(client: &Client, held: &Held, name: &Identifier) -> Result<String, String> {
    let (of_table, name_text) = (table(held), name.as_str());
    // Number, timestamp without time zone, other time; anything else is text.
    let kind = texts(
        client,
        "SELECT CASE WHEN typcategory = 'N' THEN 'number'
                     WHEN typname = 'timestamp' THEN 'local'
                     WHEN typcategory = 'D' THEN 'stamp' ELSE 'text' END
         FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE attrelid = to_regclass($1::text) AND attname = $2::text AND NOT attisdropped",
        &[&of_table, &name_text],
    )
    .await?;
    let kind = kind.first().map_or("text", String::as_str);
    let column = name.quoted();
    if kind == "number" {
        let (seconds, millis) = (Form::Seconds.word(), Form::Millis.word());
        return Ok(format!(
            "(EXTRACT(EPOCH FROM now()) - {column} / CASE WHEN {column} > {MOST_SECONDS} THEN 1000 ELSE 1 END)::bigint,
             CASE WHEN {column} > {MOST_SECONDS} THEN '{millis}' ELSE '{seconds}' END"
        ));
    }
    let form = match Form::parse(kind) {
        Some(form @ (Form::Local | Form::Stamp)) => format!("'{}'", form.word()),
        Some(Form::Iso | Form::Millis | Form::Seconds | Form::Text) | None => {
            let (iso, text) = (Form::Iso.word(), Form::Text.word());
            format!("CASE WHEN {column} LIKE '%T%' THEN '{iso}' ELSE '{text}' END")
        }
    };
    Ok(format!(
        "EXTRACT(EPOCH FROM now() - {column}::timestamptz)::bigint, {form}"
    ))
}

pub(super) async fn apply(client: &mut Client, statements: &[String]) -> Result<(), String> {
    let transaction = client.transaction().await.map_err(said)?;
    for statement in statements {
        if transaction
            .execute(statement.as_str(), &[])
            .await
            .map_err(said)?
            != 1
        {
            return Err(NOT_AS_SEEN.to_owned());
        }
    }
    transaction.commit().await.map_err(said)
}

fn said(error: Error) -> String {
    PostgresError::Sql(error).to_string()
}

/// As the script names them.
const CONSTRAINTS: [&str; 2] = ["usher_status", "usher_suspended_from"];
