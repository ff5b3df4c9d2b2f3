//! What the operator's own steps created is removed again, the last one first, while the user who made it is still there.

use std::cell::Cell;
use std::fmt;

use crate::configuration::name::{BuiltIn, Name, Unfilled};
use crate::configuration::own_step::OwnStepName;
use crate::configuration::request::{Call, Request};
use crate::deployment::Deployment;
use crate::newcomer::{Certainty, Debt, Newcomer};
use crate::outcome::Problem;
use crate::run::StepLog;
use crate::steps::fault::Fault;
use crate::steps::fault::discrepancy::Discrepancy;
use crate::steps::log_in::{Session, log_in};
use crate::steps::perform::call;
use crate::steps::register::Account;

/// What is not undone, and why.
#[derive(Debug, Default)]
pub(crate) struct NotUndone {
    sentences: Vec<String>,
    /// Whether a later try may do it, for which the user is needed.
    may_be_tried_again: bool,
}

impl NotUndone {
    pub(crate) const fn may_be_tried_again(&self) -> bool {
        self.may_be_tried_again
    }
}

impl fmt::Display for NotUndone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences.join("; "))
    }
}

/// Undoes every step that may have created something. One that cannot be undone does not keep the others.
pub(crate) async fn undo_all<'a>(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
    is_logged_in: &Cell<bool>,
) -> Result<(), NotUndone> {
    let mut left = NotUndone::default();
    for debt in newcomer.debts().into_iter().rev() {
        let steps = &deployment.configuration.steps;
        let step = steps.iter().find(|step| step.name == debt.step);
        let Some(undo) = step.and_then(|step| step.undo.as_ref()) else {
            let why = "the configuration does not say how any more";
            left.note(&debt.step, why);
            continue;
        };
        let undone = match unfilled(undo, newcomer) {
            Some(unfilled) => Err(Fault::from(unfilled).into()),
            None => as_user(log, deployment, undo, newcomer, session, is_logged_in).await,
        };
        match undone {
            Ok(()) => newcomer.settle(&debt.step),
            Err(problem) if was_not_there(&problem, &debt) => newcomer.settle(&debt.step),
            Err(problem) => {
                left.may_be_tried_again |= !is_unfilled(&problem);
                left.note(&debt.step, &problem.to_string());
            }
        }
    }
    if left.sentences.is_empty() {
        Ok(())
    } else {
        Err(left)
    }
}

impl NotUndone {
    fn note(&mut self, step: &OwnStepName, why: &str) {
        self.sentences
            .push(format!("`{step}` is not undone: {why}"));
    }
}

/// Where it is not known that the step created something, or that nothing undid it yet, what is not there was removed or never made. Where
/// it is known, it is somewhere else than the configuration says.
fn was_not_there(problem: &Problem, debt: &Debt) -> bool {
    let gone = matches!(
        problem,
        Problem::Failed(Fault::Discrepancy(Discrepancy::Status {
            found: 404 | 410,
            ..
        }))
    );
    gone && debt.certainty == Certainty::Possible
}

/// A name that no request before the removal has given, and that no request of the undoing gives either.
fn unfilled(undo: &Call, newcomer: &Newcomer) -> Option<Unfilled> {
    let values = newcomer.memory.values();
    let own = undo.requests().flat_map(|request| &request.captures);
    let mut later: Vec<&Name> = own.map(|capture| &capture.name).collect();
    // Whoever needs it logs in for it.
    let token = BuiltIn::Token.name();
    later.push(&token);
    let mut names = undo.requests().flat_map(Request::names);
    names.find_map(|name| values.get(name).err().filter(|_| !later.contains(&name)))
}

/// Nobody has been told what it takes, and nobody will be.
const fn is_unfilled(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Failed(Fault::Discrepancy(Discrepancy::Unfilled(_)))
    )
}

/// Performs a call with the token of the session if it needs one, or with a new one if there is none or it is not good any more.
pub(crate) async fn as_user<'a>(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    wanted: &Call,
    newcomer: &'a Newcomer,
    session: &mut Option<Session<'a>>,
    is_logged_in: &Cell<bool>,
) -> Result<(), Problem> {
    if !wanted.needs(&deployment.configuration.log_in.call) {
        call(log, deployment, wanted, &newcomer.memory, None).await?;
        return Ok(());
    }
    if let Some(Session { token, .. }) = session {
        match call(log, deployment, wanted, &newcomer.memory, Some(token)).await {
            // Some services end a token with its session; the log-out came before.
            Err(Problem::Failed(Fault::Discrepancy(Discrepancy::Status {
                found: 401, ..
            }))) => {
                is_logged_in.set(false);
            }
            result => return result.map(|_performed| ()),
        }
    }
    is_logged_in.set(false);
    let Session { token, .. } = session.insert(log_in(log, deployment, Account(newcomer)).await?);
    is_logged_in.set(true);
    call(log, deployment, wanted, &newcomer.memory, Some(token)).await?;
    Ok(())
}
