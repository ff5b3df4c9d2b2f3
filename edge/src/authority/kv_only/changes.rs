//! What operators change in KV. KV compares nothing when it writes: of two changes of one person at one moment the later wins, which
//! is why this authority is for platforms with one writer.

use policy::contract::{InstanceRecord, MembershipWord, StandingRecord, StandingRequest};
use policy::door::Knock;
use policy::sighting::{RawStanding, Unreadable};
use policy::standing::{Identity, InstanceId, Role, Standing};
use policy::status::Status;
use policy::storage_key::{owner_key, standing_key};
use policy::time::Moment;

use super::{
    ChangeRefused, KvOnly, MEMBER, NEEDS_INVITATION, Owner, RECORD_VERSION, ReadFailure, Record,
    instance, shown,
};

impl KvOnly<'_> {
    /// Creates or replaces what is known of a person; an instance is created in `provisioning`, never changed. Gives what the admin
    /// API answers, and the standing as the gate will see it.
    pub(crate) async fn put_standing(
        &self,
        identity: &Identity,
        new: &StandingRequest,
        now: Moment,
    ) -> Result<(StandingRecord, Standing), ChangeRefused> {
        let before = self.record(identity).await?;
        // What is not said stays.
        let said = |member: fn(&RawStanding) -> Option<String>| {
            before.as_ref().and_then(|before| member(&before.standing))
        };
        let email = (new.email.clone())
            .unwrap_or_else(|| before.as_ref().and_then(|before| before.email.clone()));
        let mut raw = RawStanding {
            issuer: new.issuer.clone(),
            subject: new.subject.clone(),
            address: None,
            membership: match new.membership {
                MembershipWord::Member => MEMBER.to_owned(),
                MembershipWord::NeedsInvitation => NEEDS_INVITATION.to_owned(),
            },
            org: new
                .org
                .clone()
                .unwrap_or_else(|| said(|raw| raw.org.clone())),
            role: Some(new.role.map_or_else(
                || {
                    said(|raw| raw.role.clone())
                        .unwrap_or_else(|| Role::default().word().to_owned())
                },
                |role| role.word().to_owned(),
            )),
            instance_id: None,
            instance_url: None,
            status: None,
            since: None,
            signed_out_before: before
                .as_ref()
                .and_then(|before| before.standing.signed_out_before),
            ended_sessions: Vec::new(),
            version: next_version(before.as_ref(), now),
        };
        let suspended_from = before.as_ref().and_then(|before| before.suspended_from);
        let there = before.filter(|before| before.standing.instance_id.is_some());
        if let Some(wanted) = &new.instance {
            let id = InstanceId::new(&wanted.id).ok_or(ChangeRefused::NotFound)?;
            let same = |record: &Record| {
                record.standing.instance_id.as_ref() == Some(&wanted.id)
                    && record.standing.instance_url.as_ref() == Some(&wanted.url)
            };
            let owner = self.owner(&id).await?;
            let other_owner = owner.is_some_and(|owner| owner != *identity);
            if other_owner || there.as_ref().is_some_and(|there| !same(there)) {
                return Err(conflict(there.as_ref()));
            }
            raw.instance_id = Some(wanted.id.clone());
            raw.instance_url = Some(wanted.url.clone());
            raw.status = Some(Status::Provisioning.word().to_owned());
            raw.since = Some(now.unix_seconds());
            // The owner first: an owner without a record owns nothing, but a record without an owner could not be changed.
            let owner = Owner {
                issuer: new.issuer.clone(),
                subject: new.subject.clone(),
            };
            self.write(&owner_key(&id), &owner).await?;
        }
        if let Some(there) = there {
            let there = there.standing;
            raw.instance_id = there.instance_id;
            raw.instance_url = there.instance_url;
            raw.status = there.status;
            raw.since = there.since;
        }
        let record = Record {
            v: RECORD_VERSION,
            standing: raw,
            email,
            suspended_from,
        };
        let standing = self.keep(identity, &record).await?;
        Ok((shown(&record)?, standing))
    }

    /// Changes a status by one legal step; the same as for [`super::super::registry::Registry`].
    pub(crate) async fn change_status(
        &self,
        id: &InstanceId,
        next: Status,
        now: Moment,
    ) -> Result<(InstanceRecord, Standing), ChangeRefused> {
        let (owner, mut record) = self.owned(id).await?;
        let before = instance(&record)?;
        if before.status != next {
            before
                .status
                .step(before.suspended_from, next)
                .map_err(ChangeRefused::Illegal)?;
            record.suspended_from = (next == Status::Suspended).then_some(before.status);
            record.standing.status = Some(next.word().to_owned());
            record.standing.since = Some(now.unix_seconds());
            record.standing.version = next_version(Some(&record), now);
        }
        let standing = self.keep(&owner, &record).await?;
        Ok((instance(&record)?, standing))
    }

    /// Everything that was issued to a person until now is over; nothing for somebody who has no record.
    pub(crate) async fn sign_out(
        &self,
        identity: &Identity,
        now: Moment,
    ) -> Result<Option<Standing>, ChangeRefused> {
        let Some(mut record) = self.record(identity).await? else {
            return Ok(None);
        };
        // Seconds, as in `iat`: what was issued in this one is over as well.
        record.standing.signed_out_before = Some(now.unix_seconds() + 1);
        record.standing.version = next_version(Some(&record), now);
        self.keep(identity, &record).await.map(Some)
    }

    /// Removes a person with everything that is theirs.
    pub(crate) async fn remove_standing(&self, identity: &Identity) -> Result<(), ChangeRefused> {
        let store = self.store()?;
        let record = match self.record(identity).await {
            Ok(record) => record,
            // What cannot be believed can at least be removed.
            Err(ReadFailure::Unreadable(_)) => None,
            // Their instance would belong to nobody, and to nobody else for ever.
            Err(failure @ ReadFailure::Failed(_)) => return Err(failure.into()),
        };
        let id = record.and_then(|record| record.standing.instance_id);
        if let Some(id) = id.as_deref().and_then(InstanceId::new) {
            let deleted = store.delete(&owner_key(&id)).await;
            deleted.map_err(ChangeRefused::Failed)?;
        }
        let deleted = store.delete(&standing_key(identity)).await;
        deleted.map_err(ChangeRefused::Failed)
    }

    /// Writes a record, if the gate will believe it.
    async fn keep(&self, identity: &Identity, record: &Record) -> Result<Standing, ChangeRefused> {
        let standing = record
            .standing
            .clone()
            .parse(&Knock::own(identity.clone()), self.hosts);
        let standing = standing.map_err(ChangeRefused::Unreadable)?;
        self.write(&standing_key(identity), record).await?;
        Ok(standing)
    }

    async fn write(&self, key: &str, value: &impl serde::Serialize) -> Result<(), ChangeRefused> {
        let bytes = serde_json::to_vec(value);
        let bytes = bytes.map_err(|_| ChangeRefused::Unreadable(Unreadable::BadShape))?;
        let store = self.store()?;
        let written = store.put(key, &bytes, None).await;
        Ok(written.map_err(ReadFailure::Failed)?)
    }
}

/// Grows with every change, and with the clock: a person who was removed and comes back is newer than before.
fn next_version(before: Option<&Record>, now: Moment) -> u64 {
    before
        .map_or(0, |before| before.standing.version + 1)
        .max(now.unix_millis())
}

fn conflict(there: Option<&Record>) -> ChangeRefused {
    let there = there.map(|record| &record.standing);
    let there = there.and_then(|raw| raw.instance_id.as_ref().zip(raw.instance_url.as_ref()));
    let there = there.map_or_else(
        || "none, and the id belongs to somebody else".to_owned(),
        |(id, url)| format!("`{id}` at {url}"),
    );
    ChangeRefused::Conflict(format!(
        "the visitor's instance is {there}; an instance is created once, and its id belongs to one visitor"
    ))
}
