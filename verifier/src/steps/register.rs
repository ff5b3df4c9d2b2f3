//! A fresh user signs up.

use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::perform::call;

/// A user that exists.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a>(pub(crate) &'a Newcomer);

/// Signs up. Never tried twice: a second try could make a second user.
pub(crate) async fn register<'a>(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
) -> Result<Account<'a>, Problem> {
    let register = &deployment.configuration.register;
    call(log, deployment, register, &newcomer.memory, None).await?;
    Ok(Account(newcomer))
}
