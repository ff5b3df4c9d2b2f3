//! A user logs out: whoever has the browser after them does not see the app, and is led to the log-in and not round and round.

use crate::configuration::Configuration;
use crate::configuration::front::Front;
use crate::configuration::name::Values;
use crate::deployment::Deployment;
use crate::memory::Memory;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::scenario::arrival::arrive;
use crate::steps::StepName;
use crate::steps::be_kept_out::be_kept_out;
use crate::steps::log_in::Session;
use crate::steps::log_out::log_out;
use crate::steps::open_session::open_session;
use crate::steps::reach_by_session::{end_session, reach_by_session};

pub(super) fn steps(configuration: &Configuration) -> Vec<StepName> {
    match &configuration.front {
        Front::Direct { .. } => vec![StepName::LogOut, StepName::BeKeptOut],
        Front::Gate(_) => vec![
            StepName::OpenSession,
            StepName::ReachBySession,
            StepName::EndSession,
            StepName::BeKeptOut,
        ],
    }
}

pub(super) async fn play<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<(), Stopped> {
    arrive(run, deployment, newcomer, session).await?;
    let Some(session) = session else {
        return Ok(());
    };
    let Some(gate) = deployment.gate() else {
        run.step_if_any(deployment, StepName::LogOut, async |log| match &deployment
            .configuration
            .log_out
        {
            Some(call) => log_out(log, deployment, call, session).await,
            None => Ok(()),
        })
        .await?;
        // With the cookies that the log-out left: what the next person at this browser has. Where nothing logs out, with none at all.
        let nobody = Memory::of(Values::of([]));
        let browser = match &deployment.configuration.log_out {
            Some(_) => &newcomer.memory,
            None => &nobody,
        };
        return run
            .step(StepName::BeKeptOut, async |log| {
                be_kept_out(log, deployment, session, browser).await
            })
            .await;
    };
    let opened = run
        .step(StepName::OpenSession, async |log| {
            open_session(log, &gate, deployment.secrets, session).await
        })
        .await?;
    run.step(StepName::ReachBySession, async |log| {
        reach_by_session(log, deployment, session, &opened).await
    })
    .await?;
    run.step(StepName::EndSession, async |log| {
        end_session(log, &gate, &opened).await
    })
    .await?;
    // The cookie is shown once more although the browser was told to forget it: the session itself has to be over.
    run.step(StepName::BeKeptOut, async |log| {
        be_kept_out(log, deployment, session, &opened.browser).await
    })
    .await
}
