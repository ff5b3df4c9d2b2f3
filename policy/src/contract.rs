//! The words the gate exchanges with the rest of a platform: the bodies of `/.usher/me` and of the admin API.
//!
//! The stage and the verifier speak these types, so a renamed field does not compile instead of failing in production. For what
//! is not written in Rust the same contract is generated: [`sql`], [`json_schema`], [`typescript`], [`markdown`].

pub mod explanation;
pub mod json_schema;
pub mod markdown;
mod record;
pub mod sql;
pub mod typescript;

pub mod directory;

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::standing::Role;
use crate::status::Status;

/// The header that carries the stable reason code of every answer the gate itself gives.
pub const REASON_HEADER: &str = "usher-reason";

/// The header that carries the id under which the log, and the registry's events, have the request.
pub const REQUEST_ID_HEADER: &str = "usher-request-id";

/// The header in which the gate's own answers say which upload of the gate answers, as Cloudflare names it.
pub const VERSION_HEADER: &str = "usher-version";

/// The header that carries the tag of that upload (`wrangler deploy --tag`), if it has one.
pub const VERSION_TAG_HEADER: &str = "usher-version-tag";

/// The header that marks an answer as the gate's own, so that an app's 403 can be told from ours.
pub const RESPONSE_HEADER: &str = "usher-response";

/// What `GET /.usher/me` answers to somebody with a good credential (status 200 whether admitted or not).
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Me {
    /// Who the gate takes the visitor for.
    pub visitor: MeVisitor,
    /// Whether a request to the instance would be let in now.
    pub admitted: bool,
    /// The stable reason code; `admitted` when let in.
    pub reason: String,
    /// The rule of the decision table that decided.
    pub rule: String,
    /// The visitor's instance, if there is one.
    pub instance: Option<MeInstance>,
    /// The words of status that are let in.
    pub admits: Vec<Status>,
    /// What is the case, for a person.
    pub title: String,
    /// What it means for the visitor.
    pub detail: String,
    /// What to do next.
    pub next: String,
    /// After how many seconds it is worth asking again, if it is.
    pub retry_after: Option<u32>,
}

/// The visitor in [`Me`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MeVisitor {
    /// The exact `iss` of the token.
    pub issuer: String,
    /// The exact `sub` of the token.
    pub subject: String,
    /// The e-mail address of the token, if it carries one.
    pub email: Option<String>,
    /// When the token is over, in seconds since the Unix epoch.
    #[serde(default)]
    pub valid_until: u64,
}

/// The visitor's instance in [`Me`]. Its address stays private: a visitor reaches it through the gate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MeInstance {
    /// The instance's id at the registry.
    pub id: String,
    /// Its status.
    pub status: Status,
    /// Since when it has that status, in seconds since the Unix epoch.
    pub since: u64,
    /// How old this knowledge is, in milliseconds.
    pub age_millis: u64,
}

/// What `GET /.usher/ready` answers with status 200; where something is wrong, it answers a [`Problem`] with its `mistakes`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Readiness {
    /// Always `ready`.
    pub status: String,
    /// Whether log-ins are written down, which only the registry does.
    pub keeps_events: bool,
    /// How many events this isolate could not write since it started (incident I4).
    pub lost_events: u64,
    /// Why the last of them could not be written.
    pub last_lost_because: Option<String>,
    /// The triggers of the registry that its own migrations did not make: they change, or refuse, what the gate writes (incident I4).
    #[serde(default)]
    pub foreign_triggers: Vec<String>,
}

/// What the platform says of a visitor: `PUT /.usher/admin/v1/standings`, answered with a [`StandingRecord`].
///
/// Of an existing visitor everything that is left out stays, so that who gives somebody an instance need not know the rest. An
/// instance is created if there was none (always in status `provisioning`) and never changed otherwise, because a status changes only
/// by [`StatusChange`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StandingRequest {
    /// The exact `iss` of the visitor's tokens.
    pub issuer: String,
    /// The exact `sub` of the visitor's tokens.
    pub subject: String,
    /// The e-mail address, to be shown to people; nobody is recognised by it. Null for none.
    #[serde(
        default,
        deserialize_with = "directory::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<Option<String>>,
    /// Member, or known but not invited.
    pub membership: MembershipWord,
    /// The org the visitor is in now; one that is not there is made. Null for none.
    #[serde(
        default,
        deserialize_with = "directory::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub org: Option<Option<String>>,
    /// The visitor's role; a new visitor is a `member`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The visitor's instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<NewInstance>,
}

/// A standing as the admin API gives it: `GET /.usher/admin/v1/standings`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StandingRecord {
    /// The exact `iss` of the visitor's tokens.
    pub issuer: String,
    /// The exact `sub` of the visitor's tokens.
    pub subject: String,
    /// The e-mail address, to be shown to people; nobody is recognised by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Member, or known but not invited.
    pub membership: MembershipWord,
    /// The org the visitor belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The visitor's role; `member` when absent.
    #[serde(default)]
    pub role: Role,
    /// The visitor's instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<NewInstance>,
}

