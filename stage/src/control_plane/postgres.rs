//! The tables in PostgreSQL, over one connection: the stage asks little.

use policy::time::Moment;
use tokio::sync::Mutex;
use tokio_postgres::{Client, NoTls};

use super::books::{
    ADVANCE, Books, BooksError, Columns, ENTER_INSTANCE, ENTER_STANDING, Entry, NOTE_CHANGE, READ,
    REMOVE, Row, TABLES, number,
};

/// A connection to PostgreSQL.
pub(super) struct Postgres(Mutex<Client>);

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Postgres")
    }
}

impl Postgres {
    pub(super) async fn open(url: &str) -> Result<Self, BooksError> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        // Ends with the client; what fails on the way is told to whoever asked.
        tokio::spawn(connection);
        client.batch_execute(TABLES).await?;
        Ok(Self(Mutex::new(client)))
    }
}

impl Books for Postgres {
    async fn read(&self, user: &str) -> Result<Option<Row>, BooksError> {
        let row = self.0.lock().await.query_opt(READ, &[&user]).await?;
        let columns = row.map(|row| {
            Ok::<_, tokio_postgres::Error>(Columns {
                requires_invitation: row.try_get(0)?,
                since: row.try_get(1)?,
                version: row.try_get(2)?,
                name: row.try_get(3)?,
                url: row.try_get(4)?,
                status: row.try_get(5)?,
            })
        });
        Ok(columns.transpose()?.map(Row::from))
    }

    async fn enter(&self, user: &str, entry: Entry<'_>, now: Moment) -> Result<(), BooksError> {
        let mut client = self.0.lock().await;
        let transaction = client.transaction().await?;
        let requires_invitation = i64::from(entry.requires_invitation);
        let (millis, seconds) = (number(now.unix_millis()), number(now.unix_seconds()));
        transaction
            .execute(
                ENTER_STANDING,
                &[&user, &requires_invitation, &millis, &millis],
            )
            .await?;
        if let Some((name, url)) = entry.instance {
            transaction
                .execute(ENTER_INSTANCE, &[&user, &name, &url, &seconds])
                .await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn advance(&self, app: &str, status: &str, now: Moment) -> Result<String, BooksError> {
        let mut client = self.0.lock().await;
        let transaction = client.transaction().await?;
        let (millis, seconds) = (number(now.unix_millis()), number(now.unix_seconds()));
        let row = transaction
            .query_opt(ADVANCE, &[&status, &seconds, &app])
            .await?;
        let row = row.ok_or_else(|| BooksError::NoInstance(app.to_owned()))?;
        let user: String = row.try_get(0)?;
        transaction.execute(NOTE_CHANGE, &[&millis, &user]).await?;
        transaction.commit().await?;
        Ok(user)
    }

    async fn remove(&self, user: &str) -> Result<(), BooksError> {
        let mut client = self.0.lock().await;
        let transaction = client.transaction().await?;
        for statement in REMOVE {
            transaction.execute(statement, &[&user]).await?;
        }
        Ok(transaction.commit().await?)
    }
}
