//! What happens next, and which rule says so. The rule book as a table: `policy/tests/decision_table.txt`.

use core::time::Duration;

use crate::admission::Visitor;
use crate::freshness::{Freshness, FreshnessRules, Jitter};
use crate::message::Message;
use crate::org::OrgId;
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::rule::Rule;
use crate::sighting::{Sighting, Unreadable};
use crate::standing::{Instance, Membership, Role, Standing};
use crate::status::{Availability, Status};
use crate::time::Moment;

/// What happens next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Decision<'a> {
    /// Carry the request to the instance of the permit.
    LetIn(Permit<'a>),
    /// Send a person to the log-in page; tell a program that it needs a token.
    LogIn {
        /// What to tell.
        reason: Reason,
        /// Whether what was sent is to be forgotten, so that it is not sent again and again.
        forget_cookie: bool,
    },
    /// Send the platform's owner to the place where the platform is administered.
    ToAdmin,
    /// Say why not.
    Tell(Message),
}

/// A decision and the rule that made it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judgement<'a> {
    /// What happens next.
    pub decision: Decision<'a>,
    /// Why.
    pub rule: Rule,
}

/// The proof that the decision was to let in. Only this module makes one, and only the carrying of a request takes one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Permit<'a> {
    visitor: &'a Visitor,
    org: Option<&'a OrgId>,
    role: Role,
    instance: &'a Instance,
}

impl<'a> Permit<'a> {
    /// Who is let in.
    pub fn visitor(&self) -> &'a Visitor {
        self.visitor
    }

    /// Where to.
    pub fn instance(&self) -> &'a Instance {
        self.instance
    }

    /// The visitor's org, to be told to the app.
    pub fn org(&self) -> Option<&'a str> {
        self.org.map(OrgId::as_str)
    }

    /// The visitor's role, to be told to the app.
    pub fn role(&self) -> Role {
        self.role
    }
}

/// A credential that makes nobody a visitor.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Rejected {
    /// There was none.
    Absent,
    /// There were several.
    Ambiguous,
    /// It was a cookie on a change that another site asked the browser for, or the browser asked on its behalf for permission.
    CrossSite,
    /// It was not accepted.
    Refused(Refusal),
}

/// What was found out about a visitor's standing.
#[derive(Clone, Copy, Debug)]
pub enum Found<'a> {
    /// The authority did not answer; this is the last sighting, if there ever was one.
    AuthorityFailed(Option<&'a Sighting>),
    /// The authority's answer to this very request, however long it took.
    Answered(&'a Sighting),
    /// A sighting from an earlier request; its age is judged.
    Remembered(&'a Sighting),
    /// A record that cannot be trusted.
    Unreadable(&'a Unreadable),
}

/// Where on the platform the visitor wants to go. Computed once, from the request's address and the configuration.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// Anywhere in their app.
    App,
    /// A path of their app that the operator keeps open for suspended visitors (billing, export).
    OpenWhenSuspended,
    /// The root of the platform's own host.
    PlatformRoot,
}

impl Place {
    /// Its name where a decision is explained.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::OpenWhenSuspended => "open_when_suspended",
            Self::PlatformRoot => "platform_root",
        }
    }
}

/// What an operator may set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rules {
    /// How old a sighting may be.
    pub freshness: FreshnessRules,
    /// How long one status on the way to `ready` may last before the wait is called overdue.
    pub setup_budget: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            freshness: FreshnessRules::default(),
            setup_budget: Duration::from_mins(10),
        }
    }
}

/// Decides about a request whose credential makes nobody a visitor.
pub fn turn_away(rejected: &Rejected) -> Judgement<'static> {
    let (decision, rule) = match rejected {
        Rejected::Absent => (
            Decision::LogIn {
                reason: Reason::LoginRequired,
                forget_cookie: false,
            },
            Rule::NoCredential,
        ),
        Rejected::Ambiguous => (
            Decision::Tell(Reason::CredentialAmbiguous.into()),
            Rule::AmbiguousCredential,
        ),
        Rejected::CrossSite => (
            Decision::Tell(Reason::CrossSiteRequest.into()),
            Rule::CrossSiteRequest,
        ),
        // Our fault, not the visitor's: their log-in is kept, and nothing looks like "logged out".
        Rejected::Refused(Refusal::KeysUnavailable) => (
            Decision::Tell(Reason::IssuerUnavailable.into()),
            Rule::IssuerUnavailable,
        ),
        Rejected::Refused(refusal) => (
            Decision::LogIn {
                reason: refusal.reason(),
                forget_cookie: true,
            },
            Rule::BadCredential,
        ),
    };
    Judgement { decision, rule }
}

