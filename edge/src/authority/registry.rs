//! The registry: the built-in authority, a D1 database (`edge/migrations/`). Here it is read; `changes` are made by operators.

mod arrivals;
pub(crate) mod audit;
mod changes;
pub(crate) mod directory;
pub(crate) mod doors;
mod knocks;
mod people;
mod sessions;

use std::fmt;

use policy::contract::{InstanceRecord, MembershipWord, NewInstance, StandingRecord};
use policy::door::{Door, Knock};
use policy::instance_url::HostRule;
use policy::session::SignOuts;
use policy::sighting::{RawStanding, Unreadable};
use policy::standing::{Identity, InstanceId, Membership, Standing};
use policy::status::{IllegalTransition, Status};
use policy::strict_json::typed;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Authority, AuthorityFailure, stranger};
use crate::database::{Database, DatabaseFailed, Value};
pub(crate) use sessions::ACTIVITY;

/// The registry of this deployment.
pub(crate) struct Registry<'a> {
    pub(crate) database: Database,
    pub(crate) hosts: &'a [HostRule],
}

/// Why a change was not made.
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

impl fmt::Display for ChangeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflict(sentence) | Self::Failed(sentence) => f.write_str(sentence),
            Self::Illegal(transition) => transition.fmt(f),
            Self::NotFound => f.write_str("there is no such record"),
            Self::Unreadable(unreadable) => unreadable.fmt(f),
        }
    }
}

impl From<DatabaseFailed> for ChangeRefused {
    fn from(problem: DatabaseFailed) -> Self {
        Self::Failed(problem.to_string())
    }
}

/// A row as one JSON text: what crosses from JavaScript is one string, read like a record from any other store. `?3` is now: a
/// session that was ended is named only while its tokens could still be offered, and not where everything of its time is over.
macro_rules! standing {
    (address: $address:literal, org: $org:literal, instance: $instance:literal) => {
        concat!(
            "SELECT json_object(
                        'issuer', identities.issuer, 'subject', identities.subject, 'address', ",
            $address,
            ",
                        'membership', iif(users.requires_invitation, 'needs_invitation', 'member'),
                        'email', users.email, 'org', ",
            $org,
            ",
                        'role', iif(users.role = 'platform_owner', users.role, ifnull(members.role, users.role)),
                        'instance_id', instances.id, 'instance_url', instances.url, 'status', instances.status,
                        'since', instances.since, 'version', users.version + ifnull(instances.version, 0),
                        'signed_out_before', sign_outs.before,
                        'ended_sessions', (SELECT json_group_array(id) FROM (
                             SELECT id FROM sessions
                             WHERE user_id = users.id AND ended_at IS NOT NULL AND expires_at > ?3
                               AND (renewable OR issued_at >= ifnull(sign_outs.before, 0))
                             ORDER BY ended_at DESC LIMIT ?4))) AS record
             FROM identities
             JOIN users ON users.id = identities.user_id ",
            $instance,
            " LEFT JOIN members ON members.user_id = users.id AND members.org_id = ",
            $org,
            " LEFT JOIN sign_outs ON sign_outs.user_id = users.id
             WHERE identities.issuer = ?1 AND identities.subject = ?2"
        )
    };
}

/// At the door of their own instance, in the org they are in now.
const STANDING: &str = standing!(
    address: "NULL",
    org: "users.org",
    instance: "LEFT JOIN instances ON instances.user_id = users.id"
);

/// At the door of the instance with the address `?5`: if it is theirs, or its org's and they are a member, there as what they are in
/// that org.
const STANDING_AT: &str = standing!(
    address: "?5",
    org: "ifnull(theirs.org_id, users.org)",
    instance: "LEFT JOIN addresses ON addresses.address = ?5
               LEFT JOIN instance_orgs AS theirs ON theirs.instance_id = addresses.instance_id
                    AND EXISTS (SELECT 1 FROM members WHERE org_id = theirs.org_id AND user_id = users.id)
               LEFT JOIN instances ON instances.id = addresses.instance_id
                    AND (instances.user_id = users.id OR theirs.org_id IS NOT NULL)"
);

