//! A user who may not enter is turned away by the gate, and told what is the case and what to do next.

use std::time::Duration;

use policy::reason::Reason;
use tokio::time::{Instant, sleep};

use crate::deployment::Deployment;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::log_in::Session;
use crate::steps::reach_instance::visit;
use crate::wording::{self, State};

/// Knocks until the gate says no. A status written through the gate counts at the next request; another location hears of it later,
/// and the budget is the one for a status to count.
pub(crate) async fn be_turned_away(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
    because: Reason,
) -> Result<(), Problem> {
    let values = session.account.0.memory.values();
    let within = deployment.configuration.ready_within;
    let deadline = Instant::now() + within;
    loop {
        let asking = visit(deployment, &values, &session.token).map_err(Fault::from)?;
        let answer = log.keep(deployment.send(asking).await)?;
        let reason = answer.reason().filter(|_| answer.is_the_gates_own());
        if reason.as_deref() == Some(because.code()) {
            let judged = State::of_reason(because.code())
                .map_or(Ok(()), |state| wording::judge_answer(state, answer));
            return judged.map_err(|violation| Fault::from(violation).into());
        }
        let state = reason.unwrap_or_else(|| format!("status {}", answer.status));
        log.saw(&state);
        if Instant::now() >= deadline {
            return Err(ReturnFault::StillLetIn {
                state,
                seconds: within.as_secs(),
            }
            .into());
        }
        sleep(PAUSE).await;
    }
}

const PAUSE: Duration = Duration::from_millis(500);
