//! What the run created is removed again.

use std::cell::Cell;

use policy::contract::directory::UserIdentity;

use crate::configuration::request::Call;
use crate::configuration::secret::Admin;
use crate::configuration::value::AcceptedStatus;
use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::deployment::sent::Sent;
use crate::journal::Removal;
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::log_in::Session;
use crate::steps::undo::as_user;

/// Removes the user, as somebody else, if that is how it is done; who is removed already is left alone.
pub(crate) async fn clean_up<'a>(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    remove_user: &Call,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
    is_logged_in: &Cell<bool>,
) -> Result<(), Problem> {
    let before = newcomer.removal();
    if before == Removal::Done {
        return Ok(());
    }
    newcomer.note_removal(Removal::Asked);
    let removed = as_user(
        log,
        deployment,
        remove_user,
        newcomer,
        session,
        is_logged_in,
    );
    let removed = match removed.await {
        Err(problem)
            if before == Removal::Asked && tells_of_nobody(&problem, is_logged_in.get()) =>
        {
            Ok(())
        }
        removed => removed,
    };
    newcomer.note_removal(match &removed {
        Ok(()) => Removal::Done,
        Err(Problem::Failed(_)) => Removal::Ahead,
        Err(Problem::Broken(_) | Problem::Defect(_) | Problem::Interrupted) => Removal::Asked,
    });
    removed
}

/// What is answered about somebody whose removal was asked for, and was done although nobody saw the answer: a log-in that was good is not
/// any more (400 where it is OAuth's, RFC 6749 section 5.2), or there is nobody to remove.
const fn tells_of_nobody(problem: &Problem, is_logged_in: bool) -> bool {
    let Problem::Failed(Fault::Discrepancy(Discrepancy::Status { found, .. })) = problem else {
        return false;
    };
    match found {
        404 | 410 => true,
        400 | 401 => !is_logged_in,
        _ => false,
    }
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