const INSTANCE: &str = "
    SELECT json_object(
               'id', instances.id, 'url', instances.url, 'status', instances.status,
               'suspended_from', instances.suspended_from, 'since', instances.since, 'version', instances.version,
               'user', instances.user_id, 'issuer', identities.issuer, 'subject', identities.subject,
               'addresses', json((SELECT json_group_array(address) FROM addresses WHERE instance_id = instances.id)),
               'org', (SELECT org_id FROM instance_orgs WHERE instance_id = instances.id)) AS record
    FROM instances
    LEFT JOIN identities ON identities.user_id = instances.user_id
    WHERE instances.id = ?1 LIMIT 1";

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
    user: String,
    issuer: Option<String>,
    subject: Option<String>,
    addresses: Vec<String>,
    org: Option<String>,
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
            user: Some(self.user),
            issuer: self.issuer,
            subject: self.subject,
            addresses: self.addresses,
            org: self.org,
        })
    }
}

impl Registry<'_> {
    /// What the registry knows of a person at a door; somebody it never heard of is a stranger, not an error.
    pub(crate) async fn standing(&self, knock: &Knock) -> Result<Standing, AuthorityFailure> {
        let record = self
            .record(knock)
            .await
            .map_err(|problem| AuthorityFailure::Unreachable(problem.to_string()))?;
        match record {
            Some(record) => {
                standing(&record, knock, self.hosts).map_err(AuthorityFailure::Unreadable)
            }
            None => Ok(stranger(knock)),
        }
    }

    async fn record(&self, knock: &Knock) -> Result<Option<String>, DatabaseFailed> {
        let Knock { identity, door } = knock;
        let mut values = vec![
            text(identity.issuer.as_str()),
            text(identity.subject.as_str()),
            number(crate::clock::now().unix_seconds()),
            number(SignOuts::MOST_SESSIONS as u64),
        ];
        let sql = match door {
            Door::Own => STANDING,
            Door::At(address) => {
                values.push(text(address.as_str()));
                STANDING_AT
            }
        };
        let statement = self.database.prepare(sql).bind(&values);
        statement.first(RECORD).await
    }

    /// The id of a person's record.
    pub(crate) async fn user_of(
        &self,
        identity: &Identity,
    ) -> Result<Option<String>, DatabaseFailed> {
        let sql = "SELECT user_id FROM identities WHERE issuer = ?1 AND subject = ?2";
        let statement = self.database.prepare(sql).bind(&[
            text(identity.issuer.as_str()),
            text(identity.subject.as_str()),
        ]);
        statement.first("user_id").await
    }

    /// The standing of a person, as the admin API shows it.
    pub(crate) async fn standing_record(
        &self,
        identity: &Identity,
    ) -> Result<StandingRecord, ChangeRefused> {
        let knock = Knock::own(identity.clone());
        let record = self.record(&knock).await?.ok_or(ChangeRefused::NotFound)?;
        let standing = standing(&record, &knock, self.hosts).map_err(ChangeRefused::Unreadable)?;
        let contact: Contact = read(&record).map_err(ChangeRefused::Unreadable)?;
        let (membership, org, role) = match standing.membership {
            Membership::Member { org, role } => {
                let org = org.map(|org| org.as_str().to_owned());
                (MembershipWord::Member, org, role)
            }
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
        let statement = self.database.prepare(INSTANCE).bind(&[text(id.as_str())]);
        let record: Option<String> = statement.first(RECORD).await?;
        let row: InstanceRow =
            read(&record.ok_or(ChangeRefused::NotFound)?).map_err(ChangeRefused::Unreadable)?;
        row.parse()
    }

    /// Whether the tables are there (incident I5: the database that was never migrated; I4: the table of events that was renamed,
    /// so that events were lost).
    pub(crate) async fn check(&self) -> Result<(), String> {
        let present = self.names("table").await?;
        let missing: Vec<_> = TABLES
            .into_iter()
            .filter(|table| present.iter().all(|name| name != table))
            .collect();
        if missing.is_empty() {
            Ok(())
        } else {
            Err(format!("no such table: {}", missing.join(", ")))
        }
    }

    /// The triggers that somebody else made: they change, or refuse, what the gate writes (incident I4).
    pub(crate) async fn foreign_triggers(&self) -> Result<Vec<String>, String> {
        let mut names = self.names("trigger").await?;
        names.retain(|name| !TRIGGERS.contains(&name.as_str()));
        Ok(names)
    }

    async fn names(&self, kind: &str) -> Result<Vec<String>, String> {
        let names = async {
            let statement = self.database.prepare(NAMES).bind(&[text(kind)]);
            statement.first("names").await
        };
        let names = names.await.map_err(|problem| problem.to_string())?;
        let names = names.unwrap_or_default();
        let names = names.split(',').filter(|name| !name.is_empty());
        Ok(names.map(str::to_owned).collect())
    }
}

