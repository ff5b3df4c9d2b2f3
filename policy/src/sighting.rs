//! A standing and when it was seen, and how it is read from a store that may hold anything.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::door::{Door, Knock};
use crate::instance_url::{HostRule, InstanceUrl};
use crate::org::OrgId;
use crate::session::{SessionKey, SignOuts};
use crate::standing::{Instance, InstanceId, Membership, Role, Standing};
use crate::status::{Status, UnknownStatus};
use crate::strict_json::typed;
use crate::time::Moment;

/// A standing and when the authority said so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sighting {
    /// What was said.
    pub standing: Standing,
    /// When the authority was asked.
    pub seen_at: Moment,
}

/// Why a record is not believed. It admits nobody and is never cached.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unreadable {
    /// The instance's id or address is not one, or answers at a host that is not allowed.
    BadInstance,
    /// A member of the record is not what it must be.
    BadMember {
        /// Its name.
        name: &'static str,
        /// What it must be.
        wanted: &'static str,
    },
    /// The record is of another shape or version than ours.
    BadShape,
    /// The record is about somebody else, or another door.
    SomeoneElse,
    /// A membership that is none of ours.
    UnknownMembership,
    /// A role that is none of ours.
    UnknownRole,
    /// A status that is none of ours (incident I1).
    UnknownStatus(UnknownStatus),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadInstance => f.write_str("the instance's id or address is not allowed"),
            Self::BadMember { name, wanted } => write!(f, "`{name}` is not {wanted}"),
            Self::BadShape => f.write_str("the record has an unknown shape"),
            Self::SomeoneElse => f.write_str("the record is about somebody else"),
            Self::UnknownMembership => {
                f.write_str("`membership` is not `member`, `needs_invitation` or `stranger`")
            }
            Self::UnknownRole => {
                f.write_str("`role` is not `member`, `org_owner` or `platform_owner`")
            }
            Self::UnknownStatus(unknown) => unknown.fmt(f),
        }
    }
}

/// A record as stores hold it: words that nobody has checked yet.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RawStanding {
    /// The exact `iss` it is about.
    pub issuer: String,
    /// The exact `sub` it is about.
    pub subject: String,
    /// `member`, `needs_invitation` or `stranger`.
    pub membership: String,
    /// The id of the org they are in now.
    pub org: Option<String>,
    /// The role's word.
    pub role: Option<String>,
    /// The instance's id.
    pub instance_id: Option<String>,
    /// The instance's address.
    pub instance_url: Option<String>,
    /// The instance's status word.
    pub status: Option<String>,
    /// Since when, in seconds since the Unix epoch.
    pub since: Option<u64>,
    /// Everything issued before this is over, in seconds since the Unix epoch.
    #[serde(default)]
    pub signed_out_before: Option<u64>,
    /// The keys of sessions that are over besides.
    #[serde(default)]
    pub ended_sessions: Vec<String>,
    /// Counts every change.
    pub version: u64,
    /// The address it is about; nothing where it is about their own instance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// The end of the year 9999: what a calendar can show.
const LATEST_SINCE: u64 = 253_402_300_799;

