//! What becomes of somebody at first sight: known, invited, from an org's domain, the first owner, or denied with a record.
//!
//! One rule, in this order (incident I4, where it was spread over the code and broken in four places). Whoever stores its
//! outcome does so in one transaction that is void if a fact has changed, and asks again.

use alloc::string::String;
use alloc::vec::Vec;

use crate::email::{ComparableEmail, EmailDomain};
use crate::org::{OrgId, OrgRole};
use crate::time::Moment;

/// Somebody with a good credential.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Newcomer {
    /// The address they may be recognised by, or why there is none.
    pub email: Result<ComparableEmail, Unrecognised>,
}

/// Why nobody is recognised by their address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unrecognised {
    /// The token has no address.
    NoEmail,
    /// The issuer says that the address is not verified: anybody could have typed it.
    EmailUnverified,
    /// The address has more than one reading.
    EmailAmbiguous,
}

/// What the registry holds of the newcomer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Profile {
    /// Nothing.
    None,
    /// A record of an earlier first sight at which nothing spoke for them.
    Denied,
    /// An operator has said that they need an invitation.
    KeptOut,
    /// They belong to the platform.
    Known,
}

/// Somebody of an org has asked for this person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invitation {
    /// Its id at the registry.
    pub id: String,
    /// For whom.
    pub email: ComparableEmail,
    /// Into which org.
    pub org: OrgId,
    /// As what.
    pub role: OrgRole,
    /// Until when it is open.
    pub expires_at: Moment,
}

/// An org takes everybody whose address ends so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AllowedDomain {
    /// The domain.
    pub domain: EmailDomain,
    /// Which org.
    pub org: OrgId,
    /// As what: the org's default role.
    pub role: OrgRole,
}

/// What the registry holds, as it was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// Of the newcomer.
    pub profile: Profile,
    /// An invitation that was neither accepted nor withdrawn.
    pub invitation: Option<Invitation>,
    /// An org that takes the newcomer's domain.
    pub domain: Option<AllowedDomain>,
    /// Whether the platform has an owner.
    pub ownership: Ownership,
}

/// Whether the platform has an owner. Not "whether there is anybody": one denied visitor would break the bootstrap for good
/// (incident I4).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ownership {
    /// Nobody has ever owned it.
    Never,
    /// Its owners are gone.
    Vacant,
    /// Somebody owns it.
    Held,
}

/// Who may become the platform's first owner.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FirstOwner {
    /// Whoever comes first, once: an owner who leaves must not make one of the next stranger.
    Anybody,
    /// One of these, whenever there is no owner, also after having been denied at first sight.
    OneOf(Vec<ComparableEmail>),
}

/// What becomes of the newcomer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Arrival {
    /// They are known; nothing is written.
    Returning,
    /// They become a member of the org that invited them, and the invitation is spent.
    Invited(Invitation),
    /// They become a member of the org that takes their domain.
    FromDomain(AllowedDomain),
    /// They become the platform's owner.
    Bootstrap,
    /// They are told to ask their administrator; there is a record of it.
    Denied,
}

