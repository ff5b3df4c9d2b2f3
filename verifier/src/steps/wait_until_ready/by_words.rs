//! Without a gate, an endpoint of the deployment is asked, and its words mean what the file says (incident I1: one side wrote `active`
//! where the other knew only `ready`).

use std::time::Duration;

use crate::configuration::name::text_of_value;
use crate::configuration::ready::{Meaning, Ready, Words};
use crate::deployment::Deployment;
use crate::deployment::exchange::Answer;
use crate::deployment::part::part_of;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::log_in::Session;
use crate::steps::perform::{Performed, capture, exchange, judge};
use crate::steps::wait_until_ready::{Judgement, Waiting};

pub(super) async fn ask(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    ready: &Ready,
    session: &Session<'_>,
) -> (Judgement, Option<Duration>) {
    let (user, token) = (session.account.0, session.token.as_str());
    let performed = match exchange(log, deployment, &ready.request, user, Some(token)).await {
        Ok(performed) => performed,
        Err(problem) => return (Judgement::Useless(problem), None),
    };
    let asked_to_wait = Answer::retry_after(&performed.answer);
    let judgement = match judge(&ready.request, &performed, &user.memory.values()) {
        Err(fault) => not_as_expected(fault),
        Ok(()) => match &ready.words {
            None => Judgement::Admitted("ready".to_owned()),
            Some(words) => of_word(words, &performed),
        },
    };
    let captured = match &judgement {
        Judgement::Admitted(_) => capture(deployment, &ready.request, &performed, user),
        Judgement::Final(_) | Judgement::NotYet(_) | Judgement::Useless(_) => Ok(()),
    };
    let judgement = captured.map_or_else(Judgement::Final, |()| judgement);
    (judgement, asked_to_wait)
}

/// Most often it is not there yet; a token that is not taken, or a word of failure, ends the wait.
fn not_as_expected(fault: Fault) -> Judgement {
    let state = match &fault {
        Fault::UnexpectedStatus { found: 401, .. }
        | Fault::Discrepancy(Discrepancy::SaidItFailed { .. } | Discrepancy::Unfilled(_)) => {
            return Judgement::Final(fault);
        }
        Fault::UnexpectedStatus { found, .. } => format!("status {found}"),
        Fault::Discrepancy(Discrepancy::NotAsExpected(difference)) => {
            format!("{} {}", difference.at, difference.found)
        }
        Fault::Discrepancy(
            Discrepancy::NotCaptured { .. }
            | Discrepancy::StateIsFinal { .. }
            | Discrepancy::StateIsUnknown { .. },
        )
        | Fault::EventsUnreadable { .. }
        | Fault::GateAnswered { .. }
        | Fault::Lacks { .. }
        | Fault::LogInNotWritten { .. }
        | Fault::Misconfigured
        | Fault::NeverReady(_)
        | Fault::NoSession { .. }
        | Fault::NoToken { .. }
        | Fault::NotTheGate { .. }
        | Fault::TokenRefused { .. }
        | Fault::TurnedAway { .. } => fault.to_string(),
    };
    not_yet(state)
}

fn of_word(words: &Words, performed: &Performed) -> Judgement {
    let found = part_of(&performed.answer, &words.part, &performed.url);
    let Some(state) = found.filter(|state| !state.is_null()) else {
        return not_yet(format!("nothing at {}", words.part));
    };
    let state = text_of_value(&state);
    match words.meaning(&state) {
        Meaning::Ready => Judgement::Admitted(state),
        Meaning::Failed => Judgement::Final(Discrepancy::StateIsFinal { state }.into()),
        Meaning::Waiting => not_yet(state),
        Meaning::Unknown => {
            let waiting = words.waiting.iter().flatten();
            let known = words.ready.iter().chain(&words.failed).chain(waiting);
            let known = known.map(|word| format!("`{word}`")).collect();
            Judgement::Final(Discrepancy::StateIsUnknown { state, known }.into())
        }
    }
}

fn not_yet(state: String) -> Judgement {
    Judgement::NotYet(Waiting {
        state,
        hint: None,
        me: None,
    })
}
