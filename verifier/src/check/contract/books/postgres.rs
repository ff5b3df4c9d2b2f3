//! A table in PostgreSQL.

use futures_util::StreamExt as _;
use policy::contract::sql::table::{Identifier, Table};
use policy::contract::sql::{self, FirstStatus};
use tokio::sync::mpsc;
use tokio_postgres::{Client, Error};

use super::{NOT_AS_SEEN, Rows, WAITING};
use crate::check::contract::fix::table;
use crate::check::contract::row::Row;
use crate::configuration::contract::Held;
use crate::sources::postgres::{PostgresError, connect};

pub(super) async fn open(url: &str, is_read_only: bool) -> Result<Client, String> {
    let client = connect(url).await.map_err(|error| error.to_string())?;
    let only = if is_read_only { "on" } else { "off" };
    let settings = format!("SET default_transaction_read_only = {only}; SET TIME ZONE 'UTC'");
    client.batch_execute(&settings).await.map_err(said)?;
    Ok(client)
}

pub(super) async fn unheld(client: &Client, held: &Held) -> Result<Vec<String>, String> {
    let functions = texts(
        client,
        held,
        "SELECT p.prosrc FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
         WHERE t.tgrelid = to_regclass($1::text) AND t.tgenabled <> 'D'",
    );
    let functions = functions.await?;
    let constraints = texts(
        client,
        held,
        "SELECT conname::text FROM pg_catalog.pg_constraint
         WHERE conrelid = to_regclass($1::text) AND contype = 'c' AND convalidated",
    );
    let constraints = constraints.await?;
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

/// The texts that a question about the table gives.
async fn texts(client: &Client, held: &Held, question: &str) -> Result<Vec<String>, String> {
    let rows = client
        .query(question, &[&table(held)])
        .await
        .map_err(said)?;
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
        url: row.try_get(5)?,
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
    let age = match &held.since {
        None => "NULL::bigint".to_owned(),
        Some(name) => age(client, held, name).await?,
    };
    Ok(format!(
        "SELECT {}, {}, {}, {provisioned}, {age}, {} FROM {}",
        text(held.table.key()),
        text(held.table.status()),
        or_null(from),
        or_null(held.url.as_ref()),
        table(held),
    ))
}

/// Numbers are Unix seconds, or milliseconds where they would be a year after 5000.
async fn age(client: &Client, held: &Held, name: &Identifier) -> Result<String, String> {
    let (of_table, name_text) = (table(held), name.as_str());
    let kind = client
        .query_opt(
            "SELECT typcategory = 'N' FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
             WHERE attrelid = to_regclass($1::text) AND attname = $2::text AND NOT attisdropped",
            &[&of_table, &name_text],
        )
        .await
        .map_err(said)?;
    let is_number = kind.is_some_and(|row| row.try_get(0).unwrap_or(false));
    let column = name.quoted();
    Ok(if is_number {
        format!(
            "(EXTRACT(EPOCH FROM now()) - {column} / CASE WHEN {column} > 100000000000 THEN 1000 ELSE 1 END)::bigint"
        )
    } else {
        format!("EXTRACT(EPOCH FROM now() - {column}::timestamptz)::bigint")
    })
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
