//! The user reaches their instance through the gate.

use crate::configuration::value::AcceptedStatus;
use crate::deployment::Deployment;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::log_in::Session;

/// Fetches a page of the app: it must be the app that answers, and it must know who is there.
pub(crate) async fn reach_instance(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let configuration = deployment.configuration;
    let url = configuration.gate.join(&configuration.instance.path);
    let answer = log.keep(deployment.get(url, Some(&session.token)).await)?;
    if answer.is_the_gates_own() {
        let detail = answer.problem().map(|problem| problem.detail);
        return Err(Fault::GateAnswered {
            status: answer.status,
            reason: answer.reason(),
            detail,
        }
        .into());
    }
    let expected = AcceptedStatus::AnySuccess;
    if !expected.accepts(answer.status) {
        return Err(Fault::unexpected_status(&expected, answer).into());
    }
    let wanted = configuration.instance.contains.as_ref();
    match wanted.map(|template| template.fill(&session.account.0.filling(configuration))) {
        Some(text) if !answer.body.contains(&text) => Err(Fault::Lacks {
            text,
            truncated: answer.truncated,
        }
        .into()),
        Some(_) | None => Ok(()),
    }
}