const NAMES: &str =
    "SELECT ifnull(group_concat(name), '') AS names FROM sqlite_schema WHERE type = ?1";

/// Every trigger of the migrations.
const TRIGGERS: [&str; 7] = [
    "instances_changed",
    "instances_created",
    "owner_created",
    "owner_made",
    "user_welcomed",
    "usher_instances_insert",
    "usher_instances_update",
];

/// Every table of the migrations.
const TABLES: [&str; 15] = [
    "addresses",
    "allowed_domains",
    "denied_at_first_sight",
    "events",
    "identities",
    "instance_orgs",
    "instances",
    "invitations",
    "members",
    "orgs",
    "ownership",
    "sessions",
    "sign_outs",
    "status_history",
    "users",
];

impl Authority for Registry<'_> {
    async fn standing(&self, knock: &Knock) -> Result<Standing, AuthorityFailure> {
        self.standing(knock).await
    }
}

/// The name of the column of [`STANDING`] and [`INSTANCE`].
const RECORD: &str = "record";

fn standing(record: &str, knock: &Knock, hosts: &[HostRule]) -> Result<Standing, Unreadable> {
    read::<RawStanding>(record)?.parse(knock, hosts)
}

fn read<T: DeserializeOwned>(record: &str) -> Result<T, Unreadable> {
    typed::read(record.as_bytes()).map_err(|_| Unreadable::BadShape)
}

fn optional(value: Option<&str>) -> Value<'_> {
    value.map_or(Value::Null, Value::Text)
}

fn text(value: &str) -> Value<'_> {
    Value::Text(value)
}

fn number(value: u64) -> Value<'static> {
    Value::Number(value)
}

/// A truth value as SQLite has it.
fn flag(is_so: bool) -> Value<'static> {
    Value::Number(u64::from(is_so))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made_by_the_migrations(what: &str) -> Vec<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
        let files = std::fs::read_dir(folder).unwrap();
        let texts = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
        let made = texts.flat_map(|text| {
            let names = text.split(what).skip(1);
            let names = names.filter_map(|rest| rest.split_whitespace().next());
            let names = names.map(|name| name.trim_matches('"').to_owned());
            names.collect::<Vec<_>>()
        });
        let mut made: Vec<_> = made.collect();
        made.sort();
        made
    }

    #[test]
    fn no_table_of_the_migrations_is_missed_where_they_are_looked_for() {
        assert_eq!(
            made_by_the_migrations("CREATE TABLE IF NOT EXISTS "),
            TABLES
        );
    }

    #[test]
    fn no_trigger_of_the_migrations_is_taken_for_somebody_elses() {
        assert_eq!(made_by_the_migrations("CREATE TRIGGER "), TRIGGERS);
    }
}
