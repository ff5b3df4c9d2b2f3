//! The user logs out.

use crate::configuration::request::Call;
use crate::deployment::Deployment;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::log_in::Session;
use crate::steps::perform::call;

/// Logs out with the token of the log-in.
pub(crate) async fn log_out(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    log_out: &Call,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let (user, token) = (session.account.0, session.token.as_str());
    call(log, deployment, log_out, &user.memory, Some(token)).await?;
    Ok(())
}
