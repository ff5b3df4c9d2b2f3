//! What the run created is removed again.

use crate::configuration::file::Call;
use crate::configuration::value::Method;
use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::log_in::{Session, log_in};
use crate::steps::register::Account;

/// Removes the user with the token of the run, or with a new one if there is none or it is not good any more.
pub(crate) async fn clean_up(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    call: &Call,
    newcomer: &Newcomer,
    session: Option<Session<'_>>,
) -> Result<(), Problem> {
    if let Some(session) = session {
        match remove(log, deployment, call, &session).await {
            // Some services end a token with its session; the log-out came before.
            Err(Problem::Failed(Fault::UnexpectedStatus { found: 401, .. })) => {}
            result => return result,
        }
    }
    let session = log_in(log, deployment, Account(newcomer)).await?;
    remove(log, deployment, call, &session).await
}

async fn remove(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    call: &Call,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let filling = session.account.0.filling(deployment.configuration);
    let answer = log.keep(
        deployment
            .call(call, Method::Delete, &filling, Some(&session.token))
            .await,
    )?;
    if !call.status.accepts(answer.status) {
        return Err(Fault::unexpected_status(&call.status, answer).into());
    }
    Ok(())
}
