//! A step of the operator's own: one request, made by the logged-in user.

use crate::configuration::own_step::OwnStep;
use crate::deployment::Deployment;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::log_in::Session;
use crate::steps::perform::perform;

/// Performs it; what it captures is there for the steps that follow.
pub(crate) async fn own(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    step: &OwnStep,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let (user, token) = (session.account.0, session.token.as_str());
    perform(log, deployment, &step.request, &user.memory, Some(token)).await?;
    Ok(())
}
