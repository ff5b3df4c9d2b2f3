//! What the run created is removed again.

use std::cell::Cell;

use policy::contract::directory::UserIdentity;

use crate::configuration::request::Call;
use crate::configuration::secret::Admin;
use crate::configuration::value::AcceptedStatus;
use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::deployment::sent::Sent;
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::fault::return_visit::ReturnFault;
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
        call(log, deployment, remove_user, &newcomer.memory, None).await?;
        return Ok(());
    }
    if let Some(Session { token, .. }) = session {
        match call(log, deployment, remove_user, &newcomer.memory, Some(&token)).await {
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
    call(log, deployment, remove_user, &newcomer.memory, Some(&token)).await?;
    Ok(())
}

/// Removes what a first visit left at the gate: the record of the user, which nobody else there may know of, and the org of the run with
/// its invitations. Both bear the id of the run, so nothing else is touched.
pub(crate) async fn forget_at_the_registry(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    newcomer: &Newcomer,
) -> Result<(), Problem> {
    let answer = log.keep(gate.users_with(admin, &newcomer.email).await)?;
    let Some(known) = answer.users() else {
        let (status, reason) = (answer.status, answer.reason());
        return Err(ReturnFault::Unlisted { status, reason }.into());
    };
    let identities = known.users.iter().flat_map(|user| &user.identities);
    for UserIdentity { issuer, subject } in identities {
        gone(log, gate, gate.forgetting(&admin.secret, issuer, subject)).await?;
    }
    let removing = gate.removing_org(&admin.secret, &newcomer.org());
    gone(log, gate, removing).await
}

/// What was not there is gone as well.
async fn gone(log: &mut StepLog<'_>, gate: &Gate<'_>, order: Sent) -> Result<(), Problem> {
    let answer = log.keep(gate.send(order).await)?;
    let expected = AcceptedStatus::AnySuccess;
    if expected.accepts(answer.status) || answer.status == 404 {
        Ok(())
    } else {
        Err(Fault::unexpected_status(&expected, answer).into())
    }
}
