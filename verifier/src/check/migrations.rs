//! `usher check migrations`: the migrations that the code brings, held against what each database says of them.

use std::fmt;

use crate::arguments::check::CheckMigrations;
use crate::check::{look, remember_all};
use crate::configuration::Environment;
use crate::configuration::database::{self, Database, Migrations, NoHistory};
use crate::configuration::mistake::ConfigurationError;
use crate::examined::Examined;
use crate::findings::Opinion;
use crate::migrations::{self, FolderError};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report;

/// Looks into each of them, and says what came of it.
pub(crate) async fn check(
    options: &CheckMigrations,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckMigrationsError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let wanted = options.database.as_deref();
    let databases = database::load(&options.config, wanted, environment)?;
    remember_all(&databases, secrets);
    let (mut looked_at, mut opinion) = (Vec::new(), Opinion::default());
    for (database, migrations) in &chosen(options, databases)? {
        let seen = migrations::look(database, migrations).await?;
        looked_at.extend(seen.line);
        opinion = opinion.and(seen.opinion);
    }
    let examined = Examined::of(looked_at, opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// The databases to look into, each with its folder.
fn chosen(
    options: &CheckMigrations,
    databases: Vec<Database>,
) -> Result<Vec<(Database, Migrations)>, CheckMigrationsError> {
    if let (Some(name), true) = (&options.database, databases.is_empty()) {
        return Err(CheckMigrationsError::UnknownDatabase(name.clone()));
    }
    let Some(folder) = &options.folder else {
        let chosen: Vec<_> = (databases.into_iter())
            .filter_map(|database| Some((database.clone(), *database.migrations?)))
            .collect();
        return if chosen.is_empty() {
            Err(CheckMigrationsError::NoFolder)
        } else {
            Ok(chosen)
        };
    };
    let Ok([database]) = <[Database; 1]>::try_from(databases) else {
        return Err(CheckMigrationsError::WhichDatabase);
    };
    let history = options.history.as_deref();
    let migrations = Migrations::of(folder.clone(), options.tool, history, &database.place)?;
    Ok(vec![(database, migrations)])
}

/// Why nothing was looked at.
#[derive(Debug)]
pub(crate) enum CheckMigrationsError {
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// The migrations themselves cannot be read.
    Folder(FolderError),
    /// The options do not say where the history is.
    History(NoHistory),
    /// Nobody says where the migrations are.
    NoFolder,
    /// There is no database of this name.
    UnknownDatabase(String),
    /// A folder belongs to one database.
    WhichDatabase,
}

impl From<ConfigurationError> for CheckMigrationsError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl From<FolderError> for CheckMigrationsError {
    fn from(error: FolderError) -> Self {
        Self::Folder(error)
    }
}

impl From<NoHistory> for CheckMigrationsError {
    fn from(error: NoHistory) -> Self {
        Self::History(error)
    }
}

impl fmt::Display for CheckMigrationsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(error) => error.fmt(f),
            Self::Folder(error) => error.fmt(f),
            Self::History(error) => write!(f, "{error}; give it with --history"),
            Self::NoFolder => f.write_str(
                "none of the [[databases]] says where its migrations are; add `migrations = \"FOLDER\"` to one, or give --folder",
            ),
            Self::UnknownDatabase(name) => write!(
                f,
                "there is no [[databases]] with the name `{name}`; add one, or give the name of one that is there"
            ),
            Self::WhichDatabase => f.write_str(
                "--folder belongs to one database; say with --database which of the [[databases]] it is",
            ),
        }
    }
}
