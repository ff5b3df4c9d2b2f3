//! A step of the operator's own: one request, made by the logged-in user. What it may create is written down before it is sent.

use crate::configuration::own_step::OwnStep;
use crate::deployment::Deployment;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::log_in::Session;
use crate::steps::perform::{Performed, capture, exchange, judge, perform};

/// Performs it; what it captures is there for the steps that follow.
pub(crate) async fn own(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    step: &OwnStep,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let (user, token) = (session.account.0, session.token.as_str());
    let request = &step.request;
    if step.undo.is_none() {
        perform(log, deployment, request, &user.memory, Some(token)).await?;
        return Ok(());
    }
    user.owe(&step.name);
    let performed = exchange(log, deployment, request, &user.memory, Some(token)).await;
    if created_nothing(&performed) {
        user.settle(&step.name);
    }
    let performed = performed?;
    // Also of an answer that is not as it should be: something may be there, and only this names it.
    let captured = capture(deployment, request, &performed, &user.memory);
    judge(request, &performed, &user.memory.values())?;
    captured?;
    user.be_certain(&step.name);
    Ok(())
}

/// Whether it is sure that there is nothing to undo: it was not sent, or refused as the sender's mistake (RFC 9110 section 15.5).
const fn created_nothing(performed: &Result<Performed, Problem>) -> bool {
    match performed {
        Ok(performed) => matches!(performed.answer.status, 400..=499),
        Err(Problem::Failed(_)) => true,
        Err(Problem::Broken(reason)) => reason.is_before_sending(),
        Err(Problem::Defect(_) | Problem::Interrupted) => false,
    }
}
