//! What the platform and its operators change: each change is whole or is not made, and is written down with it.

use policy::contract::{
    InstanceRecord, MembershipWord, NewInstance, StandingRecord, StandingRequest,
};
use policy::door::Knock;
use policy::event::EventKind;
use policy::org::OrgRole;
use policy::standing::{Identity, InstanceId, Role};
use policy::status::Status;
use policy::storage_key::StorageKey;

use super::audit::{Entry, Occasion};
use super::{ChangeRefused, Registry, flag, number, optional, text};
use crate::database::{DatabaseFailed, Statement, Value};

/// `?1` the user. Whether an e-mail address `?8`, an org `?9` and a role `?4` are said: what is not stays.
const PUT_USER: &str = "
    INSERT INTO users (id, email, org, role, requires_invitation, version, created_at)
    VALUES (?1, ?2, ?3, ifnull(?4, 'member'), ?5, ?6, ?7)
    ON CONFLICT (id) DO UPDATE SET
        email = iif(?8, excluded.email, users.email),
        org = iif(?9, excluded.org, users.org),
        role = ifnull(?4, users.role),
        requires_invitation = excluded.requires_invitation, version = max(users.version + 1, excluded.version)";

/// A role that is said is that in the org they are in now, whether that was said as well or not.
const PUT_ROLE: &str = "
    UPDATE members SET role = ?2 WHERE user_id = ?1 AND org_id = (SELECT org FROM users WHERE id = ?1)";

/// Whoever gets an org is a member there, and stays what they were if they were one.
const JOIN: &str = "
    INSERT INTO members (org_id, user_id, role, since) VALUES (?1, ?2, 'member', ?3) ON CONFLICT DO NOTHING";

/// The trigger of the table wrote the row of a new instance; here it gets a name and a reason.
const SIGN_CREATION: &str = "
    UPDATE status_history SET actor = ?2, why = ?3 WHERE instance_id = ?1 AND version = ?4 AND from_status IS NULL";

/// Whoever needs an invitation from now on needs it because an operator says so.
pub(super) const NOT_BY_FIRST_SIGHT: &str = "DELETE FROM denied_at_first_sight WHERE user_id = ?1";

const PUT_ORG: &str =
    "INSERT INTO orgs (id, name, created_at) VALUES (?1, ?1, ?2) ON CONFLICT DO NOTHING";

pub(super) const PUT_MEMBER: &str = "
    INSERT INTO members (org_id, user_id, role, since) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (org_id, user_id) DO UPDATE SET role = excluded.role";

const PUT_IDENTITY: &str =
    "INSERT INTO identities (issuer, subject, user_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";

const PUT_INSTANCE: &str = "
    INSERT INTO instances (id, user_id, url, status, since, version)
    VALUES (?1, ?2, ?3, 'provisioning', ?4, ?5) ON CONFLICT DO NOTHING";

/// Fails where the instance is somebody else's, is somewhere else, or would be the person's second one: it would write a row
/// that is there already.
const GUARD: &str = "
    INSERT INTO instances (id, user_id, url, status, since, version)
    SELECT id, user_id, url, 'provisioning', 0, 0 FROM instances
    WHERE (id = ?1 OR user_id = ?2) AND NOT (id = ?1 AND user_id = ?2 AND url = ?3)
    LIMIT 1";

/// Compared with the version that was read: of two changes at once, one wins and the other hears of it.
const CHANGE_STATUS: &str = "
    UPDATE instances SET status = ?2, suspended_from = ?3, since = ?4, version = max(version + 1, ?5)
    WHERE id = ?1 AND version = ?6";

/// The trigger of the table wrote the row; here it gets a name and a reason.
const SIGN_HISTORY: &str = "
    UPDATE status_history SET actor = ?2, why = ?3
    WHERE instance_id = ?1
      AND version = (SELECT version FROM instances WHERE id = ?1 AND version = max(?4 + 1, ?5) AND status = ?6)";

