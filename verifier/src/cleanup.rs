//! `usher cleanup`: sweeps up after runs that were killed. Nobody is ever touched but those whom a run wrote down before it created
//! them, and those whose addresses only a run makes up.

mod failure;

use std::path::{Path, PathBuf};

use crate::arguments::cleanup::Cleanup;
use crate::arguments::given::Span;
use crate::cleanup::failure::{CleanupError, Unusable};
use crate::clock::now;
use crate::configuration::tagged_users::TaggedUsers;
use crate::configuration::{Configuration, Environment, USUAL_FILE};
use crate::consent;
use crate::counted::counted;
use crate::departure;
use crate::deployment::Deployment;
use crate::interruption::Interruption;
use crate::journal::{self, Entry, LONGEST_RUN};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};
use crate::report::{self, Swept, SweptUser};
use crate::tagged::{TaggedUser, tagged_users};
use crate::terminal::harmless;

/// Somebody whom a run created and did not remove.
enum LeftBehind<'a> {
    /// Their run wrote down what is needed to remove them.
    Written { journal: PathBuf, entry: Entry },
    /// They are only found in the list of this deployment.
    Tagged {
        user: TaggedUser,
        deployment: &'a Deployment<'a>,
        tagged: &'a TaggedUsers,
    },
}

/// Removes the users of runs that were cut off, after asking.
pub(crate) async fn cleanup(
    options: &Cleanup,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CleanupError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let directory = journal::directory(environment)?;
    let mut left_behind = written(&directory, options.older_than);
    let mut swept = Swept::default();
    let configuration = listing(options, environment)?;
    let deployment = (configuration.as_ref())
        .map(|configuration| Deployment::new(configuration, secrets, None))
        .transpose()
        .map_err(CleanupError::Client)?;
    if let Some(deployment) = &deployment
        && let Some(tagged) = &deployment.configuration.tagged_users
    {
        let age = (options.older_than).map_or(LONGEST_RUN.as_secs(), |span| span.seconds);
        match tagged_users(deployment, tagged, now().unix_seconds().saturating_sub(age)).await {
            Ok(users) => {
                // Whoever is written down is removed in the way of their run, or is on their way.
                let known = journal::emails(&directory);
                let unknown = (users.into_iter()).filter(|user| !known.contains(&user.email));
                left_behind.extend(unknown.map(|user| LeftBehind::Tagged {
                    user,
                    deployment,
                    tagged,
                }));
            }
            Err(error) => swept.could_not_look.push(error.to_string()),
        }
    }
    let names = |user: &String| left_behind.iter().any(|left| left.email() == user);
    if let Some(unknown) = options.users.iter().find(|user| !names(user)) {
        return Err(CleanupError::Unknown(unknown.clone()));
    }
    left_behind.retain(|left| {
        options.users.is_empty() || options.users.iter().any(|user| user == left.email())
    });
    if !left_behind.is_empty() {
        ask(options, &left_behind, outlet)?;
        let interruption = Interruption::listen().map_err(CleanupError::Signals)?;
        for left in &left_behind {
            let result = if options.forget {
                Ok(())
            } else if interruption.has_happened() {
                Err("interrupted".to_owned())
            } else {
                left.sweep(options, secrets, &interruption, outlet).await
            };
            swept.note(left.swept(result.and_then(|()| left.strike_out()).err()));
        }
    }
    outlet.report(&report::render_swept(options.report, &swept));
    Ok(
        match (swept.left_over.is_empty(), swept.could_not_look.is_empty()) {
            (true, true) => ExitCode::Passed,
            (true, false) => ExitCode::Broken,
            (false, _) => ExitCode::CleanUpIncomplete,
        },
    )
}

/// The configuration whose list is looked through, if there is one.
fn listing(
    options: &Cleanup,
    environment: Environment<'_>,
) -> Result<Option<Configuration>, CleanupError> {
    let path = options.config.as_deref().unwrap_or(Path::new(USUAL_FILE));
    // Whoever is forgotten is not asked for. A file that only says how users are removed is the matter of each of them.
    if options.forget || !Configuration::lists_users(path) {
        return Ok(None);
    }
    Ok(Some(Configuration::load(path, environment)?))
}