/// Decides what becomes of a newcomer. Facts are checked again here, so that no collation of a database and no clock of its own
/// decides who is meant.
pub fn arrive(newcomer: &Newcomer, facts: &Facts, first: &FirstOwner, now: Moment) -> Arrival {
    if facts.profile == Profile::Known {
        return Arrival::Returning;
    }
    let email = newcomer.email.as_ref().ok();
    let invitation = facts
        .invitation
        .as_ref()
        .filter(|invitation| Some(&invitation.email) == email && now < invitation.expires_at);
    if let Some(invitation) = invitation {
        return Arrival::Invited(invitation.clone());
    }
    // What an operator has said of one person counts for more than what is said of everybody with such an address.
    if facts.profile == Profile::KeptOut {
        return Arrival::Denied;
    }
    let domain = (facts.domain.as_ref())
        .filter(|domain| email.is_some_and(|email| domain.domain == email.domain()));
    if let Some(domain) = domain {
        return Arrival::FromDomain(domain.clone());
    }
    let may_own = match (first, facts.ownership) {
        (FirstOwner::Anybody | FirstOwner::OneOf(_), Ownership::Held)
        | (FirstOwner::Anybody, Ownership::Vacant) => false,
        // Somebody who was denied does not rise by coming back.
        (FirstOwner::Anybody, Ownership::Never) => facts.profile == Profile::None,
        (FirstOwner::OneOf(emails), Ownership::Never | Ownership::Vacant) => {
            email.is_some_and(|email| emails.contains(email))
        }
    };
    if may_own {
        Arrival::Bootstrap
    } else {
        Arrival::Denied
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;

    const NOW: Moment = Moment::from_unix_seconds(1_900_000_000);

    fn email(address: &str) -> ComparableEmail {
        ComparableEmail::parse(address).unwrap()
    }

    fn newcomer(address: &str) -> Newcomer {
        Newcomer {
            email: Ok(email(address)),
        }
    }

    fn invitation(address: &str) -> Invitation {
        Invitation {
            id: "inv-1".into(),
            email: email(address),
            org: OrgId::new("acme").unwrap(),
            role: OrgRole::OrgOwner,
            expires_at: NOW.plus(Duration::from_secs(1)),
        }
    }

    fn domain(name: &str) -> AllowedDomain {
        AllowedDomain {
            domain: EmailDomain::parse(name).unwrap(),
            org: OrgId::new("corp").unwrap(),
            role: OrgRole::Member,
        }
    }

    fn nothing() -> Facts {
        Facts {
            profile: Profile::None,
            invitation: None,
            domain: None,
            ownership: Ownership::Held,
        }
    }

    fn arrived(newcomer: &Newcomer, facts: &Facts) -> Arrival {
        arrive(newcomer, facts, &FirstOwner::Anybody, NOW)
    }

    #[test]
    fn the_five_log_ins_are_tried_in_their_order() {
        let guy = newcomer("guy@corp.example");
        let all = Facts {
            profile: Profile::Known,
            invitation: Some(invitation("guy@corp.example")),
            domain: Some(domain("corp.example")),
            ownership: Ownership::Never,
        };
        assert_eq!(arrived(&guy, &all), Arrival::Returning);
        let unknown = Facts {
            profile: Profile::None,
            ..all
        };
        assert_eq!(
            arrived(&guy, &unknown),
            Arrival::Invited(invitation("guy@corp.example"))
        );
        let uninvited = Facts {
            invitation: None,
            ..unknown
        };
        assert_eq!(
            arrived(&guy, &uninvited),
            Arrival::FromDomain(domain("corp.example"))
        );
        let alone = Facts {
            domain: None,
            ..uninvited
        };
        assert_eq!(arrived(&guy, &alone), Arrival::Bootstrap);
        assert_eq!(arrived(&guy, &nothing()), Arrival::Denied);
    }

    #[test]
    fn an_invitation_or_a_domain_of_somebody_else_never_counts() {
        let facts = Facts {
            invitation: Some(invitation("guy@corp.example")),
            domain: Some(domain("corp.example")),
            ..nothing()
        };
        for other in [
            "guy@evil-corp.example",
            "guy@sub.corp.example",
            "guy@corp.example.evil.example",
        ] {
            assert_eq!(
                arrived(&newcomer(other), &facts),
                Arrival::Denied,
                "{other}"
            );
        }
    }

    #[test]
    fn an_unverified_address_opens_nothing() {
        let facts = Facts {
            invitation: Some(invitation("guy@corp.example")),
            domain: Some(domain("corp.example")),
            ..nothing()
        };
        for why in [
            Unrecognised::NoEmail,
            Unrecognised::EmailUnverified,
            Unrecognised::EmailAmbiguous,
        ] {
            let nobody = Newcomer { email: Err(why) };
            assert_eq!(arrived(&nobody, &facts), Arrival::Denied, "{why:?}");
        }
    }

    #[test]
    fn an_invitation_ends_at_its_moment() {
        let mut facts = Facts {
            invitation: Some(invitation("guy@corp.example")),
            ..nothing()
        };
        let guy = newcomer("guy@corp.example");
        assert!(matches!(arrived(&guy, &facts), Arrival::Invited(_)));
        if let Some(invitation) = &mut facts.invitation {
            invitation.expires_at = NOW;
        }
        assert_eq!(arrived(&guy, &facts), Arrival::Denied);
    }

    #[test]
    fn somebody_denied_is_let_in_by_a_later_invitation_but_never_becomes_the_owner_by_coming_back()
    {
        let guy = newcomer("guy@corp.example");
        let denied = Facts {
            profile: Profile::Denied,
            ownership: Ownership::Never,
            ..nothing()
        };
        assert_eq!(arrived(&guy, &denied), Arrival::Denied);
        let invited = Facts {
            invitation: Some(invitation("guy@corp.example")),
            ..denied.clone()
        };
        assert!(matches!(arrived(&guy, &invited), Arrival::Invited(_)));
        let named = FirstOwner::OneOf([email("guy@corp.example")].into());
        assert_eq!(arrive(&guy, &denied, &named, NOW), Arrival::Bootstrap);
    }

    #[test]
    fn a_denied_visitor_first_does_not_break_the_bootstrap() {
        // "Has an owner" is the fact, not "has profiles": somebody else's denial changes nothing here.
        let facts = Facts {
            ownership: Ownership::Never,
            ..nothing()
        };
        assert_eq!(
            arrived(&newcomer("b@x.example"), &facts),
            Arrival::Bootstrap
        );
        let named = FirstOwner::OneOf([email("boss@corp.example")].into());
        let stranger = arrive(&newcomer("b@x.example"), &facts, &named, NOW);
        assert_eq!(stranger, Arrival::Denied);
        let boss = arrive(&newcomer("Boss@corp.example"), &facts, &named, NOW);
        assert_eq!(boss, Arrival::Bootstrap);
    }

    #[test]
    fn whom_an_operator_keeps_out_is_let_in_by_an_invitation_and_by_nothing_else() {
        let guy = newcomer("guy@corp.example");
        let kept_out = Facts {
            profile: Profile::KeptOut,
            domain: Some(domain("corp.example")),
            ownership: Ownership::Never,
            ..nothing()
        };
        for first in [
            FirstOwner::Anybody,
            FirstOwner::OneOf([email("guy@corp.example")].into()),
        ] {
            assert_eq!(arrive(&guy, &kept_out, &first, NOW), Arrival::Denied);
        }
        let denied = Facts {
            profile: Profile::Denied,
            ..kept_out.clone()
        };
        let domain = domain("corp.example");
        assert_eq!(arrived(&guy, &denied), Arrival::FromDomain(domain));
        let invited = Facts {
            invitation: Some(invitation("guy@corp.example")),
            ..kept_out
        };
        assert!(matches!(arrived(&guy, &invited), Arrival::Invited(_)));
    }

    #[test]
    fn nobody_becomes_owner_where_there_is_one() {
        for first in [
            FirstOwner::Anybody,
            FirstOwner::OneOf([email("a@x.example")].into()),
        ] {
            let arrival = arrive(&newcomer("a@x.example"), &nothing(), &first, NOW);
            assert_eq!(arrival, Arrival::Denied);
        }
    }

    #[test]
    fn where_the_owners_are_gone_only_somebody_named_becomes_one() {
        let vacant = Facts {
            ownership: Ownership::Vacant,
            ..nothing()
        };
        let guy = newcomer("a@x.example");
        assert_eq!(arrived(&guy, &vacant), Arrival::Denied);
        let named = FirstOwner::OneOf([email("a@x.example")].into());
        assert_eq!(arrive(&guy, &vacant, &named, NOW), Arrival::Bootstrap);
    }
}
