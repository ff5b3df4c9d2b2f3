//! Without a gate, an endpoint of the deployment is asked, and its words mean what the file says (incident I1: one side wrote `active`
//! where the other knew only `ready`).

use std::time::Duration;

use crate::configuration::name::text_of_value;
use crate::configuration::ready::{Meaning, Ready, Words};
use crate::deployment::Deployment;
use crate::deployment::exchange::Answer;
use crate::deployment::part::part_of;
use crate::run::StepLog;
use crate::steps::fault::discrepancy::{Difference, Discrepancy};
use crate::steps::log_in::Session;
use crate::steps::perform::{Performed, capture, exchange, judge};
use crate::steps::wait_until_ready::{Admission, Judgement, Waiting};
use crate::wording::{self, State, Violation};

pub(super) async fn ask(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    ready: &Ready,
    session: &Session<'_>,
) -> (Judgement, Option<Duration>) {
    let (user, token) = (session.account.0, session.token.as_str());
    let performed = match exchange(log, deployment, &ready.request, &user.memory, Some(token)).await
    {
        Ok(performed) => performed,
        Err(problem) => return (Judgement::Useless(problem), None),
    };
    let asked_to_wait = Answer::retry_after(&performed.answer);
    let judgement = match judge(&ready.request, &performed, &user.memory.values()) {
        Err(discrepancy) => not_as_expected(discrepancy),
        Ok(()) => match &ready.words {
            None => Judgement::Admitted("ready".to_owned(), Admission::default()),
            Some(words) => of_word(words, &performed),
        },
    };
    let judgement = match (judgement, untrue_message(ready, &performed)) {
        (Judgement::NotYet(_), Some(violation)) => Judgement::Final(violation.into()),
        (judgement, _) => judgement,
    };
    let captured = match &judgement {
        Judgement::Admitted(..) => capture(deployment, &ready.request, &performed, &user.memory),
        Judgement::Final(_) | Judgement::NotYet(_) | Judgement::Useless(_) => Ok(()),
    };
    let judgement =
        captured.map_or_else(|missing| Judgement::Final(missing.into()), |()| judgement);
    (judgement, asked_to_wait)
}

/// What people are told while they wait, if it is not the case (incident I1).
fn untrue_message(ready: &Ready, performed: &Performed) -> Option<Violation> {
    let part = ready.message.as_ref()?;
    let message = part_of(&performed.answer, part, &performed.url)?;
    wording::judge_text(State::Waiting, message.as_str()?).err()
}

/// Most often it is not there yet; a token that is not taken, or a word of failure, ends the wait.
fn not_as_expected(discrepancy: Discrepancy) -> Judgement {
    match &discrepancy {
        Discrepancy::Status { found, .. } if *found != 401 => not_yet(format!("status {found}")),
        Discrepancy::NotAsExpected(Difference { at, found, .. }) => {
            not_yet(format!("{at} {found}"))
        }
        Discrepancy::NotCaptured { .. }
        | Discrepancy::SaidItFailed { .. }
        | Discrepancy::StateIsFinal { .. }
        | Discrepancy::StateIsUnknown { .. }
        | Discrepancy::Status { .. }
        | Discrepancy::Unfilled(_) => Judgement::Final(discrepancy.into()),
    }
}

fn of_word(words: &Words, performed: &Performed) -> Judgement {
    let found = part_of(&performed.answer, &words.part, &performed.url);
    let Some(state) = found.filter(|state| !state.is_null()) else {
        return not_yet(format!("nothing at {}", words.part));
    };
    let state = text_of_value(&state);
    match words.meaning(&state) {
        Meaning::Ready => Judgement::Admitted(state, Admission::default()),
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
