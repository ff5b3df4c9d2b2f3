//! The user waits until they would be let in: until the gate says so, or, without one, until the deployment's own words do.

mod at_the_gate;
mod by_words;

use std::time::Duration;

use policy::contract::Me;
use tokio::time::{Instant, sleep};

use crate::configuration::front::Front;
use crate::configuration::ready::Ready;
use crate::deployment::Deployment;
use crate::deployment::gate::Gate;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::return_visit::ReturnFault;
use crate::steps::fault::{Fault, NeverReady};
use crate::steps::log_in::Session;

/// Asks until the answer is yes, is final, or the one deadline of the wait has passed.
pub(crate) async fn wait_until_ready(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<Admission, Problem> {
    let Some(asked) = Asked::of(deployment) else {
        return Ok(Admission::default());
    };
    let waited = deployment.configuration.ready_within;
    let deadline = Instant::now() + waited;
    let (mut pauses, mut useless_in_a_row) = (Pauses::default(), 0);
    loop {
        let (judgement, asked_to_wait) = asked.ask(log, deployment, session).await;
        let is_late = Instant::now() >= deadline;
        let Waiting { state, hint, me } = match judgement {
            Judgement::Admitted(state, admission) => {
                log.saw(&state);
                return Ok(admission);
            }
            Judgement::Final(fault) => return Err(fault.into()),
            Judgement::Useless(problem) if is_late || useless_in_a_row + 1 >= USELESS_ANSWERS => {
                return Err(problem);
            }
            Judgement::Useless(_) => {
                useless_in_a_row += 1;
                Waiting {
                    state: "no answer".to_owned(),
                    hint: None,
                    me: None,
                }
            }
            Judgement::NotYet(waiting) => {
                useless_in_a_row = 0;
                waiting
            }
        };
        log.saw(&state);
        if is_late {
            return Err(Fault::NeverReady(NeverReady {
                waited,
                steady: log.steady_for(),
                me,
                state,
            })
            .into());
        }
        let pause = pauses.next(asked_to_wait.or(hint));
        sleep(pause.min(deadline.saturating_duration_since(Instant::now()))).await;
    }
}

/// Asks once: whoever has been let in before does not wait.
pub(crate) async fn ask_once(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<Admission, Problem> {
    let Some(asked) = Asked::of(deployment) else {
        return Ok(Admission::default());
    };
    match asked.ask(log, deployment, session).await.0 {
        Judgement::Admitted(_, admission) => Ok(admission),
        Judgement::Final(fault) => Err(fault.into()),
        Judgement::NotYet(Waiting { state, .. }) => Err(ReturnFault::MadeToWait { state }.into()),
        Judgement::Useless(problem) => Err(problem),
    }
}

/// As whom the user was let in.
#[derive(Debug, Default)]
pub(crate) struct Admission {
    /// What the gate said of them; without a gate, nobody says it.
    pub(crate) me: Option<Box<Me>>,
}

/// Who knows whether the user would be let in.
enum Asked<'a> {
    Gate(Gate<'a>),
    Endpoint(&'a Ready),
}

impl<'a> Asked<'a> {
    /// Nobody, where the file names no gate and no `[ready]`; then the step is left out.
    fn of(deployment: &'a Deployment<'_>) -> Option<Self> {
        match &deployment.configuration.front {
            Front::Direct { ready, .. } => ready.as_deref().map(Self::Endpoint),
            Front::Gate(_) => deployment.gate().map(Self::Gate),
        }
    }

    /// Asks once: what the answer means, and for how long it asks to wait.
    async fn ask(
        &self,
        log: &mut StepLog<'_>,
        deployment: &Deployment<'_>,
        session: &Session<'_>,
    ) -> (Judgement, Option<Duration>) {
        match self {
            Self::Gate(gate) => at_the_gate::ask(log, gate, session).await,
            Self::Endpoint(ready) => by_words::ask(log, deployment, ready, session).await,
        }
    }
}

enum Judgement {
    /// With the word for it.
    Admitted(String, Admission),
    /// Waiting longer cannot help.
    Final(Fault),
    NotYet(Waiting),
    /// No answer, or one of somebody else; may pass, but not often in a row.
    Useless(Problem),
}

struct Waiting {
    state: String,
    hint: Option<Duration>,
    /// What the gate said, if it was an answer of the contract.
    me: Option<Box<Me>>,
}

/// Growing pauses with jitter, so that many verifiers do not ask in step.
struct Pauses(Duration);

impl Default for Pauses {
    fn default() -> Self {
        Self(SHORTEST_PAUSE)
    }
}

impl Pauses {
    fn next(&mut self, asked_for: Option<Duration>) -> Duration {
        let usual = self.0.mul_f64(rand::random_range(0.8..=1.2));
        self.0 = (self.0 * 2).min(LONGEST_PAUSE);
        asked_for
            .map_or(usual, |asked_for| asked_for.max(SHORTEST_PAUSE))
            .min(LONGEST_PAUSE)
    }
}

/// So that an instance that is ready at once is reached at once.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);

/// However long the gate asks to wait: with longer pauses the report's times of the states would be wrong by that much.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// So many refused connections or foreign answers in a row are no hiccup of a deploy in progress.
const USELESS_ANSWERS: u32 = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_longest_and_no_further() {
        let mut pauses = Pauses::default();
        let taken: Vec<Duration> = (0..10).map(|_| pauses.next(None)).collect();
        assert!(taken[0] < Duration::from_millis(300));
        assert!(taken.iter().all(|pause| *pause <= LONGEST_PAUSE));
        assert!(taken[9] >= LONGEST_PAUSE.mul_f64(0.8));
    }

    #[test]
    fn a_long_retry_after_is_honoured_up_to_the_longest_pause() {
        let mut pauses = Pauses::default();
        assert_eq!(
            pauses.next(Some(Duration::from_secs(1))),
            Duration::from_secs(1)
        );
        assert_eq!(pauses.next(Some(Duration::from_mins(10))), LONGEST_PAUSE);
        assert_eq!(pauses.next(Some(Duration::ZERO)), SHORTEST_PAUSE);
    }
}
