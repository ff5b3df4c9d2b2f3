//! Users, orgs and invitations.

use core::time::Duration;

use policy::contract::directory::{InvitationRequest, MemberRequest, OrgRequest, UserChange};
use policy::email::{ComparableEmail, EmailDomain};
use policy::status::Status;

use super::call::Call;
use super::given::{Mistake, body, decoded, org_id};
use crate::authority::registry::ChangeRefused;
use crate::authority::registry::directory::{Filter, List};
use crate::clock;
use crate::page::Answer;

/// Longest time an invitation may stay open.
const MOST_DAYS: u32 = 365;

/// Longest name of an org.
const MAX_NAME_BYTES: usize = 254;

impl Call<'_> {
    pub(super) async fn users(&self) -> Result<Answer, Mistake> {
        let query = self.query(&["email", "org", "membership", "instance", "status"])?;
        let mut filters = Vec::new();
        if let Some(email) = query.get("email") {
            filters.push(Filter::text("email = {} COLLATE NOCASE", &email));
        }
        if let Some(org) = query.get("org") {
            filters.push(Filter::text(
                "id IN (SELECT user_id FROM members WHERE org_id = {})",
                &org,
            ));
        }
        let denied = |word: &str| match word {
            "member" => Some(0),
            "needs_invitation" => Some(1),
            _ => None,
        };
        if let Some(denied) = query.word("membership", denied, &["member", "needs_invitation"])? {
            filters.push(Filter::number("requires_invitation = {}", denied));
        }
        let has = |word: &str| match word {
            "none" => Some(0),
            "some" => Some(1),
            _ => None,
        };
        if let Some(has) = query.word("instance", has, &["none", "some"])? {
            filters.push(Filter::number(
                "EXISTS (SELECT 1 FROM instances WHERE user_id = users.id) = {}",
                has,
            ));
        }
        let words = Status::ALL.map(Status::word);
        if let Some(status) = query.word("status", |word| Status::parse(word).ok(), &words)? {
            filters.push(Filter::text(
                "EXISTS (SELECT 1 FROM instances WHERE user_id = users.id AND status = {})",
                status.word(),
            ));
        }
        self.page(List::Users, &query, &filters).await
    }

    pub(super) async fn user(&self, id: &str) -> Result<Answer, Mistake> {
        Ok(self.text(self.registry.user(&decoded(id)?).await?))
    }

    pub(super) async fn change_user(&self, id: &str) -> Result<Answer, Mistake> {
        let id = decoded(id)?;
        let change: UserChange = body(self.gate).await?;
        let knocks = self
            .registry
            .change_user(&id, &change, &self.occasion())
            .await?;
        self.show(&knocks).await;
        Ok(self.text(self.registry.user(&id).await?))
    }

    pub(super) async fn remove_user(&self, id: &str) -> Result<Answer, Mistake> {
        let id = decoded(id)?;
        let knocks = self.registry.remove_user(&id, &self.occasion()).await?;
        self.forget(&knocks).await;
        Ok(self.done())
    }

    pub(super) async fn orgs(&self) -> Result<Answer, Mistake> {
        let query = self.query(&["domain"])?;
        let domain = query.get("domain");
        let filter = domain.map(|domain| {
            Filter::text(
                "id IN (SELECT org_id FROM allowed_domains WHERE domain = lower({}))",
                &domain,
            )
        });
        self.page(List::Orgs, &query, filter.as_slice()).await
    }

    pub(super) async fn org(&self, id: &str) -> Result<Answer, Mistake> {
        Ok(self.text(self.registry.org(&org_id(&decoded(id)?)?).await?))
    }

    pub(super) async fn put_org(&self, id: &str) -> Result<Answer, Mistake> {
        let org = org_id(&decoded(id)?)?;
        let request: OrgRequest = body(self.gate).await?;
        if request.name.is_empty() || request.name.len() > MAX_NAME_BYTES {
            return Err(Mistake::Request(format!(
                "name is empty or has more than {MAX_NAME_BYTES} bytes"
            )));
        }
        let mut domains: Vec<EmailDomain> = Vec::new();
        for domain in &request.domains {
            let parsed = EmailDomain::parse(domain).ok_or_else(|| {
                Mistake::Request(format!(
                    "domains has `{domain}`; give what stands behind the `@`, such as `corp.example`, in ASCII"
                ))
            })?;
            if !domains.contains(&parsed) {
                domains.push(parsed);
            }
        }
        let record = self
            .registry
            .put_org(&org, &request, &domains, &self.occasion())
            .await?;
        Ok(self.text(record))
    }

    pub(super) async fn remove_org(&self, id: &str) -> Result<Answer, Mistake> {
        self.registry
            .remove_org(&org_id(&decoded(id)?)?, &self.occasion())
            .await?;
        Ok(self.done())
    }

    pub(super) async fn members(&self, id: &str) -> Result<Answer, Mistake> {
        let org = org_id(&decoded(id)?)?;
        self.registry.org(&org).await?;
        let query = self.query(&[])?;
        let filter = Filter::text("org_id = {}", org.as_str());
        self.page(List::Members, &query, &[filter]).await
    }

    pub(super) async fn put_member(&self, id: &str, user: &str) -> Result<Answer, Mistake> {
        let (org, user) = (org_id(&decoded(id)?)?, decoded(user)?);
        let request: MemberRequest = body(self.gate).await?;
        let knocks = self
            .registry
            .put_member(&org, &user, request.role, &self.occasion())
            .await?;
        self.show(&knocks).await;
        Ok(self.text(self.registry.user(&user).await?))
    }

    pub(super) async fn remove_member(&self, id: &str, user: &str) -> Result<Answer, Mistake> {
        let (org, user) = (org_id(&decoded(id)?)?, decoded(user)?);
        let knocks = self
            .registry
            .remove_member(&org, &user, &self.occasion())
            .await?;
        self.show(&knocks).await;
        Ok(self.done())
    }

    pub(super) async fn invitations(&self) -> Result<Answer, Mistake> {
        let query = self.query(&["email", "org", "state"])?;
        let mut filters = Vec::new();
        if let Some(email) = query.get("email") {
            filters.push(Filter::text("email = lower({})", &email));
        }
        if let Some(org) = query.get("org") {
            filters.push(Filter::text("org_id = {}", &org));
        }
        let state = |word: &str| match word {
            "open" => Some("accepted_at IS NULL AND revoked_at IS NULL AND expires_at > {}"),
            "expired" => Some("accepted_at IS NULL AND revoked_at IS NULL AND expires_at <= {}"),
            "accepted" => Some("accepted_at IS NOT NULL AND {} IS NOT NULL"),
            "revoked" => Some("revoked_at IS NOT NULL AND {} IS NOT NULL"),
            _ => None,
        };
        let words = ["open", "expired", "accepted", "revoked"];
        if let Some(condition) = query.word("state", state, &words)? {
            filters.push(Filter::number(condition, clock::now().unix_seconds()));
        }
        self.page(List::Invitations, &query, &filters).await
    }

    pub(super) async fn invite(&self) -> Result<Answer, Mistake> {
        let request: InvitationRequest = body(self.gate).await?;
        let email = ComparableEmail::parse(&request.email).ok_or_else(|| {
            Mistake::Request(format!(
                "email is `{}`, which cannot be compared safely; give one plain ASCII address, or make the person a member by PUT standings",
                request.email
            ))
        })?;
        if !(1..=MOST_DAYS).contains(&request.days) {
            return Err(Mistake::Request(format!(
                "days is {}; give 1 to {MOST_DAYS}",
                request.days
            )));
        }
        if self.gate.configuration.first_sight.is_none() {
            return Err(ChangeRefused::Conflict(NOBODY_ARRIVES.to_owned()).into());
        }
        let occasion = self.occasion();
        let open = Duration::from_hours(24 * u64::from(request.days));
        let expires_at = occasion.at.plus(open);
        // The request's own id is unique already.
        let id = format!(
            "inv-{}-{:x}",
            occasion.request_id,
            occasion.at.unix_millis()
        );
        let record = self
            .registry
            .invite(&id, &email, &request, expires_at, &occasion)
            .await?;
        Ok(self.text(record))
    }

    pub(super) async fn revoke(&self, id: &str) -> Result<Answer, Mistake> {
        let record = self
            .registry
            .revoke(&decoded(id)?, &self.occasion())
            .await?;
        Ok(self.text(record))
    }
}

const NOBODY_ARRIVES: &str = "nobody would ever accept it, because people become known here by PUT standings alone: set USHER_PROVISIONING to \
                              `first-sight`, or make the person a member with PUT standings";
