//! After the story: whatever it created is removed, or named.

use std::cell::Cell;
use std::time::Instant;

use crate::configuration::tagged_users::TaggedUsers;
use crate::deployment::Deployment;
use crate::interruption::Interruption;
use crate::journal::{Entry, Journal};
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::outlet::Outlet;
use crate::progress::Progress;
use crate::record::LeftOver;
use crate::run::{Run, StepLog, Stopped};
use crate::steps::StepName;
use crate::steps::clean_up::{clean_up, forget_at_the_registry};
use crate::steps::log_in::Session;
use crate::steps::perform::call;
use crate::tagged::TaggedUser;

/// Leaves the deployment as it was found, whatever came of the story; the journal goes when the user is gone.
pub(crate) async fn depart(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &Newcomer,
    session: Option<Session<'_>>,
    stopped: Option<&Stopped>,
    journal: Journal,
) -> Option<LeftOver> {
    let removed = if may_exist(stopped) {
        let registered = stopped.is_none_or(|stopped| stopped.step != StepName::Register);
        let removed = remove(run, deployment, newcomer, session).await;
        removed.map_err(|why| {
            if registered {
                why
            } else {
                format!("may exist; {why}")
            }
        })
    } else {
        run.skip(StepName::CleanUp, "nothing was created");
        Ok(())
    };
    let path = journal.path().to_owned();
    let left = removed.and_then(|()| journal.close().map_err(|error| error.to_string()));
    left.err().map(|why| LeftOver {
        user: newcomer.email.clone(),
        why,
        journal: path,
    })
}

/// Whether the sign-up may have reached the identity service, even if its answer did not come back.
fn may_exist(stopped: Option<&Stopped>) -> bool {
    match stopped {
        Some(Stopped {
            step: StepName::Register,
            problem: Problem::Broken(reason),
        }) => !reason.is_before_sending(),
        Some(_) | None => true,
    }
}

/// Removes the user of an entry that nobody is using any more, or says why they are left over.
pub(crate) async fn sweep(
    deployment: &Deployment<'_>,
    entry: &Entry,
    interruption: &Interruption,
    outlet: &Outlet<'_>,
) -> Result<(), String> {
    let user = Newcomer::of(entry, deployment.configuration);
    let progress = Progress::new(outlet);
    let voice = progress.of_one();
    let mut run = Run::new(interruption, voice, Instant::now(), &[], None);
    let removed = remove(&mut run, deployment, &user, None).await;
    voice.leave();
    removed
}

/// Removes a user whom somebody else listed, or says why they are left over.
pub(crate) async fn sweep_tagged(
    deployment: &Deployment<'_>,
    tagged: &TaggedUsers,
    user: &TaggedUser,
    interruption: &Interruption,
    outlet: &Outlet<'_>,
) -> Result<(), String> {
    let user = Newcomer::found(user, deployment.configuration);
    let progress = Progress::new(outlet);
    let voice = progress.of_one();
    let mut run = Run::new(interruption, voice, Instant::now(), &[], None);
    let act = async |log: &mut StepLog<'_>| {
        call(log, deployment, &tagged.remove, &user.memory, None).await?;
        forget_where_it_came(log, deployment, &user).await
    };
    let removed = run.step_at_any_rate(StepName::CleanUp, act).await;
    voice.leave();
    removed.map_err(|stopped| reason(stopped.problem))
}

/// A gate that takes people in by their first visit has a record of them.
async fn forget_where_it_came(
    log: &mut StepLog<'_>,
    deployment: &Deployment<'_>,
    user: &Newcomer,
) -> Result<(), Problem> {
    match deployment.operated_gate() {
        Some((gate, admin)) if admin.first_sight => {
            forget_at_the_registry(log, &gate, admin, user).await
        }
        Some(_) | None => Ok(()),
    }
}

fn reason(problem: Problem) -> String {
    match problem {
        Problem::Failed(fault) => fault.to_string(),
        Problem::Broken(reason) => reason.to_string(),
        Problem::Defect(defect) => defect.to_string(),
        Problem::Interrupted => "interrupted".to_owned(),
    }
}

/// Removes the user, or says why they are left over.
async fn remove(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &Newcomer,
    session: Option<Session<'_>>,
) -> Result<(), String> {
    let Some(call) = &deployment.configuration.remove_user else {
        run.skip(StepName::CleanUp, "no [remove_user] in the configuration");
        return Err("the configuration has no [remove_user]".to_owned());
    };
    let log_in = &deployment.configuration.log_in.call;
    // A log-in that fails says something else than a removal that does.
    let is_logged_in = Cell::new(session.is_some() || !call.needs(log_in));
    let act = async |log: &mut StepLog<'_>| {
        clean_up(log, deployment, call, newcomer, session, &is_logged_in).await?;
        forget_where_it_came(log, deployment, newcomer).await
    };
    run.step_at_any_rate(StepName::CleanUp, act)
        .await
        .map_err(|stopped| {
            let why = reason(stopped.problem);
            if is_logged_in.get() {
                why
            } else {
                format!("could not be logged in to be removed: {why}")
            }
        })
}
