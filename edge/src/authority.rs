//! Where the truth about standings lives: one implementation a file, one of them configured.

pub(crate) mod control_plane;
pub(crate) mod kv_only;
pub(crate) mod registry;

use std::fmt;
use std::time::Duration;

use policy::door::Knock;
use policy::session::SignOuts;
use policy::sighting::Unreadable;
use policy::standing::{Membership, Standing};
use worker::Env;

use crate::circuit::Outcome;
use crate::configuration::{AuthoritySetting, Bindings, Configuration};
use crate::time_limit::{self, TimedOut, within};
use control_plane::ControlPlane;
use kv_only::KvOnly;
use registry::Registry;

/// Who knows where everybody stands.
pub(crate) trait Authority {
    /// What is known of a person at a door; somebody nobody ever heard of is a stranger, not an error.
    async fn standing(&self, knock: &Knock) -> Result<Standing, AuthorityFailure>;
}

/// The authority of this deployment.
pub(crate) enum Configured<'a> {
    ControlPlane(ControlPlane<'a>),
    KvOnly(KvOnly<'a>),
    Registry(Registry<'a>),
}

/// Why an authority gave no standing.
#[derive(Debug)]
pub(crate) enum AuthorityFailure {
    /// It wants to be asked again after this time.
    Busy(u16, Duration),
    /// It does not believe us: an operator must act, and no visitor is to blame.
    CredentialRefused(u16),
    /// It failed moments ago and was not asked again.
    NotAsked,
    /// It could not be asked, or did not answer.
    Unreachable(String),
    /// It answered something that cannot be trusted.
    Unreadable(Unreadable),
}

impl<'a> Configured<'a> {
    pub(crate) fn of(configuration: &'a Configuration, env: &'a Env) -> Result<Self, String> {
        let hosts = &configuration.instance_hosts;
        Ok(match &configuration.authority {
            AuthoritySetting::ControlPlane(setting) => Self::ControlPlane(ControlPlane {
                setting,
                hosts,
                env,
            }),
            AuthoritySetting::Kv => Self::KvOnly(KvOnly { env, hosts }),
            AuthoritySetting::Registry => {
                let database = Bindings(env).registry()?;
                Self::Registry(Registry { database, hosts })
            }
        })
    }

    /// What keeps it from being asked, with the cure.
    pub(crate) async fn trouble(&self) -> Option<String> {
        match self {
            Self::ControlPlane(control_plane) => control_plane.trouble().await,
            // Whether KV can be read is asked for the sightings' sake already.
            Self::KvOnly(_) => None,
            Self::Registry(registry) => {
                let checked = within(time_limit::AUTHORITY, registry.check()).await;
                let problem = checked.unwrap_or_else(|late| Err(late.to_string())).err()?;
                Some(format!(
                    "the registry cannot be read ({problem}); apply its migrations with `wrangler d1 migrations apply USHER_DB`"
                ))
            }
        }
    }

    /// What somebody else has added to it that changes what is written; nothing where nobody can look.
    pub(crate) async fn foreign_triggers(&self) -> Vec<String> {
        match self {
            Self::ControlPlane(_) | Self::KvOnly(_) => Vec::new(),
            Self::Registry(registry) => {
                let looked = within(time_limit::AUTHORITY, registry.foreign_triggers()).await;
                looked.ok().and_then(Result::ok).unwrap_or_default()
            }
        }
    }
}

impl Authority for Configured<'_> {
    async fn standing(&self, knock: &Knock) -> Result<Standing, AuthorityFailure> {
        match self {
            Self::ControlPlane(control_plane) => control_plane.standing(knock).await,
            Self::KvOnly(kv) => kv.standing(knock).await,
            Self::Registry(registry) => Authority::standing(registry, knock).await,
        }
    }
}

impl AuthorityFailure {
    /// What it means for asking again.
    pub(crate) fn outcome(&self) -> Outcome {
        match self {
            Self::Busy(_, later) => Outcome::Later(*later),
            Self::CredentialRefused(_) | Self::NotAsked | Self::Unreachable(_) => Outcome::Failed,
            Self::Unreadable(_) => Outcome::Answered,
        }
    }

    /// The name of its alarm, if it is worth one: nobody is told a second time that the authority rests.
    pub(crate) fn alarm(&self) -> Option<&'static str> {
        match self {
            Self::Busy(..) | Self::Unreachable(_) => Some("authority_unreachable"),
            Self::CredentialRefused(_) => Some("authority_refuses_our_credential"),
            Self::NotAsked => None,
            Self::Unreadable(_) => Some("standing_unreadable"),
        }
    }
}

impl fmt::Display for AuthorityFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy(status, later) => {
                write!(
                    f,
                    "answered {status}, to be asked again in {} s",
                    later.as_secs()
                )
            }
            Self::CredentialRefused(status) => write!(
                f,
                "answered {status}: it does not believe the gate's signature; give it the secret that stands first in USHER_CONTROL_PLANE_SECRET, and set its clock"
            ),
            Self::NotAsked => f.write_str("failed moments ago and was not asked again"),
            Self::Unreachable(problem) => f.write_str(problem),
            Self::Unreadable(unreadable) => unreadable.fmt(f),
        }
    }
}

impl From<TimedOut> for AuthorityFailure {
    fn from(late: TimedOut) -> Self {
        Self::Unreachable(late.to_string())
    }
}

/// Somebody nobody ever heard of.
pub(crate) fn stranger(knock: &Knock) -> Standing {
    let Knock { identity, door } = knock.clone();
    Standing {
        identity,
        door,
        membership: Membership::Stranger,
        instance: None,
        sign_outs: SignOuts::default(),
        version: 0,
    }
}
