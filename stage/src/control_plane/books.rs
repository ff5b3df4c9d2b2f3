//! The control plane's two tables, in words that SQLite and PostgreSQL both understand.
//!
//! `user_instances` is that of incident I1, column by column. It does not say since when a status is so, counts no changes, and knows
//! nobody without an instance; what a platform adds for that stands beside it, in `standings`.

use std::fmt;

use policy::time::Moment;

use super::ControlPlaneDatabase;
use super::postgres::Postgres;
use super::sqlite::Sqlite;

/// What is known of one user.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) requires_invitation: bool,
    pub(super) since: Moment,
    pub(super) version: u64,
    /// Name and address of the app, and its status as it is written.
    pub(super) instance: Option<(String, String, String)>,
}

/// What is entered of one user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    pub(super) requires_invitation: bool,
    /// Name and address of the app.
    pub(super) instance: Option<(&'a str, &'a str)>,
}

/// A database that holds the tables. Each change is whole or is not made.
pub(super) trait Books {
    async fn read(&self, user: &str) -> Result<Option<Row>, BooksError>;
    async fn enter(&self, user: &str, entry: Entry<'_>, now: Moment) -> Result<(), BooksError>;
    /// Gives the user whose app it is.
    async fn advance(&self, app: &str, status: &str, now: Moment) -> Result<String, BooksError>;
    async fn remove(&self, user: &str) -> Result<(), BooksError>;
}

/// The tables. Numbers are wide in PostgreSQL and any in SQLite.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS user_instances (
        user_id         TEXT PRIMARY KEY,
        waiting_list_id TEXT,
        fly_app_name    TEXT NOT NULL UNIQUE,
        fly_app_url     TEXT NOT NULL,
        status          TEXT NOT NULL,
        provisioned_at  BIGINT,
        created_at      BIGINT NOT NULL
    );
    CREATE TABLE IF NOT EXISTS standings (
        user_id             TEXT PRIMARY KEY,
        requires_invitation BIGINT NOT NULL,
        status_since        BIGINT NOT NULL,
        version             BIGINT NOT NULL
    );";

// Parameters are written `$1`, `$2` and appear in this order for the first time, which is how SQLite counts them.

pub(super) const READ: &str = "
    SELECT requires_invitation, status_since, version, fly_app_name, fly_app_url, status
    FROM standings LEFT JOIN user_instances ON user_instances.user_id = standings.user_id
    WHERE standings.user_id = $1";

/// User, invitation, now in milliseconds, now in milliseconds.
pub(super) const ENTER_STANDING: &str = "
    INSERT INTO standings (user_id, requires_invitation, status_since, version) VALUES ($1, $2, $3, $4)
    ON CONFLICT (user_id) DO UPDATE SET requires_invitation = excluded.requires_invitation, version =
        CASE WHEN standings.version >= excluded.version THEN standings.version + 1 ELSE excluded.version END";

/// User, name, address, now in seconds.
pub(super) const ENTER_INSTANCE: &str = "
    INSERT INTO user_instances (user_id, fly_app_name, fly_app_url, status, created_at)
    VALUES ($1, $2, $3, 'provisioning', $4) ON CONFLICT (user_id) DO NOTHING";

/// Status, now in seconds, name.
pub(super) const ADVANCE: &str = "
    UPDATE user_instances SET status = $1,
        provisioned_at = CASE WHEN status = 'provisioning' THEN $2 ELSE provisioned_at END
    WHERE fly_app_name = $3 RETURNING user_id";

/// Now in milliseconds, user.
pub(super) const NOTE_CHANGE: &str = "
    UPDATE standings SET status_since = $1, version = CASE WHEN version >= $1 THEN version + 1 ELSE $1 END
    WHERE user_id = $2";

pub(super) const REMOVE: [&str; 2] = [
    "DELETE FROM user_instances WHERE user_id = $1",
    "DELETE FROM standings WHERE user_id = $1",
];

/// The database that was chosen.
#[derive(Debug)]
pub(super) enum AnyBooks {
    Postgres(Postgres),
    Sqlite(Sqlite),
}

impl AnyBooks {
    pub(super) async fn open(database: &ControlPlaneDatabase) -> Result<Self, BooksError> {
        Ok(match database {
            ControlPlaneDatabase::Postgres(url) => Self::Postgres(Postgres::open(url).await?),
            ControlPlaneDatabase::Sqlite(path) => Self::Sqlite(Sqlite::open(path.clone()).await?),
        })
    }
}

impl Books for AnyBooks {
    async fn read(&self, user: &str) -> Result<Option<Row>, BooksError> {
        match self {
            Self::Postgres(books) => books.read(user).await,
            Self::Sqlite(books) => books.read(user).await,
        }
    }

    async fn enter(&self, user: &str, entry: Entry<'_>, now: Moment) -> Result<(), BooksError> {
        match self {
            Self::Postgres(books) => books.enter(user, entry, now).await,
            Self::Sqlite(books) => books.enter(user, entry, now).await,
        }
    }

    async fn advance(&self, app: &str, status: &str, now: Moment) -> Result<String, BooksError> {
        match self {
            Self::Postgres(books) => books.advance(app, status, now).await,
            Self::Sqlite(books) => books.advance(app, status, now).await,
        }
    }

    async fn remove(&self, user: &str) -> Result<(), BooksError> {
        match self {
            Self::Postgres(books) => books.remove(user).await,
            Self::Sqlite(books) => books.remove(user).await,
        }
    }
}

/// What both databases give for [`READ`].
pub(super) struct Columns {
    pub(super) requires_invitation: i64,
    pub(super) since: i64,
    pub(super) version: i64,
    pub(super) name: Option<String>,
    pub(super) url: Option<String>,
    pub(super) status: Option<String>,
}

impl From<Columns> for Row {
    fn from(columns: Columns) -> Self {
        let number = |number| u64::try_from(number).unwrap_or_default();
        let instance = columns.name.zip(columns.url).zip(columns.status);
        Self {
            requires_invitation: columns.requires_invitation != 0,
            since: Moment::from_unix_millis(number(columns.since)),
            version: number(columns.version),
            instance: instance.map(|((name, url), status)| (name, url, status)),
        }
    }
}

/// Milliseconds or seconds as both databases take them.
pub(super) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Why the tables did not do what they were asked.
#[derive(Debug)]
pub enum BooksError {
    /// There is no instance of this name.
    NoInstance(String),
    /// PostgreSQL failed.
    Postgres(tokio_postgres::Error),
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// The query was given up because the stage is stopping.
    Stopping,
    /// A row says what nobody understands.
    Wrong(String),
}

impl fmt::Display for BooksError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInstance(name) => write!(f, "there is no instance `{name}`"),
            Self::Postgres(problem) => {
                write!(f, "{problem}")?;
                // PostgreSQL's own words stand in the cause.
                match std::error::Error::source(problem) {
                    Some(cause) => write!(f, ": {cause}"),
                    None => Ok(()),
                }
            }
            Self::Sqlite(problem) => write!(f, "{problem}"),
            Self::Stopping => f.write_str("the stage is stopping"),
            Self::Wrong(problem) => f.write_str(problem),
        }
    }
}

impl std::error::Error for BooksError {}

impl From<rusqlite::Error> for BooksError {
    fn from(problem: rusqlite::Error) -> Self {
        Self::Sqlite(problem)
    }
}

impl From<tokio_postgres::Error> for BooksError {
    fn from(problem: tokio_postgres::Error) -> Self {
        Self::Postgres(problem)
    }
}
