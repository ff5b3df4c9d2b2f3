//! After the story: whatever it created is removed, or named.

use std::cell::Cell;
use std::path::Path;
use std::time::Instant;

use crate::configuration::tagged_users::TaggedUsers;
use crate::deployment::Deployment;
use crate::interruption::Interruption;
use crate::journal::{Entry, Journal, Removal};
use crate::newcomer::Newcomer;
use crate::outcome::Problem;
use crate::outlet::Outlet;
use crate::progress::Progress;
use crate::record::LeftOver;
use crate::run::{Run, StepLog, Stopped};
use crate::steps::StepName;
use crate::steps::clean_up::{clean_up, forget_at_the_registry};
use crate::steps::fault::Fault;
use crate::steps::log_in::Session;
use crate::steps::perform::call;
use crate::steps::undo::undo_all;
use crate::tagged::TaggedUser;

/// What became of everything that the story created.
#[derive(Default)]
pub(crate) struct Departure {
    pub(crate) left_over: Option<LeftOver>,
    /// The end of the removal before its end.
    pub(crate) stopped: Option<Stopped>,
}

/// Leaves the deployment as it was found, whatever came of the story; the journal goes when the user is gone.
pub(crate) async fn depart(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &Newcomer,
    session: Option<Session<'_>>,
    stopped: Option<&Stopped>,
    journal: Journal,
) -> Departure {
    let mut departure = Departure::default();
    let path = journal.path().to_owned();
    let removed = if may_exist(stopped) {
        remove(run, deployment, newcomer, session).await
    } else {
        run.skip(StepName::CleanUp, "nothing was created");
        Ok(())
    };
    let why = match removed {
        Ok(()) => journal.close().err().map(|error| error.to_string()),
        Err(kept) => {
            let registered = stopped.is_none_or(|stopped| stopped.step != StepName::Register);
            let may_exist = if registered { "" } else { "may exist; " };
            departure.stopped = kept.stopped;
            Some(format!("{may_exist}{}", kept.why))
        }
    };
    departure.left_over = why.map(|why| LeftOver {
        user: newcomer.email.clone(),
        why,
        journal: path,
    });
    departure
}

/// Why somebody is not removed.
struct Kept {
    why: String,
    /// The step, if one was tried.
    stopped: Option<Stopped>,
}

impl Kept {
    fn untried(why: String) -> Self {
        Self { why, stopped: None }
    }
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
    (path, entry): (&Path, &Entry),
    interruption: &Interruption,
    outlet: &Outlet<'_>,
) -> Result<(), String> {
    let user = Newcomer::of(entry, deployment.configuration);
    // A sweep can be cut off as well.
    user.memory.keep_journal(path);
    let progress = Progress::new(outlet);
    let voice = progress.of_one();
    let mut run = Run::new(interruption, voice, Instant::now(), &[], None);
    // A story of its own, and as large as one.
    let removed = Box::pin(remove(&mut run, deployment, &user, None)).await;
    voice.leave();
    removed.map_err(|kept| kept.why)
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
    removed.map_err(|stopped| stopped.problem.to_string())
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

/// Removes the user and what they made, or says why they are left over.
async fn remove<'a>(
    run: &mut Run<'_>,
    deployment: &Deployment<'_>,
    newcomer: &'a Newcomer,
    mut session: Option<Session<'a>>,
) -> Result<(), Kept> {
    let remove_user = deployment.configuration.remove_user.as_ref();
    if remove_user.is_none() && newcomer.debts().is_empty() {
        run.skip(
            StepName::CleanUp,
            &format!("{NO_REMOVAL} in the configuration"),
        );
        return Err(Kept::untried(format!("the configuration has {NO_REMOVAL}")));
    }
    let log_in = &deployment.configuration.log_in.call;
    // A log-in that fails says something else than a removal that does.
    let is_logged_in =
        Cell::new(session.is_some() || remove_user.is_some_and(|call| !call.needs(log_in)));
    let act = async |log: &mut StepLog<'_>| {
        let undone = undo_all(log, deployment, newcomer, &mut session, &is_logged_in).await;
        let undone = match undone {
            // The user is kept: without them it could never be undone.
            Err(left) if left.may_be_tried_again() => return Err(Fault::NotUndone(left).into()),
            undone => undone.map_err(|left| Fault::NotUndone(left).into()),
        };
        let Some(call) = remove_user else {
            return undone;
        };
        let session = &mut session;
        let removed = clean_up(log, deployment, call, newcomer, session, &is_logged_in).await;
        let forgotten = forget_where_it_came(log, deployment, newcomer).await;
        undone.and(removed).and(forgotten)
    };
    run.step_at_any_rate(StepName::CleanUp, act)
        .await
        .map_err(|stopped| {
            let why = stopped.problem.to_string();
            let why = if is_logged_in.get() || newcomer.removal() == Removal::Done {
                why
            } else {
                format!("could not be logged in to be removed: {why}")
            };
            let stopped = Some(stopped);
            Kept { why, stopped }
        })?;
    match remove_user {
        Some(_) => Ok(()),
        None => Err(Kept::untried(format!("the configuration has {NO_REMOVAL}"))),
    }
}

const NO_REMOVAL: &str = "no [remove_user]";