impl RawStanding {
    /// Believes a record only if it is whole, about the person and the door asked for, and leads to an allowed host.
    pub fn parse(self, asked: &Knock, hosts: &[HostRule]) -> Result<Standing, Unreadable> {
        let Knock { identity, door } = asked;
        let address = match door {
            Door::Own => None,
            Door::At(address) => Some(address.as_str()),
        };
        if self.issuer != identity.issuer.as_str()
            || self.subject != identity.subject.as_str()
            || self.address.as_deref() != address
        {
            return Err(Unreadable::SomeoneElse);
        }
        let instance = match (self.instance_id, self.instance_url, self.status, self.since) {
            (None, None, None, None) => None,
            (Some(id), Some(url), Some(status), Some(since)) => Some(Instance {
                id: InstanceId::new(&id).ok_or(Unreadable::BadInstance)?,
                url: InstanceUrl::new(&url)
                    .filter(|url| hosts.iter().any(|rule| rule.covers(url)))
                    .ok_or(Unreadable::BadInstance)?,
                status: Status::parse(&status).map_err(Unreadable::UnknownStatus)?,
                since: Some(since)
                    .filter(|since| *since <= LATEST_SINCE)
                    .map(Moment::from_unix_seconds)
                    .ok_or(Unreadable::BadShape)?,
            }),
            (Some(_) | None, Some(_) | None, Some(_) | None, Some(_) | None) => {
                return Err(Unreadable::BadShape);
            }
        };
        let membership = match self.membership.as_str() {
            "member" => Membership::Member {
                org: match self.org {
                    Some(org) => Some(OrgId::new(&org).ok_or(Unreadable::BadShape)?),
                    None => None,
                },
                role: self
                    .role
                    .as_deref()
                    .and_then(Role::parse)
                    .ok_or(Unreadable::UnknownRole)?,
            },
            "needs_invitation" => Membership::NeedsInvitation,
            "stranger" => Membership::Stranger,
            _ => return Err(Unreadable::UnknownMembership),
        };
        // One that cannot be read might be the one that is over.
        let sessions = self.ended_sessions.iter();
        let sessions = sessions.map(|key| SessionKey::parse(key).ok_or(Unreadable::BadShape));
        Ok(Standing {
            identity: identity.clone(),
            door: door.clone(),
            membership,
            instance,
            sign_outs: SignOuts {
                before: self.signed_out_before.map(Moment::from_unix_seconds),
                sessions: sessions.collect::<Result<_, _>>()?,
            },
            version: self.version,
        })
    }
}

impl From<&Standing> for RawStanding {
    fn from(standing: &Standing) -> Self {
        let (membership, org, role) = match &standing.membership {
            Membership::Member { org, role } => {
                let org = org.as_ref().map(|org| org.as_str().into());
                ("member", org, Some(role.word().into()))
            }
            Membership::NeedsInvitation => ("needs_invitation", None, None),
            Membership::Stranger => ("stranger", None, None),
        };
        let instance = standing.instance.as_ref();
        Self {
            issuer: standing.identity.issuer.as_str().into(),
            subject: standing.identity.subject.as_str().into(),
            address: match &standing.door {
                Door::Own => None,
                Door::At(address) => Some(address.as_str().into()),
            },
            membership: membership.into(),
            org,
            role,
            instance_id: instance.map(|instance| instance.id.as_str().into()),
            instance_url: instance.map(|instance| instance.url.as_str().into()),
            status: instance.map(|instance| instance.status.word().into()),
            since: instance.map(|instance| instance.since.unix_seconds()),
            signed_out_before: standing.sign_outs.before.map(Moment::unix_seconds),
            ended_sessions: (standing.sign_outs.sessions.iter())
                .map(|key| key.as_str().into())
                .collect(),
            version: standing.version,
        }
    }
}

/// The stored form: a version before everything, so that two releases of the gate that run side by side ignore what they
/// do not understand.
#[derive(Deserialize, Serialize)]
struct Stored {
    v: u32,
    seen_at: u64,
    standing: RawStanding,
}

impl Sighting {
    /// The version of the stored form.
    const STORED_VERSION: u32 = 2;

    /// Longest stored record in bytes; anything longer is not ours.
    pub const MAX_STORED_BYTES: usize = 8192;

    /// The stored form, JSON.
    pub fn store(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(&Stored {
            v: Self::STORED_VERSION,
            seen_at: self.seen_at.unix_millis(),
            standing: (&self.standing).into(),
        })
        .ok()
    }

