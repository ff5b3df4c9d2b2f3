//! The user reaches their instance, through the gate or without one.

use crate::configuration::credential::SentAs;
use crate::configuration::instance::InstanceAt;
use crate::configuration::name::{Unfilled, Values};
use crate::configuration::value::AcceptedStatus;
use crate::deployment::Deployment;
use crate::deployment::prepared::Shown;
use crate::deployment::sent::Sent;
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
    let memory = &session.account.0.memory;
    let values = memory.values();
    let mut asking = visit(deployment, &values, &session.token).map_err(Fault::from)?;
    if deployment.gate().is_none() {
        memory.add_cookies(&mut asking);
    }
    reach(log, deployment, asking, &values).await
}

/// Sends a request for the page; it must be the app that answers it, and know who is there.
pub(crate) async fn reach(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    asking: Sent,
    values: &Values,
) -> Result<(), Problem> {
    let answer = log.keep(deployment.send(asking).await)?;
    if deployment.gate().is_some() && answer.is_the_gates_own() {
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
    let Some(wanted) = &deployment.configuration.instance.contains else {
        return Ok(());
    };
    let text = wanted.fill(values).map_err(Fault::from)?;
    if answer.body.contains(&text) {
        Ok(())
    } else {
        Err(Fault::Lacks {
            text,
            truncated: answer.truncated,
        }
        .into())
    }
}

/// The request: a gate is shown the token; an app without one, what the log-in gave, as the file says.
pub(crate) fn visit(
    deployment: &Deployment<'_>,
    values: &Values,
    token: &str,
) -> Result<Sent, Unfilled> {
    let configuration = deployment.configuration;
    let sent = Sent::get(&start(deployment, values)?);
    let sent_as = match deployment.gate() {
        Some(_) => &SentAs::Bearer,
        None => &configuration.log_in.sent_as,
    };
    Ok(Shown { token, sent_as }.on(sent))
}

/// The address of the page.
pub(crate) fn start(deployment: &Deployment<'_>, values: &Values) -> Result<String, Unfilled> {
    let configuration = deployment.configuration;
    match &configuration.instance.at {
        InstanceAt::Path(path) => Ok(configuration.front.address().join(path).into()),
        InstanceAt::Url(url) => url.fill(values),
    }
}
