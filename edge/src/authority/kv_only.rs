//! KV itself as the authority, for the smallest users: no database, and changes that take KV's time to arrive (docs/authorities.md).
//! Here it is read; `changes` are made by operators.

mod changes;

use policy::contract::{InstanceRecord, MembershipWord, NewInstance, StandingRecord};
use policy::door::Knock;
use policy::instance_url::HostRule;
use policy::sighting::{RawStanding, Unreadable};
use policy::standing::{Identity, InstanceId, IssuerUrl, Role, Standing, Subject};
use policy::status::Status;
use policy::storage_key::{owner_key, standing_key};
use policy::strict_json::typed;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use worker::Env;

use super::registry::ChangeRefused;
use super::{Authority, AuthorityFailure, stranger};
use crate::store::Store;

/// The standings in KV.
pub(crate) struct KvOnly<'a> {
    pub(crate) env: &'a Env,
    pub(crate) hosts: &'a [HostRule],
}

/// A person's record.
#[derive(Deserialize, Serialize)]
struct Record {
    v: u32,
    standing: RawStanding,
    email: Option<String>,
    suspended_from: Option<Status>,
}

/// Whose an instance is.
#[derive(Deserialize, Serialize)]
struct Owner {
    issuer: String,
    subject: String,
}

/// The version of the stored form; a record of another one is not believed.
const RECORD_VERSION: u32 = 1;

/// Longest record in bytes; anything longer is not ours.
const MAX_RECORD_BYTES: usize = 4096;

impl Authority for KvOnly<'_> {
    async fn standing(&self, knock: &Knock) -> Result<Standing, AuthorityFailure> {
        let record = self
            .record(&knock.identity)
            .await
            .map_err(|refusal| match refusal {
                ReadFailure::Failed(problem) => AuthorityFailure::Unreachable(problem),
                ReadFailure::Unreadable(unreadable) => AuthorityFailure::Unreadable(unreadable),
            })?;
        match record {
            Some(record) => record
                .standing
                .parse(knock, self.hosts)
                .map_err(AuthorityFailure::Unreadable),
            // KV remembers misses as well, so this one may be over: a stranger is asked for again soon (`FreshnessRules`).
            None => Ok(stranger(knock)),
        }
    }
}

/// Why a record was not read.
enum ReadFailure {
    Failed(String),
    Unreadable(Unreadable),
}

impl From<ReadFailure> for ChangeRefused {
    fn from(failure: ReadFailure) -> Self {
        match failure {
            ReadFailure::Failed(problem) => Self::Failed(problem),
            ReadFailure::Unreadable(unreadable) => Self::Unreadable(unreadable),
        }
    }
}

impl KvOnly<'_> {
    /// A standing as the admin API shows it.
    pub(crate) async fn standing_record(
        &self,
        identity: &Identity,
    ) -> Result<StandingRecord, ChangeRefused> {
        let record = self.record(identity).await?;
        shown(&record.ok_or(ChangeRefused::NotFound)?)
    }

    /// One instance, for operators.
    pub(crate) async fn instance(&self, id: &InstanceId) -> Result<InstanceRecord, ChangeRefused> {
        let (_, record) = self.owned(id).await?;
        instance(&record)
    }

    /// The owner of an instance, and their record.
    async fn owned(&self, id: &InstanceId) -> Result<(Identity, Record), ChangeRefused> {
        let owner = self.owner(id).await?.ok_or(ChangeRefused::NotFound)?;
        let record = self.record(&owner).await?;
        // Who was removed, or never finished, owns nothing.
        let record =
            record.filter(|record| record.standing.instance_id.as_deref() == Some(id.as_str()));
        Ok((owner, record.ok_or(ChangeRefused::NotFound)?))
    }

    async fn owner(&self, id: &InstanceId) -> Result<Option<Identity>, ReadFailure> {
        let Some(owner) = self.read::<Owner>(&owner_key(id)).await? else {
            return Ok(None);
        };
        match (IssuerUrl::new(&owner.issuer), Subject::new(&owner.subject)) {
            (Some(issuer), Some(subject)) => Ok(Some(Identity { issuer, subject })),
            (_, _) => Err(ReadFailure::Unreadable(Unreadable::BadShape)),
        }
    }

    async fn record(&self, identity: &Identity) -> Result<Option<Record>, ReadFailure> {
        let record: Option<Record> = self.read(&standing_key(identity)).await?;
        match record {
            Some(record) if record.v != RECORD_VERSION => {
                Err(ReadFailure::Unreadable(Unreadable::BadShape))
            }
            record => Ok(record),
        }
    }

    async fn read<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, ReadFailure> {
        let store = self.store()?;
        let Some(bytes) = store.get(key).await.map_err(ReadFailure::Failed)? else {
            return Ok(None);
        };
        if bytes.len() > MAX_RECORD_BYTES {
            return Err(ReadFailure::Unreadable(Unreadable::BadShape));
        }
        typed::read(&bytes)
            .map(Some)
            .map_err(|_| ReadFailure::Unreadable(Unreadable::BadShape))
    }

    fn store(&self) -> Result<Store, ReadFailure> {
        Store::of(self.env).map_err(ReadFailure::Failed)
    }
}

fn shown(record: &Record) -> Result<StandingRecord, ChangeRefused> {
    let raw = &record.standing;
    let unknown = || ChangeRefused::Unreadable(Unreadable::UnknownMembership);
    let (membership, role) = match raw.membership.as_str() {
        MEMBER => (
            MembershipWord::Member,
            raw.role
                .as_deref()
                .and_then(Role::parse)
                .ok_or_else(unknown)?,
        ),
        NEEDS_INVITATION => (MembershipWord::NeedsInvitation, Role::default()),
        _ => return Err(unknown()),
    };
    let instance = match (&raw.instance_id, &raw.instance_url) {
        (Some(id), Some(url)) => Some(NewInstance {
            id: id.clone(),
            url: url.clone(),
        }),
        (_, _) => None,
    };
    Ok(StandingRecord {
        issuer: raw.issuer.clone(),
        subject: raw.subject.clone(),
        email: record.email.clone(),
        membership,
        org: raw
            .org
            .clone()
            .filter(|_| membership == MembershipWord::Member),
        role,
        instance,
    })
}

fn instance(record: &Record) -> Result<InstanceRecord, ChangeRefused> {
    let raw = &record.standing;
    let (Some(id), Some(url), Some(status), Some(since)) =
        (&raw.instance_id, &raw.instance_url, &raw.status, raw.since)
    else {
        return Err(ChangeRefused::Unreadable(Unreadable::BadShape));
    };
    Ok(InstanceRecord {
        id: id.clone(),
        url: url.clone(),
        status: Status::parse(status)
            .map_err(|unknown| ChangeRefused::Unreadable(Unreadable::UnknownStatus(unknown)))?,
        suspended_from: record.suspended_from,
        since,
        version: raw.version,
        user: None,
        addresses: Vec::new(),
        org: None,
        issuer: Some(raw.issuer.clone()),
        subject: Some(raw.subject.clone()),
    })
}

/// The words of [`RawStanding`].
const MEMBER: &str = "member";
const NEEDS_INVITATION: &str = "needs_invitation";
