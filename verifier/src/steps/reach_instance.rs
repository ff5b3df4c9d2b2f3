//! The user reaches their instance, through the gate or without one.

use crate::configuration::instance::InstanceAt;
use crate::configuration::value::AcceptedStatus;
use crate::deployment::Deployment;
use crate::deployment::exchange::Sent;
use crate::deployment::prepared::{COOKIE, Shown};
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
    let values = session.account.0.memory.values();
    let asking = visit(deployment, session)?;
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
    let text = wanted.fill(&values).map_err(Fault::from)?;
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
fn visit(deployment: &Deployment<'_>, session: &Session<'_>) -> Result<Sent, Fault> {
    let configuration = deployment.configuration;
    let memory = &session.account.0.memory;
    let url = match &configuration.instance.at {
        InstanceAt::Path(path) => configuration.front.address().join(path).to_string(),
        InstanceAt::Url(url) => url.fill(&memory.values()).map_err(Fault::from)?,
    };
    let sent = Sent::get(&url);
    if deployment.gate().is_some() {
        return Ok(sent.bearer(&session.token));
    }
    let shown = Shown {
        token: &session.token,
        sent_as: &configuration.log_in.sent_as,
    };
    let sent = shown.on(sent);
    let cookies = reqwest::Url::parse(&url)
        .ok()
        .and_then(|url| memory.cookies_for(&url));
    Ok(match cookies {
        Some(cookies) => sent.with(COOKIE, &cookies),
        None => sent,
    })
}
