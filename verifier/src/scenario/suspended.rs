//! A user is suspended while they are at work: turned away at once, told what to do next, and let in again after it.

use policy::reason::Reason;
use policy::status::Status;

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::scenario::arrival::arrive;
use crate::steps::StepName;
use crate::steps::be_turned_away::be_turned_away;
use crate::steps::change_status::change_status;
use crate::steps::log_in::Session;
use crate::steps::reach_again::reach_again;
use crate::steps::wait_until_ready::wait_until_ready;

pub(super) const STEPS: [StepName; 4] = [
    StepName::Suspend,
    StepName::BeTurnedAway,
    StepName::Resume,
    StepName::ReachAgain,
];

pub(super) async fn play<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<(), Stopped> {
    let admission = arrive(run, deployment, newcomer, session).await?;
    // The command line refuses the story where one of them is missing.
    let gate = deployment.gate();
    let admin = gate.as_ref().and_then(|gate| gate.front.admin.as_ref());
    let (Some(session), Some(gate), Some(admin)) = (session, &gate, admin) else {
        return Ok(());
    };
    run.step(StepName::Suspend, async |log| {
        change_status(log, gate, admin, &admission, Status::Suspended).await
    })
    .await?;
    run.step(StepName::BeTurnedAway, async |log| {
        be_turned_away(log, deployment, session, Reason::InstanceSuspended).await
    })
    .await?;
    run.step(StepName::Resume, async |log| {
        change_status(log, gate, admin, &admission, Status::Ready).await?;
        wait_until_ready(log, deployment, session).await
    })
    .await?;
    run.step(StepName::ReachAgain, async |log| {
        reach_again(log, deployment, session).await
    })
    .await
}
