//! How every story begins: a fresh user arrives at their app.

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::steps::StepName;
use crate::steps::log_in::{Session, log_in};
use crate::steps::reach_instance::reach_instance;
use crate::steps::register::register;
use crate::steps::wait_until_ready::{Admission, wait_until_ready};

pub(super) const STEPS: [StepName; 4] = [
    StepName::Register,
    StepName::LogIn,
    StepName::WaitUntilReady,
    StepName::ReachInstance,
];

/// Registers and logs in.
pub(super) async fn enter<'a, 's>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &'s mut Option<Session<'a>>,
) -> Result<&'s Session<'a>, Stopped> {
    let account = run
        .step(StepName::Register, async |log| {
            register(log, deployment, newcomer).await
        })
        .await?;
    let logged_in = run
        .step(StepName::LogIn, async |log| {
            log_in(log, deployment, account).await
        })
        .await?;
    Ok(&*session.insert(logged_in))
}

/// Registers, logs in, waits, and reaches the instance; says as whom the user was let in.
pub(super) async fn arrive<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<Admission, Stopped> {
    let session = enter(run, deployment, newcomer, session).await?;
    let admission = run
        .step_if_any(deployment, StepName::WaitUntilReady, async |log| {
            wait_until_ready(log, deployment, session).await
        })
        .await?;
    run.step(StepName::ReachInstance, async |log| {
        reach_instance(log, deployment, session).await
    })
    .await?;
    Ok(admission.unwrap_or_default())
}
