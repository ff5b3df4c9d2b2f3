//! What a control plane says of a visitor, read strictly: it is somebody else's program, and one wrong word must let nobody in.
//! The form is [`crate::contract::ControlPlaneStanding`]; members that are none of it are ignored, so that a platform may say more.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::door::{Address, Door, Knock};
use crate::instance_url::HostRule;
use crate::sighting::{RawStanding, Unreadable};
use crate::standing::{Identity, IssuerUrl, Role, Standing, Subject};
use crate::strict_json::{Object, Value, typed::whole};

/// The largest body a control plane may answer or push with.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// A standing as a control plane says it, not yet believed.
#[derive(Clone, Debug)]
pub struct Said(RawStanding);

impl Said {
    /// Reads one object without duplicate members, in which every member that counts has its right type.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let object = Object::read(bytes).ok_or(Unreadable::BadShape)?;
        let instance = match object.member("instance") {
            None | Some(Value::Null) => None,
            Some(Value::Object(instance)) => Some(instance),
            Some(Value::Bool(_) | Value::List(_) | Value::Number(_) | Value::Text(_)) => {
                return Err(wrong("instance", "an object, null or left out"));
            }
        };
        let membership = text(&object, "membership")?;
        let role = optional_text(&object, "role")?;
        Ok(Self(RawStanding {
            issuer: text(&object, "issuer")?,
            subject: text(&object, "subject")?,
            address: optional_text(&object, "address")?,
            org: optional_text(&object, "org")?,
            role: Some(role.unwrap_or_else(|| Role::default().word().to_owned())),
            instance_id: instance.map(|it| text(it, "id")).transpose()?,
            instance_url: instance.map(|it| text(it, "url")).transpose()?,
            status: instance.map(|it| text(it, "status")).transpose()?,
            since: instance.map(|it| whole_number(it, "since")).transpose()?,
            signed_out_before: match object.member("signed_out_before") {
                None | Some(Value::Null) => None,
                Some(_) => Some(whole_number(&object, "signed_out_before")?),
            },
            // Sessions are the registry's; a control plane logs people out by time.
            ended_sessions: Vec::new(),
            // 0 is how "never heard of" is remembered, which any later answer replaces.
            version: Some(whole_number(&object, "version")?)
                .filter(|version| *version > 0)
                .ok_or(wrong("version", "a whole number from 1"))?,
            membership,
        }))
    }

    /// Whom and which door it is about; none if that can be nobody, or no door.
    pub fn knock(&self) -> Option<Knock> {
        Some(Knock {
            identity: Identity {
                issuer: IssuerUrl::new(&self.0.issuer)?,
                subject: Subject::new(&self.0.subject)?,
            },
            door: match &self.0.address {
                None => Door::Own,
                Some(address) => Door::At(Address::new(address)?),
            },
        })
    }

    /// Believes it, if it is about the person and the door asked for and leads to an allowed host.
    pub fn parse(self, asked: &Knock, hosts: &[HostRule]) -> Result<Standing, Unreadable> {
        // A role is of those who belong to the platform, but a wrong word is wrong with everybody.
        if self.0.role.as_deref().and_then(Role::parse).is_none() {
            return Err(Unreadable::UnknownRole);
        }
        self.0.parse(asked, hosts)
    }
}

const fn wrong(name: &'static str, wanted: &'static str) -> Unreadable {
    Unreadable::BadMember { name, wanted }
}

fn text(object: &Object, name: &'static str) -> Result<String, Unreadable> {
    optional_text(object, name)?.ok_or(wrong(name, "a text"))
}

/// Many writers of JSON say `null` for what is not there.
fn optional_text(object: &Object, name: &'static str) -> Result<Option<String>, Unreadable> {
    match object.member(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text.clone())),
        Some(Value::Bool(_) | Value::List(_) | Value::Number(_) | Value::Object(_)) => {
            Err(wrong(name, "a text"))
        }
    }
}