/// How a visitor is related to the platform, as a word.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MembershipWord {
    /// Belongs to the platform.
    Member,
    /// Is known, but needs an invitation first (incident I4).
    NeedsInvitation,
}

impl MembershipWord {
    /// Every word.
    pub const ALL: [Self; 2] = [Self::Member, Self::NeedsInvitation];

    /// The word as it stands in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::NeedsInvitation => "needs_invitation",
        }
    }
}

/// An instance to be created: the part of it that the platform decides.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NewInstance {
    /// The id the platform gives it: 1 to 128 of `A-Z a-z 0-9 . _ -`.
    pub id: String,
    /// Where it answers: an origin, `https://guy.fly.dev` or `http://127.0.0.1:4000`.
    pub url: String,
}

/// An instance as the admin API shows it: `GET /.usher/admin/v1/instances/{id}`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct InstanceRecord {
    /// The instance's id.
    pub id: String,
    /// Where it answers.
    pub url: String,
    /// Its status.
    pub status: Status,
    /// What it was before it was suspended, if it is suspended.
    pub suspended_from: Option<Status>,
    /// Since when it has its status, in seconds since the Unix epoch.
    pub since: u64,
    /// Counts every change; a late write with a smaller number loses.
    pub version: u64,
    /// The id of its owner's record; none without a registry.
    pub user: Option<String>,
    /// The exact `iss` of its owner's tokens; none if nobody can log in as its owner.
    pub issuer: Option<String>,
    /// The exact `sub` of its owner's tokens.
    pub subject: Option<String>,
    /// The hosts at which it is reached, if it has any of its own: labels below the platform's domain, and whole hosts.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// The org whose members reach it there as well.
    #[serde(default)]
    pub org: Option<String>,
}

/// A change of an instance: `PATCH /.usher/admin/v1/instances/{id}`, answered with [`InstanceRecord`] or 409; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InstanceChange {
    /// All of the hosts at which it is reached: `guy` for `guy.apps.example.com`, or `app.guy.example`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    /// The org whose members reach it there as well; null for none.
    #[serde(
        default,
        deserialize_with = "directory::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub org: Option<Option<String>>,
}

/// Some instances: `GET /.usher/admin/v1/instances?status=active`, the longest in that status first.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct InstanceList {
    /// One page of them.
    pub instances: Vec<InstanceRecord>,
    /// How many there are in all.
    pub total: u64,
    /// What the next page begins after, if there is one.
    #[serde(default)]
    pub next: Option<String>,
}

/// A change of status: `PUT /.usher/admin/v1/instances/{id}/status`, answered with [`InstanceRecord`] or 409.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    /// The status it shall have.
    pub status: Status,
}

/// A standing as a control plane says it: in answer to `GET {url}/standings?iss=…&sub=…`, and to the gate in
/// `PUT /.usher/admin/v1/sightings`. Read by [`crate::control_plane`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ControlPlaneStanding {
    /// The exact `iss` that was asked for.
    pub issuer: String,
    /// The exact `sub` that was asked for.
    pub subject: String,
    /// The exact `address` that was asked for, where one was: then the instance is the one behind it, if the visitor may go in there,
    /// and otherwise the visitor's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// How the visitor is related to the platform.
    pub membership: PlatformMembership,
    /// The org the visitor belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The visitor's role; `member` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// The visitor's instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<ControlPlaneInstance>,
    /// Everything that was issued to the visitor before this is over, in seconds since the Unix epoch: they logged out then, or
    /// were logged out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_out_before: Option<u64>,
    /// Grows with every change of anything above, and begins at 1; what has a lower one than is known loses.
    pub version: u64,
}

/// How a visitor is related to the platform, as a control plane says it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformMembership {
    /// Belongs to the platform.
    Member,
    /// Is known, but needs an invitation first (incident I4).
    NeedsInvitation,
    /// Is not known, or no longer; an answer may as well be 404.
    Stranger,
}

/// The instance in [`ControlPlaneStanding`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ControlPlaneInstance {
    /// Its id: 1 to 128 of `A-Z a-z 0-9 . _ -`.
    pub id: String,
    /// Where it answers: an origin at a host that `USHER_INSTANCE_HOSTS` allows.
    pub url: String,
    /// Its status.
    pub status: Status,
    /// Since when it has that status, in seconds since the Unix epoch.
    pub since: u64,
}

/// The gate's error body, RFC 9457 (`application/problem+json`), as a client reads it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// A URI that names the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is the case, in a few words.
    pub title: String,
    /// The HTTP status code.
    pub status: u16,
    /// What it means, in a sentence or two.
    pub detail: String,
    /// The stable reason code.
    pub reason: String,
    /// The id under which the log has this request.
    pub request_id: String,
    /// What to do next.
    pub next: String,
    /// After how many seconds it is worth asking again, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Everything that is wrong, one sentence each, where there can be several (configuration, a rejected body).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<String>,
}
