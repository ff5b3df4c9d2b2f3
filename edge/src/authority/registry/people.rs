//! What operators change about users, orgs and invitations.

use policy::contract::MembershipWord;
use policy::contract::directory::{InvitationRequest, OrgRequest, UserChange};
use policy::door::Knock;
use policy::email::{ComparableEmail, EmailDomain};
use policy::event::EventKind;
use policy::org::{OrgId, OrgRole};
use policy::standing::Role;
use policy::time::Moment;

use super::audit::{Entry, Occasion};
use super::changes::{NOT_BY_FIRST_SIGHT, PUT_MEMBER, seconds, version};
use super::directory::{Filter, List};
use super::{ChangeRefused, Registry, flag, number, optional, text};
use crate::database::Value;

const PUT_ORG: &str = "
    INSERT INTO orgs (id, name, default_role, created_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, default_role = excluded.default_role";

/// `?1` domains as a JSON list, `?2` the org that wants them.
const TAKEN_DOMAIN: &str = "
    SELECT '`' || domain || '` belongs to the org `' || org_id || '`' AS taken FROM allowed_domains
    WHERE domain IN (SELECT value FROM json_each(?1)) AND org_id <> ?2 LIMIT 1";

const PUT_DOMAINS: &str =
    "INSERT INTO allowed_domains (domain, org_id) SELECT value, ?2 FROM json_each(?1)";

/// Whose current org it was has none now; their standing is another.
const LEAVE: &str = "
    UPDATE users SET org = NULL, role = iif(role = 'platform_owner', role, 'member'), version = max(version + 1, ?3)
    WHERE org = ?1 AND (?2 IS NULL OR id = ?2)";

/// Who had no org is in this one now.
const ENTER: &str = "
    UPDATE users SET org = coalesce(org, ?1), requires_invitation = 0, version = max(version + 1, ?3) WHERE id = ?2";

const CHANGE_USER: &str = "
    UPDATE users
    SET role = coalesce(?2, role), org = iif(?3, ?4, org), requires_invitation = coalesce(?5, requires_invitation),
        version = max(version + 1, ?6)
    WHERE id = ?1";

const INVITE: &str = "
    INSERT INTO invitations (id, email, org_id, role, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// Of several invitations into one org only the last one counts.
const REPLACE: &str = "
    UPDATE invitations SET revoked_at = ?3
    WHERE email = ?1 AND org_id = ?2 AND accepted_at IS NULL AND revoked_at IS NULL";

/// Who has the address and belongs here already: they would never be looked for an invitation again.
const KNOWN_BY_ADDRESS: &str = "
    SELECT id FROM users WHERE email = ?1 COLLATE NOCASE AND requires_invitation = 0 LIMIT 1";

const REVOKE: &str = "
    UPDATE invitations SET revoked_at = ?2 WHERE id = ?1 AND accepted_at IS NULL AND revoked_at IS NULL";

impl Registry<'_> {
    /// Makes an org, or changes its name, default role and domains.
    pub(crate) async fn put_org(
        &self,
        org: &OrgId,
        request: &OrgRequest,
        domains: &[EmailDomain],
        occasion: &Occasion<'_>,
    ) -> Result<String, ChangeRefused> {
        let names: Vec<&str> = domains.iter().map(EmailDomain::as_str).collect();
        let names = serde_json::json!(names).to_string();
        let names = text(&names);
        let taken = self.database.prepare(TAKEN_DOMAIN);
        let taken = taken.bind(&[names, text(org.as_str())]);
        if let Some(taken) = taken.first("taken").await? {
            return Err(ChangeRefused::Conflict(format!(
                "the domain {taken}; remove it there first"
            )));
        }
        let prepare = |sql: &str| self.database.prepare(sql);
        let details = serde_json::to_string(request).unwrap_or_default();
        let entry = Entry {
            org: Some(org.as_str()),
            details: Some(&details),
            ..Entry::default()
        };
        let batch = vec![
            self.event(EventKind::OrgChanged, &entry, occasion),
            prepare(PUT_ORG).bind(&[
                text(org.as_str()),
                text(&request.name),
                text(request.default_role.word()),
                seconds(occasion),
            ]),
            prepare("DELETE FROM allowed_domains WHERE org_id = ?1").bind(&[text(org.as_str())]),
            prepare(PUT_DOMAINS).bind(&[names, text(org.as_str())]),
        ];
        self.database.batch(batch).await?;
        self.org(org).await
    }

    /// One org as JSON.
    pub(crate) async fn org(&self, org: &OrgId) -> Result<String, ChangeRefused> {
        self.only(List::Orgs, Filter::text("id = {}", org.as_str()))
            .await
    }

    /// Removes an org; its members stay, without an org.
    pub(crate) async fn remove_org(
        &self,
        org: &OrgId,
        occasion: &Occasion<'_>,
    ) -> Result<(), ChangeRefused> {
        self.org(org).await?;
        let entry = Entry {
            org: Some(org.as_str()),
            ..Entry::default()
        };
        let mut batch = vec![
            self.event(EventKind::OrgRemoved, &entry, occasion),
            self.database.prepare(LEAVE).bind(&[
                text(org.as_str()),
                Value::Null,
                version(occasion),
            ]),
        ];
        for table in [
            "invitations WHERE org_id",
            "allowed_domains WHERE org_id",
            "members WHERE org_id",
            "orgs WHERE id",
        ] {
            let delete = self.database.prepare(&format!("DELETE FROM {table} = ?1"));
            batch.push(delete.bind(&[text(org.as_str())]));
        }
        self.database.batch(batch).await?;
        Ok(())
    }

    /// Makes somebody a member of an org, or changes what they may do there; who was denied before is not any more.
    pub(crate) async fn put_member(
        &self,
        org: &OrgId,
        user: &str,
        role: OrgRole,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        self.org(org).await?;
        // Whoever is nobody is told so before anything is written.
        self.knocks_of(user).await?;
        let entry = Entry {
            user: Some(user),
            org: Some(org.as_str()),
            ..Entry::default()
        };
        let prepare = |sql: &str| self.database.prepare(sql);
        let batch = vec![
            self.event(EventKind::MemberChanged, &entry, occasion),
            prepare(PUT_MEMBER).bind(&[
                text(org.as_str()),
                text(user),
                text(role.word()),
                seconds(occasion),
            ]),
            prepare(ENTER).bind(&[text(org.as_str()), text(user), version(occasion)]),
        ];
        self.database.batch(batch).await?;
        // Read afterwards: the doors of the org's instances are theirs now.
        self.knocks_of(user).await
    }

    /// Takes somebody out of an org.
    pub(crate) async fn remove_member(
        &self,
        org: &OrgId,
        user: &str,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        let knocks = self.knocks_of(user).await?;
        let entry = Entry {
            user: Some(user),
            org: Some(org.as_str()),
            ..Entry::default()
        };
        let prepare = |sql: &str| self.database.prepare(sql);
        let batch = vec![
            self.event(EventKind::MemberRemoved, &entry, occasion),
            prepare("DELETE FROM members WHERE org_id = ?1 AND user_id = ?2")
                .bind(&[text(org.as_str()), text(user)]),
            prepare(LEAVE).bind(&[text(org.as_str()), text(user), version(occasion)]),
        ];
        self.database.batch(batch).await?;
        Ok(knocks)
    }

    /// One user as JSON.
    pub(crate) async fn user(&self, user: &str) -> Result<String, ChangeRefused> {
        self.only(List::Users, Filter::text("id = {}", user)).await
    }

    /// Changes what is said of a user; what is not given stays.
    pub(crate) async fn change_user(
        &self,
        user: &str,
        change: &UserChange,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        let knocks = self.knocks_of(user).await?;
        if let Some(Some(org)) = &change.org {
            let member = self
                .database
                .prepare("SELECT user_id FROM members WHERE org_id = ?1 AND user_id = ?2");
            let member = member.bind(&[text(org), text(user)]);
            if member.first("user_id").await?.is_none() {
                return Err(ChangeRefused::Conflict(format!(
                    "the user is no member of the org `{org}`; make them one first, with PUT orgs/{org}/members/{user}"
                )));
            }
        }
        let details = serde_json::to_string(change).unwrap_or_default();
        let entry = Entry {
            user: Some(user),
            details: Some(&details),
            ..Entry::default()
        };
        let role = change.platform_owner.map(|owner| {
            if owner {
                Role::PlatformOwner
            } else {
                Role::Member
            }
        });
        let membership = change.membership.map(|membership| match membership {
            MembershipWord::Member => flag(false),
            MembershipWord::NeedsInvitation => flag(true),
        });
        let mut batch = vec![
            self.event(EventKind::UserChanged, &entry, occasion),
            self.database.prepare(CHANGE_USER).bind(&[
                text(user),
                optional(role.map(Role::word)),
                flag(change.org.is_some()),
                optional(change.org.as_ref().and_then(Option::as_deref)),
                membership.unwrap_or(Value::Null),
                version(occasion),
            ]),
        ];
        if change.membership.is_some() {
            batch.push(
                self.database
                    .prepare(NOT_BY_FIRST_SIGHT)
                    .bind(&[text(user)]),
            );
        }
        self.database.batch(batch).await?;
        Ok(knocks)
    }

    /// Invites an address into an org.
    pub(crate) async fn invite(
        &self,
        id: &str,
        email: &ComparableEmail,
        request: &InvitationRequest,
        expires_at: Moment,
        occasion: &Occasion<'_>,
    ) -> Result<String, ChangeRefused> {
        let org = OrgId::new(&request.org).ok_or(ChangeRefused::NotFound)?;
        self.org(&org).await?;
        let known = self.database.prepare(KNOWN_BY_ADDRESS);
        let known = known.bind(&[text(email.as_str())]);
        if let Some(user) = known.first("id").await? {
            return Err(ChangeRefused::Conflict(format!(
                "the user `{user}` has this address and belongs here already; make them a member with PUT orgs/{}/members/{user}",
                org.as_str()
            )));
        }
        let entry = Entry {
            email: Some(email.as_str()),
            org: Some(org.as_str()),
            ..Entry::default()
        };
        let batch = vec![
            self.event(EventKind::InvitationCreated, &entry, occasion),
            self.database.prepare(REPLACE).bind(&[
                text(email.as_str()),
                text(org.as_str()),
                seconds(occasion),
            ]),
            self.database.prepare(INVITE).bind(&[
                text(id),
                text(email.as_str()),
                text(org.as_str()),
                text(request.role.word()),
                seconds(occasion),
                number(expires_at.unix_seconds()),
            ]),
        ];
        self.database.batch(batch).await?;
        self.invitation(id).await
    }

    /// Withdraws an invitation that nobody has accepted.
    pub(crate) async fn revoke(
        &self,
        id: &str,
        occasion: &Occasion<'_>,
    ) -> Result<String, ChangeRefused> {
        self.invitation(id).await?;
        let details = serde_json::json!({ "invitation": id }).to_string();
        let entry = Entry {
            details: Some(&details),
            ..Entry::default()
        };
        let batch = vec![
            self.event(EventKind::InvitationRevoked, &entry, occasion),
            self.database
                .prepare(REVOKE)
                .bind(&[text(id), seconds(occasion)]),
        ];
        self.database.batch(batch).await?;
        let after = self.invitation(id).await?;
        if after.contains("\"revoked_at\":null") {
            return Err(ChangeRefused::Conflict(
                "the invitation was accepted already; remove the member from the org instead"
                    .to_owned(),
            ));
        }
        Ok(after)
    }

    async fn invitation(&self, id: &str) -> Result<String, ChangeRefused> {
        self.only(List::Invitations, Filter::text("id = {}", id))
            .await
    }
}
