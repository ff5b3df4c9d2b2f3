//! `usher cleanup`: sweeps up after runs that were killed. Only what a run wrote down before it created it is ever touched.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::arguments::cleanup::Cleanup;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::{Configuration, Environment};
use crate::consent::{self, Unconfirmed};
use crate::counted::counted;
use crate::departure;
use crate::deployment::Deployment;
use crate::interruption::Interruption;
use crate::journal::{self, Entry, JournalError};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};
use crate::report::{self, Swept, SweptUser};
use crate::terminal::harmless;

/// Removes the users of runs that were cut off, after asking.
pub(crate) async fn cleanup(
    options: &Cleanup,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CleanupError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let directory = journal::directory(environment)?;
    let mut entries = old_enough(&directory, options.older_than.seconds);
    if let Some(unknown) = options.users.iter().find(|user| !names(&entries, user)) {
        return Err(CleanupError::Unknown(unknown.clone()));
    }
    entries.retain(|(_, entry)| options.users.is_empty() || options.users.contains(&entry.email));
    let mut swept = Swept::default();
    if !entries.is_empty() {
        outlet.talk(&listed(&entries));
        let count = counted(entries.len() as u64, "user");
        let question = if options.forget {
            format!("Forget {count}, without looking whether they are there?")
        } else {
            format!("Remove {count}?")
        };
        consent::ask(options.yes, &question, outlet)?;
        let interruption = Interruption::listen().map_err(CleanupError::Signals)?;
        for (path, entry) in &entries {
            secrets.remember(SecretName::Password, &entry.password);
            let result = if options.forget {
                Ok(())
            } else if interruption.has_happened() {
                Err("interrupted".to_owned())
            } else {
                sweep((path, entry), options, secrets, &interruption, outlet).await
            };
            let result = result.and_then(|()| {
                let gone = journal::forget(path);
                gone.map_err(|error| format!("the journal cannot be removed: {error}"))
            });
            swept.note(SweptUser::of(entry, path, result.err()));
        }
    }
    outlet.report(&report::render_swept(options.report, &swept));
    Ok(if swept.left_over.is_empty() {
        ExitCode::Passed
    } else {
        ExitCode::CleanUpIncomplete
    })
}

/// The entries of runs that were cut off at least so long ago.
fn old_enough(directory: &Path, seconds: u64) -> Vec<(PathBuf, Entry)> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |since| since.as_secs());
    let paths = journal::left_over(directory).into_iter();
    let entries = paths.filter_map(|path| Some((journal::read(&path)?, path)));
    entries
        .filter(|(entry, _)| now.saturating_sub(entry.created_at_unix_seconds) >= seconds)
        .map(|(entry, path)| (path, entry))
        .collect()
}

fn names(entries: &[(PathBuf, Entry)], user: &str) -> bool {
    entries.iter().any(|(_, entry)| entry.email == user)
}

fn listed(entries: &[(PathBuf, Entry)]) -> String {
    let line = |(_, entry): &(PathBuf, Entry)| {
        let (email, config) = (harmless(&entry.email), entry.config.display());
        format!(
            "  {email}  created {}, by {config}\n",
            report::moment(entry.created_at_unix_seconds)
        )
    };
    entries.iter().map(line).collect()
}

/// Removes one user, in the way that the configuration of their run says, or says why they are left over.
async fn sweep(
    written: (&Path, &Entry),
    options: &Cleanup,
    secrets: &Secrets,
    interruption: &Interruption,
    outlet: &Outlet<'_>,
) -> Result<(), String> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let (_, entry) = written;
    let path = options.config.as_deref().unwrap_or(&entry.config);
    let configuration = Configuration::load(path, environment);
    let configuration = configuration.map_err(|error| Unusable(error).to_string())?;
    let deployment = Deployment::new(&configuration, secrets, None);
    let deployment =
        deployment.map_err(|error| format!("cannot set up the HTTP client: {error}"))?;
    departure::sweep(&deployment, written, interruption, outlet).await
}

/// The configuration of a run cannot be used any more.
struct Unusable(ConfigurationError);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}; or give another one with --config",
            self.0.to_string().trim_end()
        )
    }
}

/// Why nothing was swept.
#[derive(Debug)]
pub(crate) enum CleanupError {
    /// There is no place for journals.
    Journal(JournalError),
    /// Ctrl-C could not be heard.
    Signals(io::Error),
    /// Nobody said yes.
    Unconfirmed(Unconfirmed),
    /// No entry that was looked for is about this user.
    Unknown(String),
}

impl From<JournalError> for CleanupError {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<Unconfirmed> for CleanupError {
    fn from(error: Unconfirmed) -> Self {
        Self::Unconfirmed(error)
    }
}

impl fmt::Display for CleanupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(error) => error.fmt(f),
            Self::Signals(error) => write!(f, "cannot listen for Ctrl-C: {error}"),
            Self::Unknown(user) => write!(
                f,
                "no run that was cut off created `{}`; `usher cleanup` without a name lists who is left over",
                harmless(user)
            ),
            Self::Unconfirmed(why) => write!(f, "nothing was removed: {why}"),
        }
    }
}
