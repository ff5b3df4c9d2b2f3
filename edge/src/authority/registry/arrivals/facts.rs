//! What the rule of first sight asks about, read in one go.

use policy::email::{ComparableEmail, EmailDomain};
use policy::org::{OrgId, OrgRole};
use policy::provisioning::{AllowedDomain, Facts, Invitation, Ownership, Profile};
use policy::time::Moment;
use serde::Deserialize;

/// Everything the rule asks about, in one read.
pub(super) const FACTS: &str = "
    SELECT json_object(
        'user', (SELECT user_id FROM identities WHERE issuer = ?1 AND subject = ?2),
        'profile', (SELECT CASE WHEN NOT users.requires_invitation THEN 'known'
                                WHEN denied_at_first_sight.user_id IS NOT NULL THEN 'denied'
                                ELSE 'kept_out' END
                    FROM identities
                    JOIN users ON users.id = identities.user_id
                    LEFT JOIN denied_at_first_sight ON denied_at_first_sight.user_id = users.id
                    WHERE identities.issuer = ?1 AND identities.subject = ?2),
        'ownership', CASE WHEN EXISTS (SELECT 1 FROM users WHERE role = 'platform_owner') THEN 'held'
                          WHEN EXISTS (SELECT 1 FROM ownership) THEN 'vacant'
                          ELSE 'never' END,
        'invitation', json((SELECT json_object('id', id, 'email', email, 'org', org_id, 'role', role, 'expires_at', expires_at)
                            FROM invitations
                            WHERE email = ?3 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > ?5
                            ORDER BY created_at DESC, id LIMIT 1)),
        'domain', json((SELECT json_object('domain', domain, 'org', orgs.id, 'role', orgs.default_role)
                        FROM allowed_domains JOIN orgs ON orgs.id = org_id WHERE domain = ?4))) AS record";

#[derive(Deserialize)]
pub(super) struct RawFacts {
    /// The id of the record there is already.
    pub(super) user: Option<String>,
    profile: Option<String>,
    ownership: String,
    invitation: Option<RawInvitation>,
    domain: Option<RawDomain>,
}

#[derive(Deserialize)]
struct RawInvitation {
    id: String,
    email: String,
    org: String,
    role: String,
    expires_at: u64,
}

#[derive(Deserialize)]
struct RawDomain {
    domain: String,
    org: String,
    role: String,
}

impl RawFacts {
    /// What cannot be read counts as absent: it lets nobody in.
    pub(super) fn parse(self) -> Facts {
        let invitation = self.invitation.and_then(|raw| {
            Some(Invitation {
                id: raw.id,
                email: ComparableEmail::parse(&raw.email)?,
                org: OrgId::new(&raw.org)?,
                role: OrgRole::parse(&raw.role)?,
                expires_at: Moment::from_unix_seconds(raw.expires_at),
            })
        });
        let domain = self.domain.and_then(|raw| {
            Some(AllowedDomain {
                domain: EmailDomain::parse(&raw.domain)?,
                org: OrgId::new(&raw.org)?,
                role: OrgRole::parse(&raw.role)?,
            })
        });
        Facts {
            profile: match self.profile.as_deref() {
                None => Profile::None,
                Some("known") => Profile::Known,
                Some("denied") => Profile::Denied,
                Some(_) => Profile::KeptOut,
            },
            invitation,
            domain,
            ownership: match self.ownership.as_str() {
                "never" => Ownership::Never,
                "vacant" => Ownership::Vacant,
                _ => Ownership::Held,
            },
        }
    }
}
