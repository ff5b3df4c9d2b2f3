//! The gate itself says whether it would let the user in.

use std::time::Duration;

use policy::reason::Reason;

use crate::deployment::exchange::{Answer, NoAnswer};
use crate::deployment::gate::{Gate, Standpoint};
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::log_in::Session;
use crate::steps::wait_until_ready::{Admission, Judgement, Waiting};
use crate::wording;

pub(super) async fn ask(
    log: &mut StepLog<'_>,
    gate: &Gate<'_>,
    session: &Session<'_>,
) -> (Judgement, Option<Duration>) {
    let (exchange, standpoint) = gate.me(&session.token).await;
    let answer = log.keep(exchange).ok();
    let violation = match (&standpoint, answer) {
        (Ok(Standpoint::Known(me)), Some(answer)) => wording::judge_me(me, answer).err(),
        (
            Ok(Standpoint::Known(_) | Standpoint::NotTheGate { .. } | Standpoint::Refused { .. })
            | Err(_),
            _,
        ) => None,
    };
    let asked_to_wait = answer.and_then(Answer::retry_after);
    // Waiting longer does not make the words any better, and everybody reads them.
    let judgement = match (judge(standpoint), violation) {
        (Judgement::NotYet(_), Some(violation)) => Judgement::Final(violation.into()),
        (judgement, _) => judgement,
    };
    (judgement, asked_to_wait)
}

fn judge(standpoint: Result<Standpoint, NoAnswer>) -> Judgement {
    match standpoint {
        Err(reason) => Judgement::Useless(reason.into()),
        Ok(Standpoint::NotTheGate { status }) => {
            Judgement::Useless(Fault::NotTheGate { status }.into())
        }
        Ok(Standpoint::Known(me)) if me.admitted => {
            Judgement::Admitted("ready".to_owned(), Admission { me: Some(me) })
        }
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

#[cfg(test)]
mod tests {
    use super::*;

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
