//! The registry: the built-in authority, a D1 database (`edge/migrations/`). Here it is read; `changes` are made by operators.

mod changes;

use policy::contract::{
    InstanceList, InstanceRecord, MOST_INSTANCES, MembershipWord, NewInstance, StandingRecord,
};
use policy::instance_url::HostRule;
use policy::sighting::{RawStanding, Unreadable};
use policy::standing::{Identity, InstanceId, Membership, Standing};
use policy::status::{IllegalTransition, Status};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use worker::D1Database;

use super::{Authority, AuthorityFailure, stranger};

/// The registry of this deployment.
pub(crate) struct Registry<'a> {
    pub(crate) database: D1Database,
    pub(crate) hosts: &'a [HostRule],
}

/// Why a change was not made.
#[derive(Debug)]
pub(crate) enum ChangeRefused {
    /// It collides with what is there; the sentence says with what.
    Conflict(String),
    /// It would skip a status or go back.
    Illegal(IllegalTransition),
    /// There is no such record.
    NotFound,
    /// The database failed.
    Failed(String),
    /// The record there cannot be trusted.
    Unreadable(Unreadable),
}

impl From<worker::Error> for ChangeRefused {
    fn from(problem: worker::Error) -> Self {
        Self::Failed(problem.to_string())
    }
}

/// A row as one JSON text: what crosses from JavaScript is one string, read like a record from any other store.
const STANDING: &str = "
    SELECT json_object(
               'issuer', identities.issuer, 'subject', identities.subject,
               'membership', iif(users.requires_invitation, 'needs_invitation', 'member'),
               'email', users.email, 'org', users.org, 'role', users.role,
               'instance_id', instances.id, 'instance_url', instances.url, 'status', instances.status,
               'since', instances.since, 'version', users.version + ifnull(instances.version, 0)) AS record
    FROM identities
    JOIN users ON users.id = identities.user_id
    LEFT JOIN instances ON instances.user_id = users.id
    WHERE identities.issuer = ?1 AND identities.subject = ?2";

const INSTANCE: &str = "
    SELECT json_object(
               'id', instances.id, 'url', instances.url, 'status', instances.status,
               'suspended_from', instances.suspended_from, 'since', instances.since, 'version', instances.version,
               'issuer', identities.issuer, 'subject', identities.subject) AS record
    FROM instances
    JOIN identities ON identities.user_id = instances.user_id
    WHERE instances.id = ?1";

/// Those of one status, the longest in it first, as one JSON list.
const INSTANCES: &str = "
    SELECT json_object(
               'total', (SELECT count(*) FROM instances WHERE status = ?1),
               'instances', json_group_array(json(record))) AS record
    FROM (SELECT json_object(
                     'id', instances.id, 'url', instances.url, 'status', instances.status,
                     'suspended_from', instances.suspended_from, 'since', instances.since, 'version', instances.version,
                     'issuer', identities.issuer, 'subject', identities.subject) AS record
          FROM instances
          JOIN identities ON identities.user_id = instances.user_id
          WHERE instances.status = ?1
          ORDER BY instances.since, instances.id
          LIMIT ?2)";

#[derive(Deserialize)]
struct Contact {
    email: Option<String>,
}

#[derive(Deserialize)]
struct InstanceRow {
    id: String,
    url: String,
    status: String,
    suspended_from: Option<String>,
    since: u64,
    version: u64,
    issuer: String,
    subject: String,
}

#[derive(Deserialize)]
struct InstanceRows {
    instances: Vec<InstanceRow>,
    total: u64,
}

impl InstanceRow {
    fn parse(self) -> Result<InstanceRecord, ChangeRefused> {
        let status = |word: &str| {
            Status::parse(word)
                .map_err(|unknown| ChangeRefused::Unreadable(Unreadable::UnknownStatus(unknown)))
        };
        Ok(InstanceRecord {
            status: status(&self.status)?,
            suspended_from: self.suspended_from.as_deref().map(status).transpose()?,
            id: self.id,
            url: self.url,
            since: self.since,
            version: self.version,
            issuer: self.issuer,
            subject: self.subject,
        })
    }
}

