//! A control plane as a platform has it that existed before the gate: the table of incident I1, and `GET /standings` beside it, which
//! tells the gate where somebody stands. docs/authorities.md describes what is spoken here.

mod books;
mod postgres;
mod routes;
mod sqlite;

use std::fmt;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use policy::contract::{
    ControlPlaneInstance, ControlPlaneStanding, MembershipWord, PlatformMembership, StandingRecord,
};
use policy::status::Status;
use policy::time::Moment;

pub use books::BooksError;
use books::{AnyBooks, Books as _, Entry, Row};
pub(crate) use routes::router;

/// Where the stage's standings are kept.
#[derive(Clone, Debug, Default)]
pub enum Authority {
    /// In the gate's own store: the provisioner calls its admin API.
    #[default]
    Gate,
    /// In a control plane of the stage's own, which the gate asks.
    ControlPlane(ControlPlaneOptions),
}

/// How to run a control plane.
#[derive(Clone)]
pub struct ControlPlaneOptions {
    /// Where its table is.
    pub database: ControlPlaneDatabase,
    /// What calls between it and the gate are signed with.
    pub secret: String,
    /// Whether it tells the gate of changes unasked.
    pub push: bool,
}

/// Where the table is.
#[derive(Clone)]
pub enum ControlPlaneDatabase {
    /// PostgreSQL, at this address.
    Postgres(String),
    /// A file of SQLite.
    Sqlite(PathBuf),
}

impl fmt::Debug for ControlPlaneOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlPlaneOptions")
            .field("database", &self.database)
            .field("push", &self.push)
            .finish_non_exhaustive()
    }
}

/// The address of a database may hold its password.
impl fmt::Debug for ControlPlaneDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(_) => f.write_str("Postgres"),
            Self::Sqlite(path) => f.debug_tuple("Sqlite").field(path).finish(),
        }
    }
}

/// A control plane and its table.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    /// Whose subjects the users are.
    issuer: String,
    options: ControlPlaneOptions,
    books: AnyBooks,
}

impl ControlPlane {
    pub(crate) async fn open(
        issuer: String,
        options: ControlPlaneOptions,
    ) -> Result<Self, BooksError> {
        let books = AnyBooks::open(&options.database).await?;
        Ok(Self {
            issuer,
            options,
            books,
        })
    }

    /// The secret to push with, if changes are to be pushed.
    pub(crate) fn push_secret(&self) -> Option<&str> {
        self.options.push.then_some(self.options.secret.as_str())
    }

    pub(crate) fn secret(&self) -> &str {
        &self.options.secret
    }

    /// Where somebody stands; none is a stranger.
    pub(crate) async fn standing(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<ControlPlaneStanding>, BooksError> {
        if issuer != self.issuer {
            return Ok(None);
        }
        let row = self.books.read(subject).await?;
        row.map(|row| self.said(subject, row)).transpose()
    }

    /// Enters a user, and their instance in `provisioning` if they have none yet.
    pub(crate) async fn enter(
        &self,
        record: &StandingRecord,
    ) -> Result<Option<ControlPlaneStanding>, BooksError> {
        let instance = record.instance.as_ref();
        let entry = Entry {
            requires_invitation: record.membership == MembershipWord::NeedsInvitation,
            instance: instance.map(|it| (it.id.as_str(), it.url.as_str())),
        };
        self.books.enter(&record.subject, entry, now()).await?;
        self.standing(&record.issuer, &record.subject).await
    }

    /// Writes another status.
    pub(crate) async fn advance(
        &self,
        app_name: &str,
        status: Status,
    ) -> Result<Option<ControlPlaneStanding>, BooksError> {
        let user = self.books.advance(app_name, status.word(), now()).await?;
        self.standing(&self.issuer, &user).await
    }

    /// Removes a user; gives what to say of them from now on.
    pub(crate) async fn remove(&self, subject: &str) -> Result<ControlPlaneStanding, BooksError> {
        let before = self.books.read(subject).await?;
        self.books.remove(subject).await?;
        Ok(ControlPlaneStanding {
            address: None,
            signed_out_before: None,
            issuer: self.issuer.clone(),
            subject: subject.to_owned(),
            membership: PlatformMembership::Stranger,
            org: None,
            role: None,
            instance: None,
            version: before
                .map_or(0, |before| before.version + 1)
                .max(now().unix_millis()),
        })
    }

    fn said(&self, subject: &str, row: Row) -> Result<ControlPlaneStanding, BooksError> {
        let instance = row.instance.map(|(id, url, status)| {
            let status = Status::parse(&status);
            Ok::<_, BooksError>(ControlPlaneInstance {
                id,
                url,
                status: status.map_err(|unknown| BooksError::Wrong(unknown.to_string()))?,
                since: row.since.unix_seconds(),
            })
        });
        Ok(ControlPlaneStanding {
            address: None,
            signed_out_before: None,
            issuer: self.issuer.clone(),
            subject: subject.to_owned(),
            membership: if row.requires_invitation {
                PlatformMembership::NeedsInvitation
            } else {
                PlatformMembership::Member
            },
            org: None,
            role: None,
            instance: instance.transpose()?,
            version: row.version,
        })
    }
}

/// Now, in the form of the contract.
pub(crate) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let millis = since.map_or(0, |since| since.as_millis());
    Moment::from_unix_millis(u64::try_from(millis).unwrap_or(u64::MAX))
}
