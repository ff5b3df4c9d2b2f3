//! The user's browser reaches the app with the cookie of its session at the gate, and without the token.

use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::deployment::sent::Sent;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::log_in::Session;
use crate::steps::open_session::OpenedSession;
use crate::steps::reach_instance::{reach, start};

/// Fetches the page of the app with nothing but the cookie.
pub(crate) async fn reach_by_session(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
    opened: &OpenedSession,
) -> Result<(), Problem> {
    let values = session.account.0.memory.values();
    let mut sent = Sent::get(&start(deployment, &values).map_err(Fault::from)?);
    opened.browser.add_cookies(&mut sent);
    reach(log, deployment, sent, &values).await
}

/// Ends the session, as a page of the gate's own origin would.
pub(crate) async fn end_session(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    opened: &OpenedSession,
) -> Result<(), Problem> {
    let mut sent = gate.ending_session();
    opened.browser.add_cookies(&mut sent);
    let answer = log.keep(gate.send(sent).await)?;
    if answer.status != NO_CONTENT {
        return Err(Fault::unexpected_status(
            &crate::configuration::value::AcceptedStatus::OneOf(vec![NO_CONTENT]),
            answer,
        )
        .into());
    }
    Ok(())
}

/// What the gate answers to a program that has logged out.
const NO_CONTENT: u16 = 204;
