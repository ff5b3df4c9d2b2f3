//! A user comes for the first time to a gate where something speaks for them: an invitation, or the domain of their address. They are a
//! member with their first visit, and nobody has made them one (incident I4).

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::scenario::arrival::enter;
use crate::steps::StepName;
use crate::steps::be_taken_in::{Welcome, be_taken_in};
use crate::steps::log_in::Session;
use crate::steps::prepare_org::{be_invited, open_domain};

pub(super) const STEPS_OF_INVITED: [StepName; 4] = [
    StepName::Register,
    StepName::LogIn,
    StepName::BeInvited,
    StepName::BeTakenIn,
];

pub(super) const STEPS_OF_DOMAIN: [StepName; 4] = [
    StepName::Register,
    StepName::LogIn,
    StepName::OpenDomain,
    StepName::BeTakenIn,
];

pub(super) async fn play_invited<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<(), Stopped> {
    let session = enter(run, deployment, newcomer, session).await?;
    // The command line refuses the story where one of them is missing.
    let Some((gate, admin)) = deployment.operated_gate() else {
        return Ok(());
    };
    run.step(StepName::BeInvited, async |log| {
        be_invited(log, &gate, admin, newcomer).await
    })
    .await?;
    run.step(StepName::BeTakenIn, async |log| {
        be_taken_in(log, &gate, admin, session, Welcome::ByInvitation).await
    })
    .await
}

pub(super) async fn play_domain<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
) -> Result<(), Stopped> {
    let session = enter(run, deployment, newcomer, session).await?;
    let Some((gate, admin)) = deployment.operated_gate() else {
        return Ok(());
    };
    run.step(StepName::OpenDomain, async |log| {
        open_domain(log, &gate, admin, newcomer).await
    })
    .await?;
    run.step(StepName::BeTakenIn, async |log| {
        be_taken_in(log, &gate, admin, session, Welcome::ByDomain).await
    })
    .await
}
