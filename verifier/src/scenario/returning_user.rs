//! A known user comes back with another browser (incident I4: a returning user goes straight in, in time, and nothing of them is there twice).

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::scenario::arrival::arrive;
use crate::steps::StepName;
use crate::steps::be_recognised::be_recognised;
use crate::steps::log_in::{Session, log_in};
use crate::steps::reach_again::reach_again;
use crate::steps::register::Account;

pub(super) const STEPS: [StepName; 3] = [
    StepName::LogInAgain,
    StepName::BeRecognised,
    StepName::ReachAgain,
];

pub(super) async fn play<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<(), Stopped> {
    let first = arrive(run, deployment, newcomer, session).await?;
    newcomer.memory.forget_cookies();
    let session = &*session.insert(
        run.step(StepName::LogInAgain, async |log| {
            log_in(log, deployment, Account(newcomer)).await
        })
        .await?,
    );
    run.step_if_any(deployment, StepName::BeRecognised, async |log| {
        be_recognised(log, deployment, &first, session).await
    })
    .await?;
    run.step(StepName::ReachAgain, async |log| {
        reach_again(log, deployment, session).await
    })
    .await
}
