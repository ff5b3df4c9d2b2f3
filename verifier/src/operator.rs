//! `usher instance|user|org|invite|session|events`: what the operators of a gate look up and change, through its admin API.
//!
//! ```text
//! arguments ─► desk (whose gate, which secret, who and why)
//!                │
//! instances, users, orgs, invitations, sessions, events ─► desk ─► the gate
//!                │                                          │
//!                └─► said (JSON, and words for a person) ◄──┴─► failure, absence
//! ```

mod about;
mod absence;
mod desk;
mod events;
mod failure;
mod instances;
mod invitations;
mod names;
mod orgs;
mod page;
mod sessions;
mod table;
mod users;

use serde_json::Value;

use crate::arguments::ReportFormat;
use crate::arguments::operator::orgs::{Invite, Org};
use crate::arguments::operator::{Connection, Events, Instance, Session, User};
use crate::configuration::Environment;
use crate::operator::desk::Desk;
use crate::operator::failure::Unprepared;
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::terminal;
use crate::width::Width;

/// One of the commands for operators.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation<'a> {
    Events(&'a Events),
    Instance(&'a Instance),
    Invite(&'a Invite),
    Org(&'a Org),
    Session(&'a Session),
    User(&'a User),
}

impl Operation<'_> {
    fn connection(&self) -> &Connection {
        match self {
            Self::Events(events) => &events.connection,
            Self::Instance(instance) => &instance.connection,
            Self::Invite(invite) => &invite.connection,
            Self::Org(org) => &org.connection,
            Self::Session(session) => &session.connection,
            Self::User(user) => &user.connection,
        }
    }
}

/// What came of a command: for a program, and for a person.
#[derive(Debug)]
struct Said {
    json: Value,
    words: String,
}

/// Does what is asked for, and says what came of it.
pub(crate) async fn operate(
    operation: Operation<'_>,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, Unprepared> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let connection = operation.connection();
    let width = Width::of_report(outlet, environment);
    let desk = Desk::open(connection, environment, secrets, width)?;
    let done = match operation {
        Operation::Events(events) => events::read(&desk, events, outlet).await,
        Operation::Instance(instance) => instances::act(&desk, &instance.act, outlet).await,
        Operation::Invite(invite) => invitations::act(&desk, invite).await,
        Operation::Org(org) => orgs::act(&desk, &org.act, outlet).await,
        Operation::Session(session) => sessions::act(&desk, &session.act).await,
        Operation::User(user) => users::act(&desk, &user.act, outlet).await,
    };
    Ok(match done {
        Ok(said) => {
            outlet.report(&match connection.report {
                ReportFormat::Human => said.words,
                ReportFormat::Json => terminal::json(&said.json),
            });
            ExitCode::Passed
        }
        Err(failure) => {
            if let (ReportFormat::Json, Some(problem)) = (connection.report, failure.problem()) {
                outlet.report(&terminal::json(&problem));
            }
            outlet.talk(&failure.words());
            failure.exit_code()
        }
    })
}

impl Said {
    /// Nothing more to say than that it is done.
    fn done(words: &str) -> Self {
        Self {
            json: serde_json::json!({ "done": true }),
            words: format!("{}\n", terminal::harmless(words)),
        }
    }
}