impl Registry<'_> {
    /// Creates or replaces what the registry knows of a person; an instance is created in `provisioning`, never changed. Gives also
    /// everybody they are known as.
    pub(crate) async fn put_standing(
        &self,
        identity: &Identity,
        record: &StandingRequest,
        occasion: &Occasion<'_>,
    ) -> Result<(StandingRecord, Vec<Knock>), ChangeRefused> {
        let known = self.user_of(identity).await?;
        let user = known.unwrap_or_else(|| StorageKey::of(identity).as_str().to_owned());
        let mut batch = Vec::new();
        if let Some(instance) = &record.instance {
            let guard = self.database.prepare(GUARD);
            batch.push(guard.bind(&[text(&instance.id), text(&user), text(&instance.url)]));
        }
        batch.extend(self.person(&user, identity, record, occasion));
        if let Some(instance) = &record.instance {
            batch.push(self.database.prepare(PUT_INSTANCE).bind(&[
                text(&instance.id),
                text(&user),
                text(&instance.url),
                seconds(occasion),
                version(occasion),
            ]));
            batch.push(self.database.prepare(SIGN_CREATION).bind(&[
                text(&instance.id),
                optional(occasion.actor),
                optional(occasion.why),
                version(occasion),
            ]));
        }
        let details = serde_json::to_string(record).unwrap_or_default();
        let entry = Entry {
            user: Some(&user),
            identity: Some(identity),
            email: record.email.as_ref().and_then(Option::as_deref),
            org: record.org.as_ref().and_then(Option::as_deref),
            instance: (record.instance.as_ref()).map(|instance| instance.id.as_str()),
            details: Some(&details),
            ..Entry::default()
        };
        batch.push(self.event(EventKind::StandingChanged, &entry, occasion));
        // D1 runs a batch as one transaction: where the guard fails, nothing was changed.
        if let Err(problem) = self.database.batch(batch).await {
            let there = self
                .standing_record(identity)
                .await
                .ok()
                .and_then(|record| record.instance);
            return Err(conflict(&problem, there.as_ref()));
        }
        let knocks = self.knocks_of(&user).await?;
        Ok((self.standing_record(identity).await?, knocks))
    }

    fn person(
        &self,
        user: &str,
        identity: &Identity,
        record: &StandingRequest,
        occasion: &Occasion<'_>,
    ) -> Vec<Statement> {
        let needs_invitation = match record.membership {
            MembershipWord::Member => false,
            MembershipWord::NeedsInvitation => true,
        };
        let prepare = |sql: &str| self.database.prepare(sql);
        let mut statements = vec![prepare(PUT_USER).bind(&[
            text(user),
            optional(record.email.as_ref().and_then(Option::as_deref)),
            optional(record.org.as_ref().and_then(Option::as_deref)),
            optional(record.role.map(Role::word)),
            flag(needs_invitation),
            version(occasion),
            seconds(occasion),
            flag(record.email.is_some()),
            flag(record.org.is_some()),
        ])];
        statements.push(prepare(NOT_BY_FIRST_SIGHT).bind(&[text(user)]));
        if let Some(Some(org)) = &record.org {
            statements.push(prepare(PUT_ORG).bind(&[text(org), seconds(occasion)]));
            statements.push(prepare(JOIN).bind(&[text(org), text(user), seconds(occasion)]));
        }
        if let Some(role) = record.role {
            let role = match role {
                Role::Member => OrgRole::Member,
                Role::OrgOwner | Role::PlatformOwner => OrgRole::OrgOwner,
            };
            statements.push(prepare(PUT_ROLE).bind(&[text(user), text(role.word())]));
        }
        statements.push(prepare(PUT_IDENTITY).bind(&[
            text(identity.issuer.as_str()),
            text(identity.subject.as_str()),
            text(user),
        ]));
        statements
    }

    /// Removes a person with everything that is theirs; what happened to them stays written down. Gives everybody they were known as.
    pub(crate) async fn remove_standing(
        &self,
        identity: Identity,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        match self.user_of(&identity).await? {
            Some(user) => self.remove_user(&user, occasion).await,
            // Said again, or never said: the outcome is the same.
            None => Ok(vec![Knock::own(identity)]),
        }
    }

    /// The same by the id of their record.
    pub(crate) async fn remove_user(
        &self,
        user: &str,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        let knocks = self.knocks_of(user).await?;
        let entry = Entry {
            user: Some(user),
            identity: knocks.first().map(|knock| &knock.identity),
            ..Entry::default()
        };
        let mut batch = vec![self.event(EventKind::StandingRemoved, &entry, occasion)];
        for table in [
            "sessions WHERE user_id",
            "sign_outs WHERE user_id",
            "members WHERE user_id",
            "denied_at_first_sight WHERE user_id",
            "instances WHERE user_id",
            "identities WHERE user_id",
            "users WHERE id",
        ] {
            let delete = self.database.prepare(&format!("DELETE FROM {table} = ?1"));
            batch.push(delete.bind(&[text(user)]));
        }
        self.database.batch(batch).await?;
        Ok(knocks)
    }

    /// Removes an instance; its owner stays. Gives whom it was shown to.
    pub(crate) async fn remove_instance(
        &self,
        id: &InstanceId,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        let before = self.instance(id).await?;
        let knocks = self.knocks_at(id).await?;
        let entry = Entry {
            user: before.user.as_deref(),
            instance: Some(id.as_str()),
            ..Entry::default()
        };
        let prepare = |sql: &str| self.database.prepare(sql);
        let event = self.event(EventKind::InstanceRemoved, &entry, occasion);
        // Both versions make the standing's: the owner's takes over what goes.
        let owner =
            "UPDATE users SET version = version + 1 + (SELECT version FROM instances WHERE id = ?1)
                     WHERE id = (SELECT user_id FROM instances WHERE id = ?1)";
        let batch = vec![
            event,
            prepare(owner).bind(&[text(id.as_str())]),
            prepare("DELETE FROM instances WHERE id = ?1").bind(&[text(id.as_str())]),
        ];
        self.database.batch(batch).await?;
        Ok(knocks)
    }

    /// Changes a status by one legal step. Saying again what is already so is no change and no error: the answer to the first
    /// call may have been lost. Gives also whom it is shown to.
    pub(crate) async fn change_status(
        &self,
        id: &InstanceId,
        next: Status,
        occasion: &Occasion<'_>,
    ) -> Result<(InstanceRecord, Vec<Knock>), ChangeRefused> {
        let before = self.instance(id).await?;
        let knocks = self.knocks_at(id).await?;
        if before.status == next {
            return Ok((before, knocks));
        }
        before
            .status
            .step(before.suspended_from, next)
            .map_err(ChangeRefused::Illegal)?;
        self.database
            .batch(self.status_change(&before, next, occasion))
            .await?;
        let after = self.instance(id).await?;
        if after.status == next && after.version > before.version {
            Ok((after, knocks))
        } else {
            Err(ChangeRefused::Conflict(
                "the instance was changed at the same moment; read it again".to_owned(),
            ))
        }
    }

    fn status_change(
        &self,
        before: &InstanceRecord,
        next: Status,
        occasion: &Occasion<'_>,
    ) -> Vec<Statement> {
        let id = text(&before.id);
        let suspended_from = (next == Status::Suspended).then(|| before.status.word());
        let prepare = |sql: &str| self.database.prepare(sql);
        let details = serde_json::json!({ "from": before.status, "to": next }).to_string();
        let entry = Entry {
            user: before.user.as_deref(),
            instance: Some(&before.id),
            details: Some(&details),
            ..Entry::default()
        };
        let still = "EXISTS (SELECT 1 FROM instances WHERE id = ?8 AND version = ?17)";
        vec![
            self.event_where(
                still,
                &[number(before.version)],
                EventKind::StatusChanged,
                &entry,
                occasion,
            ),
            prepare(CHANGE_STATUS).bind(&[
                id,
                text(next.word()),
                optional(suspended_from),
                seconds(occasion),
                version(occasion),
                number(before.version),
            ]),
            prepare(SIGN_HISTORY).bind(&[
                id,
                optional(occasion.actor),
                optional(occasion.why),
                number(before.version),
                version(occasion),
                text(next.word()),
            ]),
        ]
    }
}

fn conflict(problem: &DatabaseFailed, there: Option<&NewInstance>) -> ChangeRefused {
    if !problem.is_constraint() {
        return ChangeRefused::Failed(problem.to_string());
    }
    let there = there.map_or_else(
        || "none, and the id belongs to somebody else".to_owned(),
        |instance| format!("`{}` at {}", instance.id, instance.url),
    );
    ChangeRefused::Conflict(format!(
        "the visitor's instance is {there}; an instance is created once, and its id belongs to one visitor"
    ))
}

pub(super) fn seconds(occasion: &Occasion<'_>) -> Value<'static> {
    number(occasion.at.unix_seconds())
}

pub(super) fn version(occasion: &Occasion<'_>) -> Value<'static> {
    number(occasion.at.unix_millis())
}
