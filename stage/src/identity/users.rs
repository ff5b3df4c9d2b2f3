//! The identity service's users, in SQLite.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use uuid::Uuid;

use super::unix_seconds;

/// The users' database. SQLite blocks, so every query runs on a thread for blocking work.
#[derive(Clone, Debug)]
pub(crate) struct Users(Arc<Mutex<Connection>>);

/// A user as the API shows them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) username: String,
    pub(crate) role: String,
    pub(crate) is_active: bool,
    pub(crate) created_at: i64,
}

/// Why the users' database did not do what it was asked.
#[derive(Debug)]
pub enum UserError {
    /// Somebody has this e-mail address already.
    EmailTaken,
    /// A password could not be hashed.
    Hash(String),
    /// The database failed; SQLite's own words (incident I5: `no such table: users`).
    Sqlite(rusqlite::Error),
    /// The query was given up because the stage is stopping.
    Stopping,
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmailTaken => f.write_str("the e-mail address is taken"),
            Self::Hash(problem) => write!(f, "the password cannot be hashed: {problem}"),
            Self::Sqlite(problem) => write!(f, "{problem}"),
            Self::Stopping => f.write_str("the stage is stopping"),
        }
    }
}

impl std::error::Error for UserError {}

impl From<rusqlite::Error> for UserError {
    fn from(problem: rusqlite::Error) -> Self {
        let taken = problem
            .sqlite_error()
            .is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE);
        if taken {
            Self::EmailTaken
        } else {
            Self::Sqlite(problem)
        }
    }
}

/// The migrations, in order; what was applied is recorded, so that it can be proved (incident I5).
const MIGRATIONS: [(&str, &str); 2] = [
    (
        "0001_users",
        include_str!("../../migrations/0001_users.sql"),
    ),
    (
        "0002_refresh_tokens",
        include_str!("../../migrations/0002_refresh_tokens.sql"),
    ),
];

impl Users {
    pub(crate) async fn open(path: PathBuf, migrated: bool) -> Result<Self, UserError> {
        let opened = tokio::task::spawn_blocking(move || {
            let mut connection = Connection::open(path)?;
            connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;")?;
            if migrated {
                migrate(&mut connection)?;
            }
            Ok(Self(Arc::new(Mutex::new(connection))))
        });
        opened.await.unwrap_or(Err(UserError::Stopping))
    }

    pub(crate) async fn register(
        &self,
        email: &str,
        username: &str,
        password: &str,
    ) -> Result<User, UserError> {
        let (email, username, password) =
            (email.to_owned(), username.to_owned(), password.to_owned());
        self.run(move |connection| {
            let user = User {
                id: Uuid::new_v4().to_string(),
                email,
                username,
                role: "member".to_owned(),
                is_active: true,
                created_at: unix_seconds(),
            };
            // Asked before hashing, which takes long on purpose: a missing table is an answer at once.
            let mut insert = connection.prepare(
                "INSERT INTO users (id, email, username, password_hash, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            let hash = Argon2::default()
                .hash_password(password.as_bytes())
                .map_err(|problem| UserError::Hash(problem.to_string()))?;
            insert.execute(params![user.id, user.email, user.username, hash.to_string(), user.created_at])?;
            Ok(user)
        })
        .await
    }

    /// The user of this e-mail address and password, and a refresh token.
    pub(crate) async fn log_in(
        &self,
        email: &str,
        password: &str,
    ) -> Result<Option<(User, String)>, UserError> {
        let (email, password) = (email.to_owned(), password.to_owned());
        self.run(move |connection| {
            let query = "SELECT id, email, username, role, is_active, created_at, password_hash FROM users WHERE email = ?1";
            let found = connection
                .query_row(query, [&email], |row| Ok((user(row)?, row.get::<_, String>(6)?)))
                .optional()?;
            let Some((user, hash)) = found else { return Ok(None) };
            if Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_err() {
                return Ok(None);
            }
            let token = Uuid::new_v4().to_string();
            connection.execute(
                "INSERT INTO refresh_tokens (token, user_id, created_at) VALUES (?1, ?2, ?3)",
                params![token, user.id, unix_seconds()],
            )?;
            Ok(Some((user, token)))
        })
        .await
    }

    /// Ends a user's refresh tokens.
    pub(crate) async fn log_out(&self, id: &str) -> Result<(), UserError> {
        let id = id.to_owned();
        self.run(move |connection| {
            Ok(connection
                .execute("DELETE FROM refresh_tokens WHERE user_id = ?1", [id])
                .map(|_| ())?)
        })
        .await
    }

    pub(crate) async fn find(&self, id: &str) -> Result<Option<User>, UserError> {
        let id = id.to_owned();
        self.run(move |connection| {
            let query =
                "SELECT id, email, username, role, is_active, created_at FROM users WHERE id = ?1";
            Ok(connection.query_row(query, [id], user).optional()?)
        })
        .await
    }

    pub(crate) async fn remove(&self, id: &str) -> Result<bool, UserError> {
        let id = id.to_owned();
        self.run(move |connection| {
            Ok(connection.execute("DELETE FROM users WHERE id = ?1", [id])? == 1)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, UserError> + Send + 'static,
    ) -> Result<T, UserError> {
        let connection = Arc::clone(&self.0);
        let done = tokio::task::spawn_blocking(move || {
            query(&connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.unwrap_or(Err(UserError::Stopping))
    }
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        email: row.get(1)?,
        username: row.get(2)?,
        role: row.get(3)?,
        is_active: row.get(4)?,
        created_at: row.get(5)?,
    })
}

fn migrate(connection: &mut Connection) -> Result<(), UserError> {
    connection.execute_batch("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT")?;
    for (name, sql) in MIGRATIONS {
        let transaction = connection.transaction()?;
        let applied = transaction
            .query_row("SELECT 1 FROM migrations WHERE name = ?1", [name], |_| {
                Ok(())
            })
            .optional()?;
        if applied.is_none() {
            transaction.execute_batch(sql)?;
            transaction.execute(
                "INSERT INTO migrations (name, applied_at) VALUES (?1, ?2)",
                params![name, unix_seconds()],
            )?;
        }
        transaction.commit()?;
    }
    Ok(())
}
