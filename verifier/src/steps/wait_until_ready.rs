//! The user waits until the gate would let them in.

use std::time::Duration;

use policy::contract::Me;
use policy::reason::Reason;
use tokio::time::{Instant, sleep};

use crate::deployment::Deployment;
use crate::deployment::exchange::{Answer, NoAnswer};
use crate::deployment::gate::Standpoint;
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::{Fault, NeverReady};
use crate::steps::log_in::Session;

/// Asks until the answer is yes, is final, or the one deadline of the wait has passed.
pub(crate) async fn wait_until_ready(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    session: &Session<'_>,
) -> Result<(), Problem> {
    let waited = deployment.configuration.ready_within;
    let deadline = Instant::now() + waited;
    let (mut pauses, mut useless_in_a_row) = (Pauses::default(), 0);
    loop {
        let (exchange, standpoint) = deployment.me(&session.token).await;
        let asked_to_wait = log.keep(exchange).ok().and_then(Answer::retry_after);
        let is_late = Instant::now() >= deadline;
        let Waiting { state, hint, me } = match judge(standpoint) {
            Judgement::Admitted => {
                log.saw("ready");
                return Ok(());
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

enum Judgement {
    Admitted,
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

fn judge(standpoint: Result<Standpoint, NoAnswer>) -> Judgement {
    match standpoint {
        Err(reason) => Judgement::Useless(reason.into()),
        Ok(Standpoint::NotTheGate { status }) => {
            Judgement::Useless(Fault::NotTheGate { status }.into())
        }
        Ok(Standpoint::Known(me)) if me.admitted => Judgement::Admitted,
        Ok(Standpoint::Known(me)) if is_final(&me.reason) => Judgement::Final(Fault::TurnedAway {
            reason: me.reason,
            detail: me.detail,
        }),
        Ok(Standpoint::Known(me)) => {
            let state = me
                .instance
                .as_ref()
                .map_or_else(|| me.reason.clone(), |instance| instance.status.to_string());
            let hint = me
                .retry_after
                .map(|seconds| Duration::from_secs(seconds.into()));
            Judgement::NotYet(Waiting {
                state,
                hint,
                me: Some(me),
            })
        }
        Ok(Standpoint::Refused {
            status: status @ 401,
            reason,
            ..
        }) => Judgement::Final(Fault::TokenRefused { status, reason }),
        Ok(Standpoint::Refused {
            status,
            reason,
            problem,
        }) => {
            let reason = reason.unwrap_or_else(|| format!("status {status}"));
            if reason == Reason::Misconfigured.code() {
                return Judgement::Final(Fault::Misconfigured);
            }
            let (detail, seconds) = problem
                .map(|problem| (problem.detail, problem.retry_after))
                .unwrap_or_default();
            if is_final(&reason) {
                return Judgement::Final(Fault::TurnedAway { reason, detail });
            }
            let hint = seconds.map(|seconds| Duration::from_secs(seconds.into()));
            Judgement::NotYet(Waiting {
                state: reason,
                hint,
                me: None,
            })
        }
    }
}

/// `no_instance` is not final: the record of a fresh user may be written a moment after the sign-up.
fn is_final(reason: &str) -> bool {
    [Reason::InstanceSuspended, Reason::InvitationRequired]
        .iter()
        .any(|last| last.code() == reason)
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

    #[test]
    fn a_suspended_or_uninvited_user_does_not_wait() {
        for reason in ["instance_suspended", "invitation_required"] {
            assert!(is_final(reason));
        }
        for reason in ["no_instance", "instance_active", "authority_unavailable"] {
            assert!(!is_final(reason));
        }
    }
}
