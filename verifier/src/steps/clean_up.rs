//! What the run created is removed again.

use std::cell::Cell;

use crate::configuration::request::Call;
use crate::deployment::Deployment;
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::log_in::{Session, log_in};
use crate::steps::perform::call;
use crate::steps::register::Account;

/// Removes the user: as somebody else, if that is how it is done; else with the token of the run, or with a new one if there is none or it
/// is not good any more.
pub(crate) async fn clean_up(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    remove_user: &Call,
    newcomer: &Newcomer,
    session: Option<Session<'_>>,
    is_logged_in: &Cell<bool>,
) -> Result<(), Problem> {
    if !remove_user.needs(&deployment.configuration.log_in.call) {
        call(log, deployment, remove_user, newcomer, None).await?;
        return Ok(());
    }
    if let Some(Session { token, .. }) = session {
        match call(log, deployment, remove_user, newcomer, Some(&token)).await {
            // Some services end a token with its session; the log-out came before.
            Err(Problem::Failed(Fault::Discrepancy(Discrepancy::Status {
                found: 401, ..
            }))) => {
                is_logged_in.set(false);
            }
            result => return result.map(|_performed| ()),
        }
    }
    let Session { token, .. } = log_in(log, deployment, Account(newcomer)).await?;
    is_logged_in.set(true);
    call(log, deployment, remove_user, newcomer, Some(&token)).await?;
    Ok(())
}