impl Registry<'_> {
    /// What the registry knows of a person; somebody it never heard of is a stranger, not an error.
    pub(crate) async fn standing(&self, identity: &Identity) -> Result<Standing, AuthorityFailure> {
        let record = self
            .record(identity)
            .await
            .map_err(|problem| AuthorityFailure::Unreachable(problem.to_string()))?;
        match record {
            Some(record) => {
                standing(&record, identity, self.hosts).map_err(AuthorityFailure::Unreadable)
            }
            None => Ok(stranger(identity)),
        }
    }

    async fn record(&self, identity: &Identity) -> worker::Result<Option<String>> {
        let statement = self.database.prepare(STANDING).bind(&[
            text(identity.issuer.as_str()),
            text(identity.subject.as_str()),
        ])?;
        statement.first(Some(RECORD)).await
    }

    /// The same for operators, as the admin API shows it.
    pub(crate) async fn standing_record(
        &self,
        identity: &Identity,
    ) -> Result<StandingRecord, ChangeRefused> {
        let record = self
            .record(identity)
            .await?
            .ok_or(ChangeRefused::NotFound)?;
        let standing =
            standing(&record, identity, self.hosts).map_err(ChangeRefused::Unreadable)?;
        let contact: Contact = read(&record).map_err(ChangeRefused::Unreadable)?;
        let (membership, org, role) = match standing.membership {
            Membership::Member { org, role } => (MembershipWord::Member, org, role),
            Membership::NeedsInvitation | Membership::Stranger => (
                MembershipWord::NeedsInvitation,
                None,
                policy::standing::Role::default(),
            ),
        };
        Ok(StandingRecord {
            issuer: identity.issuer.as_str().to_owned(),
            subject: identity.subject.as_str().to_owned(),
            email: contact.email,
            membership,
            org,
            role,
            instance: standing.instance.map(|instance| NewInstance {
                id: instance.id.as_str().to_owned(),
                url: instance.url.as_str().to_owned(),
            }),
        })
    }

    /// One instance, for operators.
    pub(crate) async fn instance(&self, id: &InstanceId) -> Result<InstanceRecord, ChangeRefused> {
        let statement = self.database.prepare(INSTANCE).bind(&[text(id.as_str())])?;
        let record: Option<String> = statement.first(Some(RECORD)).await?;
        let row: InstanceRow =
            read(&record.ok_or(ChangeRefused::NotFound)?).map_err(ChangeRefused::Unreadable)?;
        row.parse()
    }

    /// The instances of one status, for operators who look for those that are stuck.
    pub(crate) async fn instances(&self, status: Status) -> Result<InstanceList, ChangeRefused> {
        let statement = self
            .database
            .prepare(INSTANCES)
            .bind(&[text(status.word()), number(MOST_INSTANCES as u64)])?;
        let record: Option<String> = statement.first(Some(RECORD)).await?;
        let rows: InstanceRows =
            read(&record.ok_or(ChangeRefused::NotFound)?).map_err(ChangeRefused::Unreadable)?;
        let instances = rows.instances.into_iter().map(InstanceRow::parse);
        Ok(InstanceList {
            instances: instances.collect::<Result<_, _>>()?,
            total: rows.total,
        })
    }

    /// Whether the tables are there (incident I5: the database that was never migrated).
    pub(crate) async fn check(&self) -> Result<(), String> {
        let statement = self
            .database
            .prepare("SELECT count(*) AS tables FROM (SELECT 1 FROM identities LIMIT 1)");
        statement
            .first::<u32>(Some("tables"))
            .await
            .map(|_| ())
            .map_err(|problem| problem.to_string())
    }
}

impl Authority for Registry<'_> {
    async fn standing(&self, identity: &Identity) -> Result<Standing, AuthorityFailure> {
        self.standing(identity).await
    }
}

/// The name of the column of [`STANDING`] and [`INSTANCE`].
const RECORD: &str = "record";

fn standing(record: &str, identity: &Identity, hosts: &[HostRule]) -> Result<Standing, Unreadable> {
    read::<RawStanding>(record)?.parse(identity, hosts)
}

fn read<T: for<'de> Deserialize<'de>>(record: &str) -> Result<T, Unreadable> {
    // Not `from_str`: each kind of input is a parser of its own in the WebAssembly, about 15 KB.
    serde_json::from_slice(record.as_bytes()).map_err(|_| Unreadable::BadShape)
}

fn text(value: &str) -> JsValue {
    JsValue::from_str(value)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds and seconds of our time are far below 2^53"
)]
fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}
