//! `usher check persistence`: whether what people have written survives a deploy (incident I5).
//!
//! A user is the marker: created before the deploy, logged in after it, removed; or a row is, in a table that the check makes for itself.
//! The signs need no deploy: where the file of the database is, and which database the app is given.

mod in_use;
mod marker;
mod row;
mod volume;

use std::fmt;
use std::io;
use std::process::Stdio;

use tokio::process::Command;

use crate::arguments::check::CheckPersistence;
use crate::check::{look, remember_all, remember_databases};
use crate::configuration::database::{self, Database, Place};
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::{Configuration, Environment};
use crate::contract::TableName;
use crate::deployment::Deployment;
use crate::deployment::tls::NoClient;
use crate::examined::Examined;
use crate::findings::{Opinion, Unlooked};
use crate::interruption::Interruption;
use crate::journal::{self, JournalError};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report;

/// What was looked at, and what came of it.
#[derive(Debug, Default)]
struct Seen {
    looked_at: Vec<String>,
    opinion: Opinion,
}

/// Looks at the signs, and does with the marker what is asked for.
pub(crate) async fn check(
    options: &CheckPersistence,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckPersistenceError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    if let Some(table) = &options.table {
        return by_rows(options, table, environment, secrets, outlet).await;
    }
    let configuration = Configuration::load(&options.config, environment)?;
    remember_databases(&configuration, secrets);
    let deployment = Deployment::new(&configuration, secrets, None)?;
    let interruption = Interruption::listen().map_err(CheckPersistenceError::Signals)?;
    let journals = journal::directory(environment)?;
    let markers = marker::Markers {
        deployment: &deployment,
        config: &options.config,
        kept_in: journals.with_file_name("markers"),
        journals,
        interruption: &interruption,
        outlet,
    };
    let mut seen = Seen::default();
    if options.before {
        markers.create(&mut seen).await?;
    } else if options.after {
        markers.look_for(&mut seen).await?;
    } else if let Some(command) = &options.around {
        if markers.create(&mut seen).await? {
            deploy(command, &mut seen).await?;
            markers.look_for(&mut seen).await?;
        }
    } else if configuration.databases.is_empty() {
        return Err(CheckPersistenceError::NothingToLookAt);
    }
    seen.look_for_signs(&configuration.databases);
    Ok(said(seen, options, environment, secrets, outlet))
}

/// The same with rows, which need no more of the file than its databases.
async fn by_rows(
    options: &CheckPersistence,
    table: &TableName,
    environment: Environment<'_>,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckPersistenceError> {
    let mut databases = database::load(&options.config, options.database.as_deref(), environment)?;
    // Who names one is told why it cannot be.
    databases.retain(|database| {
        options.database.is_some() || !matches!(database.place, Place::Mongodb(_))
    });
    if databases.is_empty() {
        return Err(CheckPersistenceError::NoDatabase(options.database.clone()));
    }
    remember_all(&databases, secrets);
    let rows = row::Rows {
        databases: &databases,
        table,
        config: &options.config,
        kept_in: journal::directory(environment)?.with_file_name("marker-rows"),
    };
    let mut seen = Seen::default();
    if options.before {
        rows.create(&mut seen).await?;
    } else if options.after {
        rows.look_for(&mut seen).await?;
    } else if let Some(command) = &options.around {
        let are_there = rows.create(&mut seen).await?;
        if are_there {
            deploy(command, &mut seen).await?;
        }
        match rows.look_for(&mut seen).await {
            Err(CheckPersistenceError::NoRow(_)) if !are_there => {}
            // Also where only some are there, and nothing was deployed: they are taken back.
            looked => looked?,
        }
    }
    seen.look_for_signs(&databases);
    Ok(said(seen, options, environment, secrets, outlet))
}

fn said(
    seen: Seen,
    options: &CheckPersistence,
    environment: Environment<'_>,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> ExitCode {
    let examined = Examined::of(seen.looked_at, seen.opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    examined.exit_code()
}

/// Runs it, and notes where it failed: what it took away is gone all the same, and is looked for. What it prints goes where talk goes: the
/// report stays by itself.
async fn deploy(command: &str, seen: &mut Seen) -> Result<(), CheckPersistenceError> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .stdout(Stdio::from(io::stderr()));
    let ended = shell.status().await.map_err(CheckPersistenceError::Shell)?;
    if !ended.success() {
        let at = "the deploy".to_owned();
        let why = format!("the command failed ({ended})");
        seen.opinion.unlooked.push(Unlooked { at, why });
    }
    Ok(())
}

const LOST_FIX: &str = "Stop deploying. Put the database on a volume or on a server of its own, so that a deploy does not make it anew; bring the data back from a backup; then try again with --around.";

impl Seen {
    fn add(&mut self, other: Self) {
        self.looked_at.extend(other.looked_at);
        self.opinion = std::mem::take(&mut self.opinion).and(other.opinion);
    }

    fn look_for_signs(&mut self, databases: &[Database]) {
        for database in databases {
            self.add(volume::look(database));
            self.add(in_use::look(database));
        }
    }

    fn could_not(at: String, why: String) -> Self {
        Self {
            looked_at: Vec::new(),
            opinion: Opinion {
                causes: Vec::new(),
                unlooked: vec![Unlooked { at, why }],
            },
        }
    }
}

/// Why nothing was looked at.
#[derive(Debug)]
pub(crate) enum CheckPersistenceError {
    /// The HTTP client cannot be set up.
    Client(NoClient),
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// The marker cannot be written down.
    Journal(JournalError),
    /// There is no database, or none of this name.
    NoDatabase(Option<String>),
    /// `--after` without `--before`.
    NoMarker,
    /// The same for rows of this table.
    NoRow(String),
    /// The marker could never be removed.
    NoRemoval,
    /// Neither a deploy nor a database.
    NothingToLookAt,
    /// The command cannot be run.
    Shell(io::Error),
    /// Ctrl-C cannot be heard.
    Signals(io::Error),
}

impl From<NoClient> for CheckPersistenceError {
    fn from(error: NoClient) -> Self {
        Self::Client(error)
    }
}

impl From<ConfigurationError> for CheckPersistenceError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<JournalError> for CheckPersistenceError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl fmt::Display for CheckPersistenceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client(error) => write!(f, "cannot set up the HTTP client: {error}"),
            Self::Configuration(error) => error.fmt(f),
            Self::Journal(error) => error.fmt(f),
            Self::NoDatabase(Some(name)) => {
                write!(f, "there is no database `{name}` in [[databases]]; give a name that is there")
            }
            Self::NoDatabase(None) => f.write_str(
                "a row needs a database of PostgreSQL or SQLite, and there is none in [[databases]]; add one",
            ),
            Self::NoRow(table) => write!(
                f,
                "there is no row of this configuration in `{table}`; run `usher check persistence --before --table {table}` before the deploy",
            ),
            Self::NoMarker => f.write_str(
                "there is no marker of this configuration; run `usher check persistence --before` before the deploy",
            ),
            Self::NoRemoval => f.write_str(
                "the marker is a user, and the configuration does not say how users are removed; add [remove_user]",
            ),
            Self::NothingToLookAt => f.write_str(
                "there are no [[databases]] to look at; add one, or give --before, --after or --around",
            ),
            Self::Shell(error) => write!(f, "cannot run `sh`: {error}"),
            Self::Signals(error) => write!(f, "cannot listen for Ctrl-C: {error}"),
        }
    }
}
