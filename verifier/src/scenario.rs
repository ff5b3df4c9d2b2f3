//! The stories that are played against a deployment, each told top to bottom.

use clap::ValueEnum;
use serde::Serialize;

use crate::configuration::Configuration;
use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, StepLog, Stopped};
use crate::steps::StepName;
use crate::steps::find_log_in::find_log_in;
use crate::steps::log_in::{Session, log_in};
use crate::steps::log_out::log_out;
use crate::steps::open_session::open_session;
use crate::steps::own::own;
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
    pub(crate) fn steps(self, configuration: &Configuration) -> Vec<StepName> {
        let own = configuration.steps.iter();
        let own = own.map(|step| StepName::Own(step.name.clone()));
        match self {
            Self::NewUser => [
                StepName::Register,
                StepName::LogIn,
                StepName::WaitUntilReady,
                StepName::ReachInstance,
                StepName::OpenSession,
                StepName::FindLogIn,
            ]
            .into_iter()
            .chain(own)
            .chain([StepName::LogOut, StepName::CleanUp])
            .collect(),
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
    run.step_if_any(deployment, StepName::WaitUntilReady, async |log| {
        wait_until_ready(log, deployment, session).await
    })
    .await?;
    run.step(StepName::ReachInstance, async |log| {
        reach_instance(log, deployment, session).await
    })
    .await?;
    be_written_down(run, deployment, session).await?;
    for step in &deployment.configuration.steps {
        run.step(StepName::Own(step.name.clone()), async |log| {
            own(log, deployment, step, session).await
        })
        .await?;
    }
    run.step_if_any(deployment, StepName::LogOut, async |log| match &deployment
        .configuration
        .log_out
    {
        Some(call) => log_out(log, deployment, call, session).await,
        None => Ok(()),
    })
    .await?;
    Ok(())
}

/// People have a session at the gate, and the gate writes their log-ins down.
async fn be_written_down(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<(), Stopped> {
    let gate = deployment.gate().filter(|gate| gate.front.session);
    let Some(gate) = gate else {
        for step in [StepName::OpenSession, StepName::FindLogIn] {
            let why = step.left_out_of(deployment.configuration);
            run.skip(step, why.unwrap_or_default());
        }
        return Ok(());
    };
    let opened = run
        .step(StepName::OpenSession, async |log| {
            open_session(log, &gate, session).await
        })
        .await?;
    let find = async |log: &mut StepLog<'_>| match &gate.front.admin {
        Some(admin) => find_log_in(log, &gate, admin, &opened).await,
        None => Ok(()),
    };
    run.step_if_any(deployment, StepName::FindLogIn, find)
        .await?;
    Ok(())
}
