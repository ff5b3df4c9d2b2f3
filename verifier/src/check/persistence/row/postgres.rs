//! A marker row in PostgreSQL.

use tokio_postgres::error::SqlState;

use crate::check::persistence::row::{Kept, NoRow, Statements};
use crate::contract::TableName;
use crate::sources::postgres::{PostgresError, connect};

/// Makes the table where it is not there yet, and writes the row; all of it or nothing.
pub(super) async fn write(url: &str, table: &TableName, kept: &Kept) -> Result<(), String> {
    let statements = Statements(table);
    let mut client = connect(url).await.map_err(|error| error.to_string())?;
    let written_at = i64::try_from(kept.written_at_unix_seconds).unwrap_or_default();
    let writing = async {
        let transaction = client.transaction().await?;
        transaction.batch_execute(&statements.make()).await?;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 2] = [&kept.marker, &written_at];
        transaction.execute(&statements.write(), &values).await?;
        transaction.commit().await
    };
    writing.await.map_err(said)
}

/// Removes the row, and with the last one the table; what came in the way of that is no matter for whether it was there.
pub(super) async fn take(
    url: &str,
    table: &TableName,
    kept: &Kept,
) -> Result<Result<(), String>, NoRow> {
    let statements = Statements(table);
    let connected = connect(url).await;
    let mut client = connected.map_err(|error| match &error {
        // The server answers, and this database is not there any more.
        PostgresError::Sql(sql) if sql.code() == Some(&SqlState::UNDEFINED_DATABASE) => {
            NoRow::Gone(error.to_string())
        }
        PostgresError::Address(_)
        | PostgresError::Parameter(_)
        | PostgresError::Sql(_)
        | PostgresError::Tls(_) => NoRow::Unasked(error.to_string()),
    })?;
    let removed = client.execute(&statements.remove(), &[&kept.marker]).await;
    match removed {
        Ok(0) => return Err(NoRow::Gone(format!("{table} has no such row"))),
        Ok(_) => {}
        Err(error) => {
            let is_gone = [&SqlState::UNDEFINED_TABLE, &SqlState::INVALID_SCHEMA_NAME]
                .map(Some)
                .contains(&error.code());
            let said = said(error);
            return Err(if is_gone {
                NoRow::Gone(said)
            } else {
                NoRow::Unasked(said)
            });
        }
    }
    let throwing_away = async {
        let transaction = client.transaction().await?;
        // Nobody writes another marker between the look and the end.
        let lock = format!("LOCK TABLE {statements} IN ACCESS EXCLUSIVE MODE");
        transaction.batch_execute(&lock).await?;
        let row = transaction.query_one(&statements.is_empty(), &[]).await?;
        if row.try_get(0)? {
            transaction.batch_execute(&statements.throw_away()).await?;
        }
        transaction.commit().await
    };
    Ok(throwing_away.await.map_err(said))
}

fn said(error: tokio_postgres::Error) -> String {
    PostgresError::Sql(error).to_string()
}
