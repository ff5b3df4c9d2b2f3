//! The user logs out.

use crate::configuration::file::Call;
use crate::configuration::value::Method;
use crate::deployment::Deployment;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::log_in::Session;

/// Logs out with the token of the log-in.
pub(crate) async fn log_out(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    call: &Call,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let filling = session.account.0.filling(deployment.configuration);
    let answer = log.keep(
        deployment
            .call(call, Method::Post, &filling, Some(&session.token))
            .await,
    )?;
    if !call.status.accepts(answer.status) {
        return Err(Fault::unexpected_status(&call.status, answer).into());
    }
    Ok(())
}
