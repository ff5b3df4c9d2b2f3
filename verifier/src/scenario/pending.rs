//! A user comes before their app is there: the gate asks them to wait, says for how long, and lets them in when it is (incident I1).

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::scenario::arrival::enter;
use crate::steps::StepName;
use crate::steps::be_asked_to_wait::be_asked_to_wait;
use crate::steps::log_in::Session;
use crate::steps::reach_instance::reach_instance;
use crate::steps::wait_until_ready::wait_until_ready;

pub(super) const STEPS: [StepName; 5] = [
    StepName::Register,
    StepName::LogIn,
    StepName::BeAskedToWait,
    StepName::WaitUntilReady,
    StepName::ReachInstance,
];

pub(super) async fn play<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<(), Stopped> {
    let session = enter(run, deployment, newcomer, session).await?;
    run.step(StepName::BeAskedToWait, async |log| {
        be_asked_to_wait(log, deployment, session).await
    })
    .await?;
    run.step(StepName::WaitUntilReady, async |log| {
        wait_until_ready(log, deployment, session).await
    })
    .await?;
    run.step(StepName::ReachInstance, async |log| {
        reach_instance(log, deployment, session).await
    })
    .await
}