/// Decides about a visitor: 1. is the credential still good, 2. is the sighting young enough, 3. is it theirs, 4. is
/// their session over, 5. what does the standing say.
pub fn decide<'a>(
    visitor: &'a Visitor,
    found: Found<'a>,
    place: Place,
    rules: &Rules,
    now: Moment,
) -> Judgement<'a> {
    if let Err(refusal) = visitor.still_valid(now) {
        return turn_away(&Rejected::Refused(refusal));
    }
    // Fresh or stale is all the same here, and only between these two there is jitter.
    let young = |sighting: &Sighting| match rules.freshness.judge(sighting, Jitter::NONE, now) {
        Freshness::Fresh | Freshness::Stale => true,
        Freshness::TooOld => false,
    };
    let (sighting, rule_if_ready) = match found {
        Found::Unreadable(_) => {
            return tell(
                visitor,
                Reason::StandingUnreadable,
                Rule::UnreadableStanding,
                None,
            );
        }
        Found::Answered(sighting) => (sighting, Rule::ReadyInstance),
        Found::Remembered(sighting) | Found::AuthorityFailed(Some(sighting)) if young(sighting) => {
            (sighting, Rule::ReadyInstance)
        }
        Found::AuthorityFailed(Some(sighting)) if rules.freshness.in_grace(sighting, now) => {
            (sighting, Rule::ReadyInGrace)
        }
        Found::Remembered(_) | Found::AuthorityFailed(_) => {
            return tell(
                visitor,
                Reason::AuthorityUnavailable,
                Rule::AuthorityUnavailable,
                None,
            );
        }
    };
    if sighting.standing.identity != *visitor.identity() {
        return tell(
            visitor,
            Reason::StandingUnreadable,
            Rule::UnreadableStanding,
            None,
        );
    }
    if sighting.standing.sign_outs.cover(visitor) {
        return Judgement {
            decision: Decision::LogIn {
                reason: Reason::SessionEnded,
                forget_cookie: true,
            },
            rule: Rule::SessionEnded,
        };
    }
    by_standing(
        visitor,
        &sighting.standing,
        place,
        rules,
        now,
        rule_if_ready,
    )
}

fn by_standing<'a>(
    visitor: &'a Visitor,
    standing: &'a Standing,
    place: Place,
    rules: &Rules,
    now: Moment,
    rule_if_ready: Rule,
) -> Judgement<'a> {
    let (org, role) = match &standing.membership {
        Membership::NeedsInvitation => {
            return tell(
                visitor,
                Reason::InvitationRequired,
                Rule::NeedsInvitation,
                None,
            );
        }
        Membership::Stranger => return tell(visitor, Reason::NoInstance, Rule::NoInstance, None),
        Membership::Member { org, role } => (org.as_ref(), *role),
    };
    if place == Place::PlatformRoot && role == Role::PlatformOwner {
        return Judgement {
            decision: Decision::ToAdmin,
            rule: Rule::OwnerAtRoot,
        };
    }
    let Some(instance) = &standing.instance else {
        return tell(visitor, Reason::NoInstance, Rule::NoInstance, None);
    };
    let permit = Decision::LetIn(Permit {
        visitor,
        org,
        role,
        instance,
    });
    match (instance.status.availability(), place) {
        (Availability::Open, Place::App | Place::OpenWhenSuspended | Place::PlatformRoot) => {
            Judgement {
                decision: permit,
                rule: rule_if_ready,
            }
        }
        (Availability::Suspended, Place::OpenWhenSuspended) => Judgement {
            decision: permit,
            rule: Rule::SuspendedOpenPath,
        },
        (Availability::Suspended, Place::App | Place::PlatformRoot) => tell(
            visitor,
            Reason::InstanceSuspended,
            Rule::InstanceSuspended,
            Some(instance.since),
        ),
        (Availability::Waiting, Place::App | Place::OpenWhenSuspended | Place::PlatformRoot) => {
            wait(visitor, instance, rules, now)
        }
    }
}

fn wait<'a>(
    visitor: &'a Visitor,
    instance: &Instance,
    rules: &Rules,
    now: Moment,
) -> Judgement<'a> {
    if now.since(instance.since) >= rules.setup_budget {
        return tell(
            visitor,
            Reason::InstanceOverdue,
            Rule::InstanceOverdue,
            Some(instance.since),
        );
    }
    let (reason, rule) = match instance.status {
        Status::Provisioning => (Reason::InstanceProvisioning, Rule::InstanceProvisioning),
        Status::Active => (Reason::InstanceActive, Rule::InstanceActive),
        // Not reached: these two do not wait. Should their availability ever change, nobody is let in by that.
        Status::Ready | Status::Suspended => (Reason::InstanceSuspended, Rule::InstanceSuspended),
    };
    tell(visitor, reason, rule, Some(instance.since))
}

fn tell<'a>(visitor: &Visitor, reason: Reason, rule: Rule, since: Option<Moment>) -> Judgement<'a> {
    let message = Message {
        reason,
        email: visitor.email().cloned(),
        since,
    };
    Judgement {
        decision: Decision::Tell(message),
        rule,
    }
}
