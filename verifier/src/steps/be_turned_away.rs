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

/// Knocks until the gate says no. A status written through the gate counts at the next request; another location hears of it later.
pub(crate) async fn be_turned_away(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let values = session.account.0.memory.values();
    let deadline = Instant::now() + OUT_WITHIN;
    loop {
        let asking = visit(deployment, &values, &session.token).map_err(Fault::from)?;
        let answer = log.keep(deployment.send(asking).await)?;
        let reason = answer.reason().filter(|_| answer.is_the_gates_own());
        if reason.as_deref() == Some(Reason::InstanceSuspended.code()) {
            let problem = answer.problem();
            return match problem {
                Some(problem) if !problem.detail.is_empty() && !problem.next.is_empty() => Ok(()),
                Some(_) | None => Err(ReturnFault::NoNextStep.into()),
            };
        }
        let state = reason.unwrap_or_else(|| format!("status {}", answer.status));
        log.saw(&state);
        if Instant::now() >= deadline {
            return Err(ReturnFault::StillLetIn {
                state,
                seconds: OUT_WITHIN.as_secs(),
            }
            .into());
        }
        sleep(PAUSE).await;
    }
}

/// The longest for which a gate may go by what it knew, as it is set up usually (`USHER_STALE_SECONDS`), and the clocks' difference.
const OUT_WITHIN: Duration = Duration::from_secs(65);

const PAUSE: Duration = Duration::from_millis(500);