fn whole_number(object: &Object, name: &'static str) -> Result<u64, Unreadable> {
    match object.member(name) {
        Some(Value::Number(number)) => whole(*number),
        Some(Value::Bool(_) | Value::List(_) | Value::Null | Value::Object(_) | Value::Text(_))
        | None => None,
    }
    .ok_or(wrong(name, "a whole number from 0 to 2^53 - 1"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{ControlPlaneInstance, ControlPlaneStanding, PlatformMembership};
    use crate::standing::Membership;
    use crate::status::{Status, UnknownStatus};
    use alloc::vec;
    use serde_json::{Value as Json, json};

    fn guy() -> Knock {
        Knock::own(Identity {
            issuer: IssuerUrl::new("https://id.example").unwrap(),
            subject: Subject::new("guy").unwrap(),
        })
    }

    fn hosts() -> Vec<HostRule> {
        vec![HostRule::parse("*.fly.dev").unwrap()]
    }

    fn said() -> ControlPlaneStanding {
        ControlPlaneStanding {
            issuer: "https://id.example".to_owned(),
            subject: "guy".to_owned(),
            address: None,
            membership: PlatformMembership::Member,
            org: Some("Guys".to_owned()),
            role: Some(Role::OrgOwner),
            signed_out_before: Some(9),
            instance: Some(ControlPlaneInstance {
                id: "i-1".to_owned(),
                url: "https://guy.fly.dev".to_owned(),
                status: Status::Ready,
                since: 7,
            }),
            version: 3,
        }
    }

    fn parsed(text: &[u8]) -> Result<Standing, Unreadable> {
        Said::read(text)?.parse(&guy(), &hosts())
    }

    fn with(pointer: &str, value: Json) -> Result<Standing, Unreadable> {
        let mut document = serde_json::to_value(said()).unwrap();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[name] = value;
        parsed(&serde_json::to_vec(&document).unwrap())
    }

    #[test]
    fn what_the_contract_writes_is_believed() {
        let standing = parsed(&serde_json::to_vec(&said()).unwrap()).unwrap();
        assert_eq!(standing.knock(), guy());
        assert_eq!(
            standing.membership,
            Membership::Member {
                org: crate::org::OrgId::new("Guys"),
                role: Role::OrgOwner
            }
        );
        assert_eq!(standing.version, 3);
        let instance = standing.instance.unwrap();
        assert_eq!(
            (instance.id.as_str(), instance.status),
            ("i-1", Status::Ready)
        );
    }

    #[test]
    fn what_is_optional_may_be_left_out_or_null_and_more_may_be_said() {
        let bare = br#"{"issuer":"https://id.example","subject":"guy","membership":"needs_invitation","version":1,"plan":"gold"}"#;
        assert_eq!(
            parsed(bare).unwrap().membership,
            Membership::NeedsInvitation
        );
        for pointer in ["/org", "/role", "/instance"] {
            assert!(with(pointer, Json::Null).is_ok(), "{pointer}");
        }
    }

    #[test]
    fn unknown_words_are_never_believed() {
        assert_eq!(
            with("/instance/status", json!("running")),
            Err(Unreadable::UnknownStatus(UnknownStatus(
                "running".to_owned()
            )))
        );
        for (pointer, word, unreadable) in [
            ("/membership", "owner", Unreadable::UnknownMembership),
            ("/membership", "Member", Unreadable::UnknownMembership),
            ("/role", "admin", Unreadable::UnknownRole),
        ] {
            assert_eq!(with(pointer, json!(word)), Err(unreadable), "{pointer}");
        }
    }

    #[test]
    fn somebody_else_and_another_host_are_never_believed() {
        for (pointer, value) in [("/subject", "Guy"), ("/issuer", "https://id.example/")] {
            assert_eq!(with(pointer, json!(value)), Err(Unreadable::SomeoneElse));
        }
        for url in [
            "https://guy.evil.example",
            "http://169.254.169.254",
            "https://guy.fly.dev/x",
        ] {
            assert_eq!(
                with("/instance/url", json!(url)),
                Err(Unreadable::BadInstance)
            );
        }
    }

    #[test]
    fn wrong_types_and_missing_members_are_never_read_as_absent() {
        for pointer in [
            "/issuer",
            "/subject",
            "/membership",
            "/version",
            "/instance/id",
            "/instance/url",
            "/instance/status",
            "/instance/since",
            "/org",
            "/role",
            "/instance",
        ] {
            for value in [
                json!(true),
                json!([]),
                json!({}),
                json!(-1),
                json!(1.5),
                json!(""),
            ] {
                assert!(
                    with(pointer, value.clone()).is_err() || pointer == "/org" && value == "",
                    "{pointer}: {value}"
                );
            }
        }
        for pointer in [
            "/issuer",
            "/subject",
            "/membership",
            "/version",
            "/instance/status",
        ] {
            let named = pointer.rsplit('/').next().unwrap_or_default();
            match with(pointer, Json::Null) {
                Err(Unreadable::BadMember { name, .. }) => assert_eq!(name, named),
                other => panic!("{pointer}: {other:?}"),
            }
        }
        for version in [
            json!(0),
            json!(1e300),
            json!(9_007_199_254_740_992_u64),
            json!("3"),
        ] {
            assert!(matches!(
                with("/version", version),
                Err(Unreadable::BadMember {
                    name: "version",
                    ..
                })
            ));
        }
        assert_eq!(
            with("/org", json!("a\r\nUsher-Role: platform_owner")),
            Err(Unreadable::BadShape)
        );
    }

    #[test]
    fn a_duplicate_member_is_never_believed() {
        let text = serde_json::to_string(&said()).unwrap();
        for (member, twice) in [
            (
                "\"status\":\"ready\"",
                "\"status\":\"ready\",\"status\":\"suspended\"",
            ),
            ("\"version\":3", "\"version\":3,\"version\":3"),
            (
                "\"subject\":\"guy\"",
                "\"subject\":\"guy\",\"\\u0073ubject\":\"guy\"",
            ),
        ] {
            let doubled = text.replace(member, twice);
            assert_ne!(doubled, text);
            assert_eq!(parsed(doubled.as_bytes()), Err(Unreadable::BadShape));
        }
        for cut in 0..text.len() {
            assert_eq!(parsed(&text.as_bytes()[..cut]), Err(Unreadable::BadShape));
        }
    }
}
