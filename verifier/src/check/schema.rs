//! `usher check schema`: live databases held against what the deployed code expects of them.
//!
//! Nothing is changed but a scratch database, which is made and dropped.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::arguments::check::CheckSchema;
use crate::check::{look, remember_databases};
use crate::configuration::database::Database;
use crate::configuration::mistake::ConfigurationError;
use crate::configuration::suggestion::closest;
use crate::configuration::{Configuration, Environment};
use crate::examined::Examined;
use crate::findings::{Opinion, Unlooked};
use crate::indexes::{self, IndexesError};
use crate::outcome::ExitCode;
use crate::outlet::Outlet;
use crate::redaction::Secrets;
use crate::report;
use crate::schema::cause;
use crate::schema::expectation::{ExpectationError, expectation};

/// Looks, and says what came of it.
pub(crate) async fn check(
    options: &CheckSchema,
    secrets: &Secrets,
    outlet: &Outlet<'_>,
) -> Result<ExitCode, CheckSchemaError> {
    let environment: Environment<'_> = &|name| std::env::var(name).ok();
    let configuration = Configuration::load(&options.config, environment)?;
    remember_databases(&configuration, secrets);
    let mut opinion = Opinion::default();
    let mut looked_at = Vec::new();
    for (database, path) in chosen(options, &configuration)? {
        if let Some(seen) = indexes::look_at(database, path).await {
            let seen = seen.map_err(CheckSchemaError::Indexes)?;
            looked_at.push(format!(
                "{} ({}) against {}: declared indexes: {}",
                database.name,
                database.place,
                path.display(),
                seen.declared
            ));
            opinion = opinion.and(seen.opinion);
            continue;
        }
        match expectation(database, path).await {
            Ok(expected) => {
                looked_at.push(format!(
                    "{} ({}) against {}, {}: {} tables",
                    database.name,
                    database.place,
                    path.display(),
                    expected.read_by,
                    expected.schema.tables.len()
                ));
                opinion = opinion.and(cause::look(database, &expected).await);
            }
            Err(ExpectationError::Scratch(why)) => opinion.unlooked.push(Unlooked {
                at: format!("the database `{}`", database.name),
                why: ExpectationError::Scratch(why).to_string(),
            }),
            Err(error) => return Err(CheckSchemaError::Expectation(error)),
        }
    }
    let examined = Examined::of(looked_at, opinion, secrets);
    let text = report::render_examined(options.report, &examined, look(outlet, environment));
    outlet.report(&text);
    Ok(examined.exit_code())
}

/// The databases to look into, each with what to expect.
fn chosen<'a>(
    options: &'a CheckSchema,
    configuration: &'a Configuration,
) -> Result<Vec<(&'a Database, &'a Path)>, CheckSchemaError> {
    let all = &configuration.databases;
    let wanted: Vec<_> = match &options.database {
        None => all.iter().collect(),
        Some(name) => all
            .iter()
            .filter(|database| database.name == *name)
            .collect(),
    };
    let file = options.config.clone();
    let names = || all.iter().map(|database| database.name.clone()).collect();
    match (wanted.as_slice(), &options.database, &options.expect) {
        ([], _, _) if all.is_empty() => Err(CheckSchemaError::NoDatabase(file)),
        ([], Some(name), _) => Err(CheckSchemaError::UnknownDatabase {
            name: name.clone(),
            names: names(),
        }),
        ([one], _, Some(path)) => Ok(vec![(one, path)]),
        (_, _, Some(_)) => Err(CheckSchemaError::WhichDatabase(names())),
        (_, _, None) => {
            let expected: Vec<_> = wanted
                .iter()
                .filter_map(|database| {
                    let expected = database.schema.as_deref().or(database.indexes.as_deref());
                    Some((*database, expected?))
                })
                .collect();
            if expected.is_empty() {
                Err(CheckSchemaError::NothingExpected(file))
            } else {
                Ok(expected)
            }
        }
    }
}

/// Why nothing was looked at.
#[derive(Debug)]
pub(crate) enum CheckSchemaError {
    /// usher.toml is wrong.
    Configuration(ConfigurationError),
    /// What indexes to expect cannot be read.
    Indexes(IndexesError),
    /// What to expect cannot be read.
    Expectation(ExpectationError),
    NoDatabase(PathBuf),
    /// No database says what is expected of it.
    NothingExpected(PathBuf),
    UnknownDatabase {
        name: String,
        names: Vec<String>,
    },
    /// One expectation, and several databases.
    WhichDatabase(Vec<String>),
}

impl From<ConfigurationError> for CheckSchemaError {
    fn from(error: ConfigurationError) -> Self {
        Self::Configuration(error)
    }
}

impl fmt::Display for CheckSchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration(error) => error.fmt(f),
            Self::Expectation(error) => error.fmt(f),
            Self::Indexes(error) => error.fmt(f),
            Self::NoDatabase(file) => write!(
                f,
                "`{}` names no database; add a [[databases]] table with `name`, `kind`, where it is, and `schema`, or of MongoDB `indexes`",
                file.display()
            ),
            Self::NothingExpected(file) => write!(
                f,
                "nothing says what is expected of a database; give `schema = \"PATH\"`, or of MongoDB `indexes = \"PATH\"`, in [[databases]] of `{}`, or --expect PATH",
                file.display()
            ),
            Self::UnknownDatabase { name, names } => {
                write!(f, "there is no [[databases]] with the name `{name}`; ")?;
                match closest(name, names.iter().map(String::as_str)) {
                    Some(right) => write!(f, "did you mean `{right}`?"),
                    None => write!(f, "there is `{}`", names.join("`, `")),
                }
            }
            Self::WhichDatabase(names) => write!(
                f,
                "--expect is for one database; say which with --database: `{}`",
                names.join("`, `")
            ),
        }
    }
}
