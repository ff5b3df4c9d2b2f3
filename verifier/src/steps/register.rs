//! A fresh user signs up.

use crate::configuration::value::Method;
use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;

/// A user that exists.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a>(pub(crate) &'a Newcomer);

/// Signs up. Never tried twice: a second try could make a second user.
pub(crate) async fn register<'a>(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
) -> Result<Account<'a>, Problem> {
    let call = &deployment.configuration.register;
    let filling = newcomer.filling(deployment.configuration);
    let answer = log.keep(deployment.call(call, Method::Post, &filling, None).await)?;
    if !call.status.accepts(answer.status) {
        return Err(Fault::unexpected_status(&call.status, answer).into());
    }
    Ok(Account(newcomer))
}
