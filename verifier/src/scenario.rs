//! The stories that are played against a deployment, each told top to bottom in a file of its own.

mod arrival;
mod bootstrap;
mod denied;
mod first_sight;
mod logged_out;
mod new_user;
mod pending;
mod returning_user;
mod suspended;

use clap::ValueEnum;
use serde::Serialize;

use crate::configuration::Configuration;
use crate::configuration::front::Front;
use crate::deployment::Deployment;
use crate::newcomer::{Domain, Newcomer};
use crate::run::{Run, Stopped};
use crate::steps::StepName;
use crate::steps::log_in::Session;

/// A story by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    /// Nobody has seen this user before: register, log in, wait, reach the instance, be written down, log out
    NewUser,
    /// A known user comes back: log in again, be recognised without waiting or a second record, reach the instance in time
    ReturningUser,
    /// A user is no member any more: turned away with whom to ask, let in again after it; needs `[gate_admin]`
    Denied,
    /// A user comes before their app is there: asked to wait, and let in when it is; needs a gate
    Pending,
    /// A user logs out: the session is over, and whoever comes next is led to the log-in, without a circle
    LoggedOut,
    /// A user is suspended: turned away with what to do next, let in again after it; needs `[gate_admin]`
    Suspended,
    /// A user whom an org has invited comes for the first time, and is its member; needs `first_sight` in `[gate_admin]`
    Invited,
    /// A user whose domain an org takes comes for the first time, and is its member; needs `first_sight` in `[gate_admin]`
    Domain,
    /// The platform's first user becomes its owner; only with `--allow-bootstrap`, for a platform that is thrown away afterwards
    Bootstrap,
}

impl Scenario {
    /// Every story, in the order in which they are told.
    pub(crate) const ALL: [Self; 9] = [
        Self::NewUser,
        Self::ReturningUser,
        Self::Denied,
        Self::Pending,
        Self::LoggedOut,
        Self::Suspended,
        Self::Invited,
        Self::Domain,
        Self::Bootstrap,
    ];

    /// The name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NewUser => "new-user",
            Self::ReturningUser => "returning-user",
            Self::Denied => "denied",
            Self::Pending => "pending",
            Self::LoggedOut => "logged-out",
            Self::Suspended => "suspended",
            Self::Invited => "invited",
            Self::Domain => "domain",
            Self::Bootstrap => "bootstrap",
        }
    }

    /// Its steps, in order; one that is not reached is reported as skipped.
    pub(crate) fn steps(self, configuration: &Configuration) -> Vec<StepName> {
        let after_arrival = |its_own: &[StepName]| [&arrival::STEPS, its_own].concat();
        let mut steps = match self {
            Self::NewUser => after_arrival(&new_user::steps(configuration)),
            Self::ReturningUser => after_arrival(&returning_user::STEPS),
            Self::Denied => after_arrival(&denied::STEPS),
            Self::Pending => pending::STEPS.to_vec(),
            Self::LoggedOut => after_arrival(&logged_out::steps(configuration)),
            Self::Suspended => after_arrival(&suspended::STEPS),
            Self::Invited => first_sight::STEPS_OF_INVITED.to_vec(),
            Self::Domain => first_sight::STEPS_OF_DOMAIN.to_vec(),
            Self::Bootstrap => bootstrap::STEPS.to_vec(),
        };
        steps.push(StepName::CleanUp);
        steps
    }

    /// What this configuration lacks for the story, if it lacks something.
    pub(crate) const fn lacks(self, configuration: &Configuration) -> Option<&'static str> {
        match (self, &configuration.front) {
            (
                Self::Suspended
                | Self::Denied
                | Self::Pending
                | Self::Invited
                | Self::Domain
                | Self::Bootstrap,
                Front::Direct { .. },
            ) => Some("a gate: without one, nobody here knows how it turns somebody away"),
            (Self::Suspended | Self::Denied, Front::Gate(gate)) if gate.admin.is_none() => {
                Some("[gate_admin], with which the user is turned away and let in again")
            }
            (Self::LoggedOut, Front::Gate(gate)) if !gate.session => {
                Some("sessions at the gate, and [log_in] has `session = false`")
            }
            (Self::NewUser | Self::ReturningUser | Self::LoggedOut, _)
            | (Self::Suspended | Self::Denied | Self::Pending, Front::Gate(_)) => None,
            (Self::Invited | Self::Domain | Self::Bootstrap, Front::Gate(gate)) => {
                match &gate.admin {
                    Some(admin) if admin.first_sight => None,
                    Some(_) | None => Some(
                        "`first_sight = true` in [gate_admin], for a gate to which people become known by coming",
                    ),
                }
            }
        }
    }

    /// Whether it changes what every other story finds, so that it comes before them and not beside them.
    pub(crate) const fn is_told_alone(self) -> bool {
        matches!(self, Self::Bootstrap)
    }

    /// Where its user has their address.
    pub(crate) const fn domain(self) -> Domain {
        match self {
            Self::Domain => Domain::Own,
            Self::NewUser
            | Self::ReturningUser
            | Self::Denied
            | Self::Pending
            | Self::LoggedOut
            | Self::Suspended
            | Self::Invited
            | Self::Bootstrap => Domain::Usual,
        }
    }

    /// Plays the story as far as it goes; a session is left behind for the departure.
    pub(crate) async fn play<'a>(
        self,
        run: &mut Run<'_>,
        deployment: &Deployment<'_>,
        newcomer: &'a Newcomer,
        session: &mut Option<Session<'a>>,
    ) -> Result<(), Stopped> {
        match self {
            Self::NewUser => new_user::play(run, deployment, newcomer, session).await,
            Self::ReturningUser => returning_user::play(run, deployment, newcomer, session).await,
            Self::Denied => denied::play(run, deployment, newcomer, session).await,
            Self::Pending => pending::play(run, deployment, newcomer, session).await,
            Self::LoggedOut => logged_out::play(run, deployment, newcomer, session).await,
            Self::Suspended => suspended::play(run, deployment, newcomer, session).await,
            Self::Invited => first_sight::play_invited(run, deployment, newcomer, session).await,
            Self::Domain => first_sight::play_domain(run, deployment, newcomer, session).await,
            Self::Bootstrap => bootstrap::play(run, deployment, newcomer, session).await,
        }
    }
}