    /// Reads the stored form. An error means: ask the authority, as if nothing had been stored.
    pub fn restore(bytes: &[u8], asked: &Knock, hosts: &[HostRule]) -> Result<Self, Unreadable> {
        if bytes.len() > Self::MAX_STORED_BYTES {
            return Err(Unreadable::BadShape);
        }
        let stored: Stored = typed::read(bytes).map_err(|_| Unreadable::BadShape)?;
        if stored.v != Self::STORED_VERSION {
            return Err(Unreadable::BadShape);
        }
        let standing = stored.standing.parse(asked, hosts)?;
        Ok(Self {
            standing,
            seen_at: Moment::from_unix_millis(stored.seen_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::{Identity, IssuerUrl, Subject};
    use alloc::borrow::ToOwned;
    use alloc::string::ToString;
    use alloc::vec;

    fn identity(subject: &str) -> Identity {
        Identity {
            issuer: IssuerUrl::new("https://id.example").unwrap(),
            subject: Subject::new(subject).unwrap(),
        }
    }

    fn hosts() -> Vec<HostRule> {
        vec![HostRule::parse("*.fly.dev").unwrap()]
    }

    fn sighting() -> Sighting {
        Sighting {
            standing: Standing {
                identity: identity("guy"),
                door: Door::Own,
                membership: Membership::Member {
                    org: OrgId::new("guys"),
                    role: Role::Member,
                },
                instance: Some(Instance {
                    id: InstanceId::new("i-1").unwrap(),
                    url: InstanceUrl::new("https://guy.fly.dev").unwrap(),
                    status: Status::Ready,
                    since: Moment::from_unix_seconds(7),
                }),
                sign_outs: SignOuts {
                    before: Some(Moment::from_unix_seconds(6)),
                    sessions: [SessionKey::parse("abcdefghijklmnopqrstuv").unwrap()].into(),
                },
                version: 3,
            },
            seen_at: Moment::from_unix_millis(9_001),
        }
    }

    fn restored(edit: impl Fn(&str) -> String) -> Result<Sighting, Unreadable> {
        let text = String::from_utf8(sighting().store().unwrap()).unwrap();
        Sighting::restore(
            edit(&text).as_bytes(),
            &Knock::own(identity("guy")),
            &hosts(),
        )
    }

    #[test]
    fn what_was_stored_is_restored() {
        assert_eq!(restored(ToString::to_string), Ok(sighting()));
    }

    #[test]
    fn somebody_elses_record_is_never_believed() {
        let stored = sighting().store().unwrap();
        assert_eq!(
            Sighting::restore(&stored, &Knock::own(identity("eve")), &hosts()),
            Err(Unreadable::SomeoneElse)
        );
    }

    #[test]
    fn an_unknown_status_word_is_never_believed() {
        let result = restored(|text| text.replace("\"ready\"", "\"running\""));
        assert_eq!(
            result,
            Err(Unreadable::UnknownStatus(UnknownStatus(
                "running".to_owned()
            )))
        );
    }

    #[test]
    fn an_address_elsewhere_is_never_believed() {
        for address in [
            "https://guy.evil.example",
            "http://169.254.169.254",
            "https://guy.fly.dev/admin",
        ] {
            let result = restored(|text| text.replace("https://guy.fly.dev", address));
            assert_eq!(result, Err(Unreadable::BadInstance), "{address}");
        }
    }

    #[test]
    fn a_sign_out_that_cannot_be_read_is_not_taken_for_none() {
        for broken in ["abc", "abcdefghijklmnopqrst/+", ""] {
            let result = restored(|text| text.replace("abcdefghijklmnopqrstuv", broken));
            assert_eq!(result, Err(Unreadable::BadShape), "{broken}");
        }
    }

    #[test]
    fn another_version_garbage_and_oversize_are_no_record() {
        assert_eq!(
            restored(|text| text.replace("\"v\":2", "\"v\":3")),
            Err(Unreadable::BadShape)
        );
        assert_eq!(restored(|_| "}{".to_owned()), Err(Unreadable::BadShape));
        assert_eq!(
            restored(|text| text.to_owned() + &" ".repeat(9000)),
            Err(Unreadable::BadShape)
        );
        assert_eq!(
            restored(|text| text.replace("\"since\":7", "\"since\":9000000000000000")),
            Err(Unreadable::BadShape)
        );
        assert_eq!(
            restored(|text| text.replace("\"i-1\"", "null")),
            Err(Unreadable::BadShape)
        );
    }
}
