//! `usher report --incident`: the two messages that somebody has to write while everything is on fire (incident I3): one for users, one for
//! the team.

mod failure;
mod impact;
mod run;
mod team;
mod users;

use std::path::Path;

use crate::arguments::incident::{Audience, Report};
use crate::incident::failure::IncidentError;
use crate::incident::run::FailedRun;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;

/// How far it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Nobody knows the cause.
    Investigating,
    /// The cause is named, and its fix.
    Identified,
    /// A later run passed; when it began.
    Over(u64),
}

/// Writes them to standard output.
pub(crate) fn report(options: &Report, outlet: &Outlet<'_>) -> Result<ExitCode, IncidentError> {
    let failed = FailedRun::read(&options.failed)?;
    let state = state(&failed, options.fixed.as_deref())?;
    let users = || users::message(&failed, state);
    let team = || team::message(&failed, state);
    outlet.report(&match options.audience {
        Some(Audience::Users) => users(),
        Some(Audience::Team) => team(),
        None => format!("# For users\n\n{}\n# For the team\n\n{}", users(), team()),
    });
    Ok(ExitCode::Passed)
}

fn state(failed: &FailedRun, fixed: Option<&Path>) -> Result<State, IncidentError> {
    if let Some(path) = fixed {
        return Ok(State::Over(failed.over_by(path)?));
    }
    Ok(if failed.findings.is_empty() {
        State::Investigating
    } else {
        State::Identified
    })
}
