//! Nobody has seen this user before: they arrive, are written down, do what people do, and log out.

use crate::configuration::Configuration;
use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, StepLog, Stopped};
use crate::scenario::arrival::arrive;
use crate::steps::StepName;
use crate::steps::find_log_in::find_log_in;
use crate::steps::log_in::Session;
use crate::steps::log_out::log_out;
use crate::steps::open_session::open_session;
use crate::steps::own::own;

pub(super) fn steps(configuration: &Configuration) -> Vec<StepName> {
    let own = configuration.steps.iter();
    let own = own.map(|step| StepName::Own(step.name.clone()));
    [StepName::OpenSession, StepName::FindLogIn]
        .into_iter()
        .chain(own)
        .chain([StepName::LogOut])
        .collect()
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
            open_session(log, &gate, deployment.secrets, session).await
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