/// The entries of runs that were cut off at least so long ago.
fn written<'a>(directory: &Path, age: Option<Span>) -> Vec<LeftBehind<'a>> {
    let age = age.map_or(0, |span| span.seconds);
    let paths = journal::left_over(directory).into_iter();
    let entries = paths.filter_map(|path| Some((journal::read(&path)?, path)));
    entries
        .filter(|(entry, _)| {
            now()
                .unix_seconds()
                .saturating_sub(entry.created_at_unix_seconds)
                >= age
        })
        .map(|(entry, journal)| LeftBehind::Written { journal, entry })
        .collect()
}

fn ask(
    options: &Cleanup,
    left_behind: &[LeftBehind<'_>],
    outlet: &Outlet<'_>,
) -> Result<(), CleanupError> {
    let lines: String = left_behind.iter().map(LeftBehind::line).collect();
    outlet.talk(&lines);
    let count = counted(left_behind.len() as u64, "user");
    let question = if options.forget {
        format!("Forget {count}, without looking whether they are there?")
    } else {
        format!("Remove {count}?")
    };
    consent::ask(options.yes, &question, outlet)?;
    Ok(())
}

impl LeftBehind<'_> {
    fn email(&self) -> &str {
        match self {
            Self::Written { entry, .. } => &entry.email,
            Self::Tagged { user, .. } => &user.email,
        }
    }

    fn line(&self) -> String {
        let (created, from) = match self {
            Self::Written { entry, .. } => (
                entry.created_at_unix_seconds,
                format!("by {}", entry.config.display()),
            ),
            Self::Tagged {
                user, deployment, ..
            } => (
                user.created_at_unix_seconds,
                format!(
                    "listed by [tagged_users] of {}",
                    deployment.configuration.path.display()
                ),
            ),
        };
        let (email, moment) = (harmless(self.email()), report::moment(created));
        format!("  {email}  created {moment}, {from}\n")
    }

    /// Removes them, or says why they are left over.
    async fn sweep(
        &self,
        options: &Cleanup,
        secrets: &Secrets,
        interruption: &Interruption,
        outlet: &Outlet<'_>,
    ) -> Result<(), String> {
        match self {
            Self::Written { journal, entry } => {
                secrets.remember(SecretName::Password, &entry.password);
                let environment: Environment<'_> = &|name| std::env::var(name).ok();
                let path = options.config.as_deref().unwrap_or(&entry.config);
                let configuration = Configuration::load(path, environment);
                let configuration = configuration.map_err(|error| Unusable(error).to_string())?;
                let deployment = Deployment::new(&configuration, secrets, None);
                let deployment = deployment
                    .map_err(|error| format!("cannot set up the HTTP client: {error}"))?;
                departure::sweep(&deployment, (journal, entry), interruption, outlet).await
            }
            Self::Tagged {
                user,
                deployment,
                tagged,
            } => departure::sweep_tagged(deployment, tagged, user, interruption, outlet).await,
        }
    }

    /// They are gone, or given up: nothing has to be known of them any more.
    fn strike_out(&self) -> Result<(), String> {
        match self {
            Self::Written { journal, .. } => journal::forget(journal)
                .map_err(|error| format!("the journal cannot be removed: {error}")),
            Self::Tagged { .. } => Ok(()),
        }
    }

    fn swept(&self, why: Option<String>) -> SweptUser {
        match self {
            Self::Written { journal, entry } => SweptUser {
                user: entry.email.clone(),
                created_at_unix_seconds: entry.created_at_unix_seconds,
                journal: Some(journal.clone()),
                why,
            },
            Self::Tagged { user, .. } => SweptUser {
                user: user.email.clone(),
                created_at_unix_seconds: user.created_at_unix_seconds,
                journal: None,
                why,
            },
        }
    }
}
