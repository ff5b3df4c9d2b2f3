//! A user whose app is not there yet is asked to wait by the gate, and told for how long.

use policy::reason::Reason;

use crate::deployment::Deployment;
use crate::deployment::exchange::Answer;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::log_in::Session;
use crate::steps::reach_instance::visit;
use crate::wording::{self, State};

/// Knocks once, at once after the log-in. Where the app is there already, nobody can see how one waits.
pub(crate) async fn be_asked_to_wait(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let values = session.account.0.memory.values();
    let asking = visit(deployment, &values, &session.token).map_err(Fault::from)?;
    let exchange = deployment.send(asking).await;
    let answer = log.keep(exchange)?.clone();
    if !answer.is_the_gates_own() {
        log.does_not_apply("the app was there before anybody could be asked to wait");
        return Ok(());
    }
    let reason = answer.reason().unwrap_or_default();
    log.saw(&reason);
    // The record of a fresh user may be written a moment after the sign-up; that is no waiting yet.
    if reason == Reason::NoInstance.code() {
        log.does_not_apply("the fresh user was not recorded yet when they came");
        return Ok(());
    }
    if !is_a_wait(&reason) {
        return Err(Fault::GateAnswered {
            status: answer.status,
            reason: Some(reason),
            detail: answer.problem().map(|problem| problem.detail),
        }
        .into());
    }
    wording::judge_answer(State::Waiting, &answer).map_err(Fault::from)?;
    if says_when(&answer) {
        Ok(())
    } else {
        Err(ReturnFault::NotToldHowLong.into())
    }
}

fn is_a_wait(reason: &str) -> bool {
    [Reason::InstanceProvisioning, Reason::InstanceActive]
        .iter()
        .any(|wait| wait.code() == reason)
}

fn says_when(answer: &Answer) -> bool {
    answer.retry_after().is_some()
}
