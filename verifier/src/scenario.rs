//! The stories that are played against a deployment, each told top to bottom in a file of its own.

mod arrival;
mod denied;
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
use crate::newcomer::Newcomer;
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
}

impl Scenario {
    /// Every story, in the order in which they are told.
    pub(crate) const ALL: [Self; 6] = [
        Self::NewUser,
        Self::ReturningUser,
        Self::Denied,
        Self::Pending,
        Self::LoggedOut,
        Self::Suspended,
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
        };
        steps.push(StepName::CleanUp);
        steps
    }

    /// What this configuration lacks for the story, if it lacks something.
    pub(crate) const fn lacks(self, configuration: &Configuration) -> Option<&'static str> {
        match (self, &configuration.front) {
            (Self::Suspended | Self::Denied | Self::Pending, Front::Direct { .. }) => {
                Some("a gate: without one, nobody here knows how it turns somebody away")
            }
            (Self::Suspended | Self::Denied, Front::Gate(gate)) if gate.admin.is_none() => {
                Some("[gate_admin], with which the user is turned away and let in again")
            }
            (Self::LoggedOut, Front::Gate(gate)) if !gate.session => {
                Some("sessions at the gate, and [log_in] has `session = false`")
            }
            (Self::NewUser | Self::ReturningUser | Self::LoggedOut, _)
            | (Self::Suspended | Self::Denied | Self::Pending, Front::Gate(_)) => None,
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
        }
    }
}
