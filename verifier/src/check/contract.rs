//! `usher check contract`: holds an operator's own table of instances against what the statuses mean (incident I1: the provisioner
//! wrote `active`, the log-in admitted `ready`, and every row looked right to whoever had written it).
//!
//! ```text
//! [contract] ─► books (SQLite, PostgreSQL) ─► rows, one by one ─► row, probe ─► findings, cure ─► report
//!                 │                                                    │
//!                 ├─► names that are not there                         └─► --fix: promotion ─► consent ─► books
//!                 └─► what the database itself refuses
//! ```
//!
//! Rows stream: what is kept of a table of any size is the counts, some examples, and a plan of limited length.

mod books;
mod cure;
pub(crate) mod findings;
mod probe;
mod promotion;
mod row;
mod since;
mod statement;
mod survey;

use std::fmt;

use crate::arguments::check::CheckContract;
use crate::check::{look, remember};
use crate::configuration::Environment;
use crate::configuration::contract::Held;
use crate::configuration::mistake::{ConfigurationError, Mistake};
use crate::consent::{self, Unconfirmed};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report;
use crate::terminal::harmless;

/// Looks, and with --fix repairs and looks again.
pub(crate) async fn check(
    options: &CheckContract,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckContractError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let held = Held::load(&options.config, environment)?;
    remember(&held.database.place, secrets);
    let client = probe::client(&held).map_err(CheckContractError::Client)?;
    let mut survey = survey::survey(&held, &client).await?;
    if options.fix && !survey.plan.is_empty() {
        let plan = survey.plan.clone();
        outlet.talk(&harmless_lines(&promotion::described(&held, &plan)));
        consent::ask(options.yes, "This changes what is named above.", outlet)?;
        let done = promotion::apply(&held, &plan).await;
        survey = survey::survey(&held, &client).await?;
        survey.report.fixed = done;
    }
    if options.fix {
        survey.report.left_alone = survey.left_alone;
    }
    let look = look(outlet, environment);
    let text = report::render_contract(options.report, &survey.report, look);
    outlet.report(&text);
    Ok(survey.report.exit_code())
}

fn harmless_lines(text: &str) -> String {
    text.lines().map(|line| harmless(line) + "\n").collect()
}

/// Why nothing was looked at.
#[derive(Debug)]
pub(crate) enum CheckContractError {
    /// The HTTP client cannot be set up.
    Client(reqwest::Error),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// usher.toml names what the database does not have.
    NotThere(Vec<Mistake>),
    /// Nobody agreed to the plan.
    Unconfirmed(Unconfirmed),
}

impl From<ConfigurationError> for CheckContractError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<Vec<Mistake>> for CheckContractError {
    fn from(mistakes: Vec<Mistake>) -> Self {
        Self::NotThere(mistakes)
    }
}

impl From<Unconfirmed> for CheckContractError {
    fn from(why: Unconfirmed) -> Self {
        Self::Unconfirmed(why)
    }
}

impl fmt::Display for CheckContractError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::NotThere(mistakes) => mistakes.iter().try_for_each(|mistake| mistake.fmt(f)),
            Self::Unconfirmed(why) => write!(f, "nothing was changed: {why}"),
        }
    }
}
