//! The stories that are played against a deployment, each told top to bottom.

use clap::ValueEnum;
use serde::Serialize;

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::steps::StepName;
use crate::steps::find_log_in::find_log_in;
use crate::steps::log_in::{Session, log_in};
use crate::steps::log_out::log_out;
use crate::steps::open_session::open_session;
use crate::steps::reach_instance::reach_instance;
use crate::steps::register::register;
use crate::steps::wait_until_ready::wait_until_ready;

/// A story by its name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    /// Nobody has seen this user before: register, log in, wait, reach the instance, be written down, log out
    NewUser,
}

impl Scenario {
    /// The name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NewUser => "new-user",
        }
    }

    /// Its steps, in order; one that is not reached is reported as skipped.
    pub(crate) const fn steps(self) -> &'static [StepName] {
        match self {
            Self::NewUser => &[
                StepName::Register,
                StepName::LogIn,
                StepName::WaitUntilReady,
                StepName::ReachInstance,
                StepName::OpenSession,
                StepName::FindLogIn,
                StepName::LogOut,
                StepName::CleanUp,
            ],
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
            Self::NewUser => new_user(run, deployment, newcomer, session).await,
        }
    }
}

async fn new_user<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<(), Stopped> {
    let account = run
        .step(StepName::Register, async |log| {
            register(log, deployment, newcomer).await
        })
        .await?;
    let session = &*session.insert(
        run.step(StepName::LogIn, async |log| {
            log_in(log, deployment, account).await
        })
        .await?,
    );
    run.step(StepName::WaitUntilReady, async |log| {
        wait_until_ready(log, deployment, session).await
    })
    .await?;
    run.step(StepName::ReachInstance, async |log| {
        reach_instance(log, deployment, session).await
    })
    .await?;
    be_written_down(run, deployment, session).await?;
    let Some(call) = &deployment.configuration.log_out else {
        run.skip(StepName::LogOut, "no [log_out] in the configuration");
        return Ok(());
    };
    run.step(StepName::LogOut, async |log| {
        log_out(log, deployment, call, session).await
    })
    .await
}

/// People have a session at the gate, and the gate writes their log-ins down.
async fn be_written_down(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<(), Stopped> {
    if !deployment.configuration.log_in.session {
        for step in [StepName::OpenSession, StepName::FindLogIn] {
            run.skip(step, "`session = false` in [log_in] of the configuration");
        }
        return Ok(());
    }
    let opened = run
        .step(StepName::OpenSession, async |log| {
            open_session(log, deployment, session).await
        })
        .await?;
    let Some(admin) = &deployment.configuration.admin else {
        run.skip(StepName::FindLogIn, "no [gate_admin] in the configuration");
        return Ok(());
    };
    run.step(StepName::FindLogIn, async |log| {
        find_log_in(log, deployment, admin, &opened).await
    })
    .await
}
