//! `usher check persistence`: whether what people have written survives a deploy (incident I5).
//!
//! A user is the marker: created before the deploy, logged in after it, removed. The signs need no deploy: where the file of the database
//! is, and which database the app is given.

mod in_use;
mod marker;
mod volume;

use std::fmt;
use std::io;
use std::process::Stdio;

use tokio::process::Command;

use crate::arguments::check::CheckPersistence;
use crate::check::{look, remember_databases};
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::{Configuration, Environment};
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
            let ended = deploy(command)
                .await
                .map_err(CheckPersistenceError::Shell)?;
            if let Some(why) = ended {
                let at = "the deploy".to_owned();
                seen.opinion.unlooked.push(Unlooked { at, why });
            }
            // Also after one that failed: what it took away is gone all the same.
            markers.look_for(&mut seen).await?;
        }
    } else if configuration.databases.is_empty() {
        return Err(CheckPersistenceError::NothingToLookAt);
    }
    for database in &configuration.databases {
        seen.add(volume::look(database));
        seen.add(in_use::look(database));
    }
    let examined = Examined::of(seen.looked_at, seen.opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// Runs it, or says how it ended where it failed. What it prints goes where talk goes: the report stays by itself.
async fn deploy(command: &str) -> io::Result<Option<String>> {
    let mut shell = Command::new("sh");
    shell
        .args(["-c", command])
        .stdout(Stdio::from(io::stderr()));
    let ended = shell.status().await?;
    Ok((!ended.success()).then(|| format!("the command failed ({ended})")))
}

impl Seen {
    fn add(&mut self, other: Self) {
        self.looked_at.extend(other.looked_at);
        self.opinion = std::mem::take(&mut self.opinion).and(other.opinion);
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
    /// `--after` without `--before`.
    NoMarker,
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
