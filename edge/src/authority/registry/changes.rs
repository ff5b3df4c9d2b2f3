//! What operators change in the registry: each change is whole or is not made.

use policy::contract::{InstanceRecord, MembershipWord, NewInstance, StandingRecord};
use policy::standing::{Identity, InstanceId};
use policy::status::Status;
use policy::storage_key::StorageKey;
use policy::time::Moment;
use wasm_bindgen::JsValue;
use worker::D1PreparedStatement;

use super::{ChangeRefused, Registry, number, text};

impl Registry<'_> {
    /// Creates or replaces what the registry knows of a person; an instance is created in `provisioning`, never changed.
    pub(crate) async fn put_standing(
        &self,
        identity: &Identity,
        record: &StandingRecord,
        now: Moment,
    ) -> Result<StandingRecord, ChangeRefused> {
        let user = StorageKey::of(identity);
        let invitation = match record.membership {
            MembershipWord::Member => 0,
            MembershipWord::NeedsInvitation => 1,
        };
        let mut batch = Vec::new();
        if let Some(instance) = &record.instance {
            batch.push(self.guard(instance, &user)?);
        }
        batch.extend([
            self.database
                .prepare(
                    "INSERT INTO users (id, email, org, role, requires_invitation, version, created_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                     ON CONFLICT (id) DO UPDATE SET email = excluded.email, org = excluded.org, role = excluded.role,
                         requires_invitation = excluded.requires_invitation,
                         version = max(users.version + 1, excluded.version)",
                )
                .bind(&[
                    text(user.as_str()),
                    optional(record.email.as_deref()),
                    optional(record.org.as_deref()),
                    text(record.role.word()),
                    JsValue::from(invitation),
                    version(now),
                    seconds(now),
                ])?,
            self.database
                .prepare("INSERT INTO identities (issuer, subject, user_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
                .bind(&[text(identity.issuer.as_str()), text(identity.subject.as_str()), text(user.as_str())])?,
        ]);
        if let Some(instance) = &record.instance {
            batch.push(
                self.database
                    .prepare(
                        "INSERT INTO instances (id, user_id, url, status, since, version)
                         VALUES (?1, ?2, ?3, 'provisioning', ?4, ?5) ON CONFLICT DO NOTHING",
                    )
                    .bind(&[
                        text(&instance.id),
                        text(user.as_str()),
                        text(&instance.url),
                        seconds(now),
                        version(now),
                    ])?,
            );
        }
        // D1 runs a batch as one transaction: where the guard fails, nothing was changed.
        if let Err(problem) = self.database.batch(batch).await {
            let there = self
                .standing_record(identity)
                .await
                .ok()
                .and_then(|record| record.instance);
            return Err(conflict(&problem, there.as_ref()));
        }
        self.standing_record(identity).await
    }

    /// A statement that fails where the instance is somebody else's, is somewhere else, or would be the person's second one: it
    /// would write a row that the table's constraints refuse.
    fn guard(
        &self,
        instance: &NewInstance,
        user: &StorageKey,
    ) -> worker::Result<D1PreparedStatement> {
        self.database
            .prepare(
                "INSERT INTO instances (id, user_id, url, status, since, version)
                 SELECT ?1, ?2, ?3, 'conflict', 0, 0 FROM instances
                 WHERE (id = ?1 OR user_id = ?2) AND NOT (id = ?1 AND user_id = ?2 AND url = ?3)
                 LIMIT 1",
            )
            .bind(&[text(&instance.id), text(user.as_str()), text(&instance.url)])
    }

    /// Removes a person with everything that is theirs.
    pub(crate) async fn remove_standing(&self, identity: &Identity) -> Result<(), ChangeRefused> {
        let user = text(StorageKey::of(identity).as_str());
        let mut batch = Vec::new();
        for table in [
            "instances WHERE user_id",
            "identities WHERE user_id",
            "users WHERE id",
        ] {
            batch.push(
                self.database
                    .prepare(format!("DELETE FROM {table} = ?1"))
                    .bind(core::slice::from_ref(&user))?,
            );
        }
        self.database.batch(batch).await?;
        Ok(())
    }

    /// Changes a status by one legal step. Saying again what is already so is no change and no error: the answer to the first
    /// call may have been lost.
    pub(crate) async fn change_status(
        &self,
        id: &InstanceId,
        next: Status,
        now: Moment,
    ) -> Result<InstanceRecord, ChangeRefused> {
        let before = self.instance(id).await?;
        if before.status == next {
            return Ok(before);
        }
        before
            .status
            .step(before.suspended_from, next)
            .map_err(ChangeRefused::Illegal)?;
        let suspended_from = (next == Status::Suspended).then(|| before.status.word());
        // Compared with the version that was read: of two changes at once, one wins and the other hears of it.
        let changed: Option<String> = self
            .database
            .prepare(
                "UPDATE instances SET status = ?2, suspended_from = ?3, since = ?4, version = max(version + 1, ?5)
                 WHERE id = ?1 AND version = ?6
                 RETURNING id",
            )
            .bind(&[
                text(id.as_str()),
                text(next.word()),
                optional(suspended_from),
                seconds(now),
                version(now),
                number(before.version),
            ])?
            .first(Some("id"))
            .await?;
        if changed.is_none() {
            return Err(ChangeRefused::Conflict(
                "the instance was changed at the same moment; read it again".to_owned(),
            ));
        }
        self.instance(id).await
    }
}

fn conflict(problem: &worker::Error, there: Option<&NewInstance>) -> ChangeRefused {
    let problem = problem.to_string();
    if !problem.contains("constraint failed") {
        return ChangeRefused::Failed(problem);
    }
    let there = there.map_or_else(
        || "none, and the id belongs to somebody else".to_owned(),
        |instance| format!("`{}` at {}", instance.id, instance.url),
    );
    ChangeRefused::Conflict(format!(
        "the visitor's instance is {there}; an instance is created once, and its id belongs to one visitor"
    ))
}

fn optional(value: Option<&str>) -> JsValue {
    value.map_or(JsValue::NULL, JsValue::from_str)
}

fn seconds(now: Moment) -> JsValue {
    number(now.unix_seconds())
}

fn version(now: Moment) -> JsValue {
    number(now.unix_millis())
}
