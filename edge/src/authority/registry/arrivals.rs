//! What becomes of somebody at first sight (`policy::provisioning`), in one transaction that writes nothing if a fact has changed.

mod facts;

use policy::admission::Visitor;
use policy::door::{Door, Knock};
use policy::email::{ComparableEmail, Email, EmailDomain};
use policy::event::EventKind;
use policy::org::{OrgId, OrgRole, PLATFORM_ORG, PLATFORM_ORG_NAME};
use policy::provisioning::{
    AllowedDomain, Arrival, FirstOwner, Invitation, Newcomer, Profile, Unrecognised, arrive,
};
use policy::standing::{Membership, Standing};

use super::audit::{Entry, Occasion};
use super::{Registry, number, optional, read, text};
use crate::authority::AuthorityFailure;
use crate::database::{DatabaseFailed, Statement, Value};
use facts::{FACTS, RawFacts};

/// How often facts may change under our hands before we give up; each time somebody else got further, so two are rare.
const MOST_ROUNDS: usize = 3;

/// Under which condition something is written: SQL that reads the user and two values, whose parameters are given.
type Condition = fn(&str, &str, &str) -> String;

/// The invitation is still open: its id, and now.
fn is_open(_user: &str, id: &str, now: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM invitations
                 WHERE id = {id} AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > {now})"
    )
}

/// The org still takes the domain, and no operator keeps the user out.
fn is_allowed(user: &str, domain: &str, org: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM allowed_domains WHERE domain = {domain} AND org_id = {org})
         AND NOT EXISTS (SELECT 1 FROM users WHERE id = {user} AND requires_invitation = 1
                         AND id NOT IN (SELECT user_id FROM denied_at_first_sight))"
    )
}

/// Whoever is known already is not welcomed twice.
fn is_not_known(user: &str) -> String {
    format!("NOT EXISTS (SELECT 1 FROM users WHERE id = {user} AND requires_invitation = 0)")
}

/// One visitor at first sight.
struct Welcome<'a> {
    registry: &'a Registry<'a>,
    visitor: &'a Visitor,
    newcomer: Newcomer,
    /// The id of their record, which is there already if they were denied before.
    user: String,
    occasion: &'a Occasion<'a>,
}

impl Registry<'_> {
    /// Makes somebody known who was not, as far as the rule allows, and gives their standing. Nobody who is known causes a write.
    pub(crate) async fn welcome(
        &self,
        visitor: &Visitor,
        door: &Door,
        first: &FirstOwner,
        occasion: &Occasion<'_>,
    ) -> Result<Standing, AuthorityFailure> {
        let knock = Knock {
            identity: visitor.identity().clone(),
            door: door.clone(),
        };
        let mut welcome = Welcome {
            registry: self,
            visitor,
            newcomer: visitor.newcomer(),
            user: visitor.storage_key().as_str().to_owned(),
            occasion,
        };
        for _ in 0..MOST_ROUNDS {
            let raw = welcome.facts().await?;
            if let Some(user) = &raw.user {
                user.clone_into(&mut welcome.user);
            }
            let facts = raw.parse();
            let arrival = arrive(&welcome.newcomer, &facts, first, occasion.at);
            let batch = match &arrival {
                Arrival::Returning => Vec::new(),
                Arrival::Invited(invitation) => welcome.invited(invitation),
                Arrival::FromDomain(domain) => welcome.of_domain(domain),
                Arrival::Bootstrap => welcome.bootstrap(first),
                Arrival::Denied => match facts.profile {
                    Profile::None => welcome.denied(),
                    // Written down already; whoever knocks again is still denied.
                    Profile::Denied | Profile::KeptOut | Profile::Known => Vec::new(),
                },
            };
            if !batch.is_empty() {
                let written = self.database.batch(batch).await;
                written.map_err(|problem| unreachable(&problem))?;
            }
            let standing = self.standing(&knock).await?;
            let settled = match (&standing.membership, &arrival) {
                (Membership::Member { .. }, _) | (Membership::NeedsInvitation, Arrival::Denied) => {
                    true
                }
                (Membership::NeedsInvitation | Membership::Stranger, _) => false,
            };
            if settled {
                return Ok(standing);
            }
        }
        Err(AuthorityFailure::Unreachable(
            "what is known of a newcomer changed while it was read, several times".to_owned(),
        ))
    }
}

