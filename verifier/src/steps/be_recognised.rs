//! A user who came back is taken for who they are: let in without waiting, as the same person, with the same instance, and only once.

use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::log_in::Session;
use crate::steps::wait_until_ready::{Admission, ask_once};

/// Asks once, and holds the answer against the first visit; where the gate's registry may be asked, it must have one record of them.
pub(crate) async fn be_recognised(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    first: &Admission,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let now = ask_once(log, deployment, session).await?;
    if let (Some(first), Some(now)) = (&first.me, &now.me) {
        let (before, after) = (&first.visitor.subject, &now.visitor.subject);
        if before != after {
            return Err(ReturnFault::OtherPerson {
                before: before.clone(),
                now: after.clone(),
            }
            .into());
        }
        let id =
            |me: &policy::contract::Me| me.instance.as_ref().map(|instance| instance.id.clone());
        let (before, now) = (id(first), id(now));
        if before != now {
            return Err(ReturnFault::OtherInstance { before, now }.into());
        }
    }
    match deployment.gate() {
        Some(gate) => only_once(log, &gate, session).await,
        None => Ok(()),
    }
}

async fn only_once(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let Some(admin) = &gate.front.admin else {
        log.passed_although("without [gate_admin], nobody asked whether they are recorded once");
        return Ok(());
    };
    if !gate.keeps_records().await {
        log.passed_although("the authority of this gate lists nobody, so nobody asked whether they are recorded once");
        return Ok(());
    }
    let email = &session.account.0.email;
    let answer = log.keep(gate.users_with(admin, email).await)?;
    let Some(users) = answer.users() else {
        return Err(ReturnFault::Unlisted {
            status: answer.status,
            reason: answer.reason(),
        }
        .into());
    };
    if users.total > 1 {
        return Err(ReturnFault::Twice {
            email: email.clone(),
            ids: users.users.into_iter().map(|user| user.id).collect(),
        }
        .into());
    }
    Ok(())
}
