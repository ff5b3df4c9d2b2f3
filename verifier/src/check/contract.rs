//! `usher check contract`: holds an operator's own table of instances against what the statuses mean (incident I1: the provisioner
//! wrote `active`, the log-in admitted `ready`, and every row looked right to whoever had written it).
//!
//! ```text
//! [contract] ─► books (SQLite, PostgreSQL) ─► rows, one by one ─► row, probe ─► findings ─► report
//!                 │                                                    │
//!                 └─► what the database itself refuses                 └─► --fix: plan ─► consent ─► books
//! ```
//!
//! Rows stream: what is kept of a table of any size is the counts, some examples, and a plan of limited length.

mod books;
pub(crate) mod findings;
mod fix;
mod probe;
mod row;
mod survey;

use std::fmt;

use crate::arguments::CheckContract;
use crate::configuration::Environment;
use crate::configuration::contract::Held;
use crate::configuration::database::Place;
use crate::configuration::mistake::ConfigurationError;
use crate::consent::{self, Unconfirmed};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};
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
    if let Place::Postgres { url, .. } = &held.database.place {
        secrets.remember(SecretName::Database, url);
        let config = url.parse::<tokio_postgres::Config>();
        if let Some(password) = config
            .as_ref()
            .ok()
            .and_then(|config| config.get_password())
        {
            secrets.remember(SecretName::Database, &String::from_utf8_lossy(password));
        }
    }
    let client = probe::client(&held).map_err(CheckContractError::Client)?;
    let mut survey = survey::survey(&held, &client).await;
    if options.fix && !survey.plan.is_empty() {
        let plan = survey.plan.clone();
        outlet.talk(&harmless_lines(&fix::described(&held, &plan)));
        consent::ask(options.yes, "This changes the rows above.", outlet)?;
        let done = fix::apply(&held, &plan).await;
        survey = survey::survey(&held, &client).await;
        survey.report.fixed = done;
    }
    let look = report::Look {
        coloured: outlet.report_is_live && environment("NO_COLOR").is_none_or(|set| set.is_empty()),
    };
    outlet.report(&report::render_contract(
        options.report,
        &survey.report,
        look,
    ));
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
    /// Nobody agreed to the plan.
    Unconfirmed(Unconfirmed),
}

impl From<ConfigurationError> for CheckContractError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
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
            Self::Unconfirmed(why) => write!(f, "nothing was changed: {why}"),
        }
    }
}
