//! The bodies of the admin API about people: users, orgs, invitations, sessions, events. The registry's database writes what is
//! answered; these types read it.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::MembershipWord;
use crate::org::OrgRole;
use crate::standing::Role;
use crate::status::Status;

/// Most rows in one answer; as many unless fewer are asked for.
pub const MOST_ROWS: usize = 100;

/// A user: `GET /.usher/admin/v1/users/{id}`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserRecord {
    /// Their id at the registry.
    pub id: String,
    /// Their address, only to be shown.
    pub email: Option<String>,
    /// The org they are in now.
    pub org: Option<String>,
    /// What they may do there, or on the whole platform.
    pub role: Role,
    /// Member, or known but not invited.
    pub membership: MembershipWord,
    /// Since when they are known, in seconds since the Unix epoch.
    pub created_at: u64,
    /// All of their orgs.
    pub orgs: Vec<UserOrg>,
    /// As whom they log in.
    pub identities: Vec<UserIdentity>,
    /// The id of their instance.
    pub instance: Option<String>,
    /// Its status.
    pub status: Option<Status>,
}

/// A user's place in an org.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserOrg {
    /// The org's id.
    pub org: String,
    /// What they may do there.
    pub role: OrgRole,
}

/// As whom a user logs in.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserIdentity {
    /// The exact `iss` of their tokens.
    pub issuer: String,
    /// The exact `sub` of their tokens.
    pub subject: String,
}

/// Some users: `GET /.usher/admin/v1/users`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserList {
    /// One page of them.
    pub users: Vec<UserRecord>,
    /// How many match in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    pub next: Option<String>,
}

/// A change of a user: `PATCH /.usher/admin/v1/users/{id}`; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// Whether they administer the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_owner: Option<bool>,
    /// The org they are in now, one of theirs; null for none.
    #[serde(
        default,
        deserialize_with = "given",
        skip_serializing_if = "Option::is_none"
    )]
    pub org: Option<Option<String>>,
    /// Member, or known but not invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub membership: Option<MembershipWord>,
}

#[expect(clippy::option_option, reason = "null is not the same as left out")]
pub(super) fn given<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// An org: `GET /.usher/admin/v1/orgs/{id}`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrgRecord {
    /// Its id, which apps are told.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What those become who come by their domain.
    pub default_role: OrgRole,
    /// Since when, in seconds since the Unix epoch.
    pub created_at: u64,
    /// Everybody with an address of one of these is a member at first sight, unless their issuer says that it is not verified.
    pub domains: Vec<String>,
    /// How many members it has.
    pub members: u64,
}

/// Some orgs: `GET /.usher/admin/v1/orgs`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrgList {
    /// One page of them.
    pub orgs: Vec<OrgRecord>,
    /// How many there are in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    pub next: Option<String>,
}

/// What an org shall be: `PUT /.usher/admin/v1/orgs/{id}`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OrgRequest {
    /// Its name for people.
    pub name: String,
    /// What those become who come by their domain.
    #[serde(default)]
    pub default_role: OrgRole,
    /// All of its domains.
    #[serde(default)]
    pub domains: Vec<String>,
}

/// A member of an org.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRecord {
    /// The user's id.
    pub user: String,
    /// Their address, only to be shown.
    pub email: Option<String>,
    /// What they may do there.
    pub role: OrgRole,
    /// Since when, in seconds since the Unix epoch.
    pub since: u64,
}

/// Some members: `GET /.usher/admin/v1/orgs/{id}/members`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MemberList {
    /// One page of them.
    pub members: Vec<MemberRecord>,
    /// How many there are in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    pub next: Option<String>,
}

/// What a member shall be: `PUT /.usher/admin/v1/orgs/{id}/members/{user}`.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct MemberRequest {
    /// What they may do there.
    #[serde(default)]
    pub role: OrgRole,
}

