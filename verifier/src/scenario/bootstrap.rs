//! The platform has never had an owner: whoever comes first becomes it, once (incident I4, where one denied visitor broke that for good).
//!
//! It happens once in the life of a platform, and the owner of this run is removed with it: only for a platform that is thrown away.

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::run::{Run, Stopped};
use crate::scenario::arrival::enter;
use crate::steps::StepName;
use crate::steps::be_taken_in::{Welcome, be_taken_in};
use crate::steps::log_in::Session;

pub(super) const STEPS: [StepName; 3] =
    [StepName::Register, StepName::LogIn, StepName::BecomeOwner];

pub(super) async fn play<'a>(
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
    run.step(StepName::BecomeOwner, async |log| {
        be_taken_in(log, &gate, admin, session, Welcome::AsFirstOwner).await
    })
    .await
}
