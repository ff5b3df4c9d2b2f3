//! The tables in SQLite, which blocks, so every query runs on a thread for blocking work.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use policy::time::Moment;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::books::{
    ADVANCE, Books, BooksError, Columns, ENTER_INSTANCE, ENTER_STANDING, Entry, NOTE_CHANGE, READ,
    REMOVE, Row, TABLES, number,
};

/// A file of SQLite.
#[derive(Debug)]
pub(super) struct Sqlite(Arc<Mutex<Connection>>);

impl Sqlite {
    pub(super) async fn open(path: PathBuf) -> Result<Self, BooksError> {
        let opened = tokio::task::spawn_blocking(move || {
            let connection = Connection::open(path)?;
            connection.execute_batch(TABLES)?;
            Ok(connection)
        });
        let connection = opened.await.unwrap_or(Err(BooksError::Stopping))?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&mut Connection) -> Result<T, BooksError> + Send + 'static,
    ) -> Result<T, BooksError> {
        let connection = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            query(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.unwrap_or(Err(BooksError::Stopping))
    }
}

impl Books for Sqlite {
    async fn read(&self, user: &str) -> Result<Option<Row>, BooksError> {
        let user = user.to_owned();
        self.run(move |connection| {
            let columns = connection.query_row(READ, [user], |row| {
                Ok(Columns {
                    requires_invitation: row.get(0)?,
                    since: row.get(1)?,
                    version: row.get(2)?,
                    name: row.get(3)?,
                    url: row.get(4)?,
                    status: row.get(5)?,
                })
            });
            Ok(columns.optional()?.map(Row::from))
        })
        .await
    }

    async fn enter(&self, user: &str, entry: Entry<'_>, now: Moment) -> Result<(), BooksError> {
        let user = user.to_owned();
        let requires_invitation = i64::from(entry.requires_invitation);
        let instance = entry.instance;
        let instance = instance.map(|(name, url)| (name.to_owned(), url.to_owned()));
        let (millis, seconds) = (number(now.unix_millis()), number(now.unix_seconds()));
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            let standing = params![user, requires_invitation, millis, millis];
            transaction.execute(ENTER_STANDING, standing)?;
            if let Some((name, url)) = instance {
                transaction.execute(ENTER_INSTANCE, params![user, name, url, seconds])?;
            }
            Ok(transaction.commit()?)
        })
        .await
    }

    async fn advance(&self, app: &str, status: &str, now: Moment) -> Result<String, BooksError> {
        let (app, status) = (app.to_owned(), status.to_owned());
        let (millis, seconds) = (number(now.unix_millis()), number(now.unix_seconds()));
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            let change = params![status, seconds, app];
            let user = transaction.query_row(ADVANCE, change, |row| row.get(0));
            let user: String = user.optional()?.ok_or(BooksError::NoInstance(app))?;
            transaction.execute(NOTE_CHANGE, params![millis, user])?;
            transaction.commit()?;
            Ok(user)
        })
        .await
    }

    async fn remove(&self, user: &str) -> Result<(), BooksError> {
        let user = user.to_owned();
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            for statement in REMOVE {
                transaction.execute(statement, [&user])?;
            }
            Ok(transaction.commit()?)
        })
        .await
    }
}