/// An invitation: `GET /.usher/admin/v1/invitations`. Times are seconds since the Unix epoch.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationRecord {
    /// Its id.
    pub id: String,
    /// For whom, in lower case.
    pub email: String,
    /// Into which org.
    pub org: String,
    /// As what.
    pub role: OrgRole,
    /// When it was made.
    pub created_at: u64,
    /// Until when it is open.
    pub expires_at: u64,
    /// When it was accepted, if it was.
    pub accepted_at: Option<u64>,
    /// By whom.
    pub accepted_by: Option<String>,
    /// When it was withdrawn, if it was.
    pub revoked_at: Option<u64>,
}

/// Some invitations.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationList {
    /// One page of them.
    pub invitations: Vec<InvitationRecord>,
    /// How many match in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    pub next: Option<String>,
}

/// An invitation to be made: `POST /.usher/admin/v1/invitations`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// For whom.
    pub email: String,
    /// Into which org.
    pub org: String,
    /// As what.
    #[serde(default)]
    pub role: OrgRole,
    /// For how many days it is open.
    #[serde(default = "usual_days")]
    pub days: u32,
}

const fn usual_days() -> u32 {
    14
}

/// A session. Times are seconds since the Unix epoch.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SessionRecord {
    /// Its key, which is no credential.
    pub id: String,
    /// Whose.
    pub user: String,
    /// The exact `iss` of its tokens.
    pub issuer: String,
    /// Whose product the issuer is.
    pub provider: String,
    /// When it began.
    pub started_at: u64,
    /// When it was last used, to some minutes.
    pub last_activity_at: u64,
    /// When it ended, if it did before its time.
    pub ended_at: Option<u64>,
    /// Who ended it.
    pub ended_by: Option<String>,
    /// From its beginning to its end, or to the last activity.
    pub duration_seconds: u64,
    /// When its last token ends.
    pub expires_at: u64,
    /// From where it began.
    pub ip: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
}

/// Some sessions, the newest first: `GET /.usher/admin/v1/sessions?user={id}`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SessionList {
    /// One page of them.
    pub sessions: Vec<SessionRecord>,
    /// How many match in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    pub next: Option<String>,
}

/// Something that happened: `GET /.usher/admin/v1/events`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventRecord {
    /// Its number; later events have higher ones.
    pub id: u64,
    /// When, in milliseconds since the Unix epoch.
    pub at: u64,
    /// What: a word of [`crate::event::EventKind`].
    pub event: String,
    /// To whom: the id of a user.
    pub user: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their org, or the one it is about.
    pub org: Option<String>,
    /// The exact `iss` of the token.
    pub issuer: Option<String>,
    /// Whose product the issuer is.
    pub provider: Option<String>,
    /// The instance it is about.
    pub instance: Option<String>,
    /// From where.
    pub ip: Option<String>,
    /// With which program.
    pub user_agent: Option<String>,
    /// Why it failed.
    pub reason: Option<String>,
    /// The id under which the log has the request.
    pub request_id: Option<String>,
    /// Which operator did it.
    pub actor: Option<String>,
    /// What they gave as the reason.
    pub why: Option<String>,
    /// Anything else.
    pub details: Option<Value>,
}

/// Some events, the newest first.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EventList {
    /// One page of them.
    pub events: Vec<EventRecord>,
    /// How many match in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    pub next: Option<String>,
}

/// One change of status: `GET /.usher/admin/v1/instances/{id}/history`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StatusStep {
    /// The version of the instance since then.
    pub version: u64,
    /// The status before; nothing for a new instance.
    pub from: Option<Status>,
    /// The status since then.
    pub to: Status,
    /// When, in seconds since the Unix epoch.
    pub at: u64,
    /// Who did it.
    pub actor: Option<String>,
    /// What they gave as the reason.
    pub why: Option<String>,
}

/// Some changes of status, the newest first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StatusHistory {
    /// One page of them.
    pub history: Vec<StatusStep>,
    /// How many there are in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    pub next: Option<String>,
}
