//! The log-in that the gate let in is found among the gate's events (incident I4: events were lost, and the log said only "failed
//! to log").

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::clock::now;
use crate::configuration::secret::Admin;
use crate::counted::counted;
use crate::deployment::gate::Gate;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::open_session::OpenedSession;

/// Asks the gate's registry for the event until it is there. It is written after the answer, so it may come a moment later.
pub(crate) async fn find_log_in(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    admin: &Admin,
    opened: &OpenedSession,
) -> Result<(), Problem> {
    let readiness = gate.readiness().await;
    if readiness.as_ref().is_some_and(|ready| !ready.keeps_events) {
        log.does_not_apply("the authority of this gate keeps no events");
        return Ok(());
    }
    let Some(request_id) = &opened.request_id else {
        log.does_not_apply("this gate does not say under which id it wrote the log-in down");
        return Ok(());
    };
    let since = began_at();
    let deadline = Instant::now() + WRITTEN_WITHIN;
    loop {
        let exchange = gate.log_ins_of(admin, request_id, since).await;
        let answer = log.keep(exchange)?;
        let Some(events) = answer.events() else {
            return Err(Fault::EventsUnreadable {
                status: answer.status,
                reason: answer.reason(),
            }
            .into());
        };
        if !events.events.is_empty() {
            break;
        }
        if Instant::now() >= deadline {
            return Err(Fault::LogInNotWritten {
                waited: WRITTEN_WITHIN,
                request_id: request_id.clone(),
            }
            .into());
        }
        sleep(PAUSE).await;
    }
    if let Some(ready) = readiness.filter(|ready| ready.lost_events > 0) {
        log.passed_although(&format!(
            "the gate lost {} since it started: {}",
            counted(ready.lost_events, "event"),
            ready.last_lost_because.unwrap_or_default()
        ));
    }
    Ok(())
}

/// Early enough for a clock that differs from the gate's by some minutes. Events are sorted by time, so the question stays a small one.
fn began_at() -> u64 {
    now().minus(CLOCKS_DIFFER).unix_seconds()
}

const CLOCKS_DIFFER: Duration = Duration::from_mins(10);

/// A write to a registry that is far away and busy takes a second or two.
const WRITTEN_WITHIN: Duration = Duration::from_secs(10);

const PAUSE: Duration = Duration::from_millis(300);