impl Welcome<'_> {
    async fn facts(&self) -> Result<RawFacts, AuthorityFailure> {
        let identity = self.visitor.identity();
        let email = self.newcomer.email.as_ref().ok();
        let domain = email.map(ComparableEmail::domain);
        let statement = self.registry.database.prepare(FACTS).bind(&[
            text(identity.issuer.as_str()),
            text(identity.subject.as_str()),
            optional(email.map(ComparableEmail::as_str)),
            optional(domain.as_ref().map(EmailDomain::as_str)),
            number(self.occasion.at.unix_seconds()),
        ]);
        let record: Option<String> = statement
            .first("record")
            .await
            .map_err(|problem| unreachable(&problem))?;
        read(&record.unwrap_or_default()).map_err(AuthorityFailure::Unreadable)
    }

    /// Everything while the invitation is open; that it is spent comes last.
    fn invited(&self, invitation: &Invitation) -> Vec<Statement> {
        let values = [text(&invitation.id), self.seconds()];
        let mut batch = self.member(
            is_open,
            &values,
            EventKind::ProvisioningInvited,
            (&invitation.org, invitation.role),
        );
        let sql = format!(
            "UPDATE invitations SET accepted_at = ?3, accepted_by = ?1 WHERE id = ?2 AND {}",
            is_open("?1", "?2", "?3")
        );
        batch.push(self.statement(&sql, &values));
        batch
    }

    fn of_domain(&self, domain: &AllowedDomain) -> Vec<Statement> {
        let values = [text(domain.domain.as_str()), text(domain.org.as_str())];
        self.member(
            is_allowed,
            &values,
            EventKind::ProvisioningDomain,
            (&domain.org, domain.role),
        )
    }

    /// Of fifty first visitors the first one's transaction finds no owner, and every other finds them.
    fn bootstrap(&self, first: &FirstOwner) -> Vec<Statement> {
        let no_owner = match first {
            FirstOwner::Anybody => "NOT EXISTS (SELECT 1 FROM ownership)",
            FirstOwner::OneOf(_) => {
                "NOT EXISTS (SELECT 1 FROM users WHERE role = 'platform_owner')"
            }
        };
        let is_owner = "EXISTS (SELECT 1 FROM users WHERE id = ?1 AND role = 'platform_owner')";
        let (org_id, now) = (text(PLATFORM_ORG), self.seconds());
        let event = self.registry.event_where(
            &format!("{no_owner} AND {}", is_not_known("?3")),
            &[],
            EventKind::BootstrapCreated,
            &self.entry(Some(PLATFORM_ORG), None),
            self.occasion,
        );
        let org = format!(
            "INSERT INTO orgs (id, name, created_at) SELECT ?1, ?2, ?3 WHERE {no_owner} ON CONFLICT DO NOTHING"
        );
        let org_values = [org_id, text(PLATFORM_ORG_NAME), now];
        let member = format!(
            "INSERT INTO members (org_id, user_id, role, since) SELECT ?2, ?1, 'org_owner', ?3 WHERE {is_owner}
             ON CONFLICT DO NOTHING"
        );
        vec![
            event,
            self.registry.database.prepare(&org).bind(&org_values),
            self.user_row(no_owner, &[], Some(PLATFORM_ORG), "platform_owner"),
            self.identity_row(is_owner, &[]),
            self.statement(&member, &[org_id, now]),
        ]
    }

    /// A profile that says so, and a record of it: they are told what to do, and the operator sees who knocked.
    fn denied(&self) -> Vec<Statement> {
        let reason = match &self.newcomer.email {
            Ok(_) => "not_invited",
            Err(Unrecognised::NoEmail) => "no_email",
            Err(Unrecognised::EmailUnverified) => "email_unverified",
            Err(Unrecognised::EmailAmbiguous) => "email_ambiguous",
        };
        let event = self.registry.event_where(
            "NOT EXISTS (SELECT 1 FROM users WHERE id = ?3)",
            &[],
            EventKind::ProvisioningDenied,
            &self.entry(None, Some(reason)),
            self.occasion,
        );
        let user = "INSERT INTO users (id, email, requires_invitation, version, created_at)
                    VALUES (?1, ?2, 1, ?3, ?4) ON CONFLICT DO NOTHING";
        let user = self.statement(user, &[self.email(), self.version(), self.seconds()]);
        // Only of a record that this very transaction has made: the other side of a race may be an operator.
        let denied = "INSERT INTO denied_at_first_sight (user_id)
                      SELECT id FROM users WHERE id = ?1 AND requires_invitation = 1 AND version = ?2
                      ON CONFLICT DO NOTHING";
        let denied = self.statement(denied, &[self.version()]);
        vec![event, user, denied, self.identity_row("true", &[])]
    }

    /// Writes somebody down as a member of an org while the condition holds for these values. The event comes first: afterwards
    /// they are known.
    fn member(
        &self,
        condition: Condition,
        values: &[Value<'_>; 2],
        kind: EventKind,
        (org, role): (&OrgId, OrgRole),
    ) -> Vec<Statement> {
        let unseen = format!(
            "{} AND {}",
            condition("?3", "?17", "?18"),
            is_not_known("?3")
        );
        let entry = self.entry(Some(org.as_str()), None);
        let event = self
            .registry
            .event_where(&unseen, values, kind, &entry, self.occasion);
        let condition = condition("?1", "?2", "?3");
        let members = format!(
            "INSERT INTO members (org_id, user_id, role, since) SELECT ?4, ?1, ?5, ?6 WHERE {condition}
             ON CONFLICT DO NOTHING"
        );
        let [first, second] = *values;
        let place = [
            first,
            second,
            text(org.as_str()),
            text(role.word()),
            self.seconds(),
        ];
        vec![
            event,
            self.user_row(&condition, values, Some(org.as_str()), "member"),
            self.identity_row(&condition, values),
            self.statement(&members, &place),
        ]
    }

    /// `condition` reads `values` from `?2` on.
    fn user_row(
        &self,
        condition: &str,
        values: &[Value<'_>],
        org: Option<&str>,
        role: &str,
    ) -> Statement {
        let own = [
            self.email(),
            optional(org),
            text(role),
            self.version(),
            self.seconds(),
        ];
        let parameters: Vec<String> = (0..own.len())
            .map(|position| format!("?{}", values.len() + 2 + position))
            .collect();
        let sql = format!(
            "INSERT INTO users (id, email, org, role, version, created_at)
             SELECT ?1, {} WHERE {condition} AND {}
             ON CONFLICT (id) DO UPDATE SET email = excluded.email, org = excluded.org, role = excluded.role,
                 requires_invitation = 0, version = max(users.version + 1, excluded.version)",
            parameters.join(", "),
            is_not_known("?1"),
        );
        self.statement(&sql, &[values, &own].concat())
    }

    /// `condition` reads `values` from `?2` on.
    fn identity_row(&self, condition: &str, values: &[Value<'_>]) -> Statement {
        let identity = self.visitor.identity();
        let own = [
            text(identity.issuer.as_str()),
            text(identity.subject.as_str()),
        ];
        let sql = format!(
            "INSERT INTO identities (issuer, subject, user_id) SELECT ?{}, ?{}, ?1 WHERE {condition}
             ON CONFLICT DO NOTHING",
            values.len() + 2,
            values.len() + 3,
        );
        self.statement(&sql, &[values, &own].concat())
    }

    /// A statement whose `?1` is the user.
    fn statement(&self, sql: &str, values: &[Value<'_>]) -> Statement {
        let values = [&[text(&self.user)], values].concat();
        self.registry.database.prepare(sql).bind(&values)
    }

    fn entry<'e>(&'e self, org: Option<&'e str>, reason: Option<&'e str>) -> Entry<'e> {
        Entry {
            user: Some(&self.user),
            identity: Some(self.visitor.identity()),
            email: self.visitor.email().map(Email::as_str),
            org,
            provider: Some(self.visitor.provider().word()),
            reason,
            ..Entry::default()
        }
    }

    fn email(&self) -> Value<'_> {
        optional(self.visitor.email().map(Email::as_str))
    }

    fn seconds(&self) -> Value<'static> {
        number(self.occasion.at.unix_seconds())
    }

    fn version(&self) -> Value<'static> {
        number(self.occasion.at.unix_millis())
    }
}

fn unreachable(problem: &DatabaseFailed) -> AuthorityFailure {
    AuthorityFailure::Unreachable(problem.to_string())
}
