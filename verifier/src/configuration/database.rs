//! A database the verifier may look into.

mod alone;
mod migrations;

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use crate::configuration::database::alone::load;
pub(crate) use crate::configuration::database::migrations::{Migrations, NoHistory};
use crate::configuration::file::DatabaseEntry;
use crate::configuration::mistake::Mistake;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::secret::Origin;

/// A database of the deployment, and what the deployed code needs in it.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    pub(crate) name: String,
    pub(crate) place: Place,
    /// The tables the deployed code needs.
    pub(crate) tables: Vec<String>,
    /// The command that applies the migrations.
    pub(crate) migrate: Option<String>,
    /// Where the migrations are.
    pub(crate) migrations: Option<Box<Migrations>>,
    /// Where it stands which database the app is given.
    pub(crate) given_to_app: Option<Box<GivenToApp>>,
    /// Where it is written what the deployed code expects of it.
    pub(crate) schema: Option<PathBuf>,
    /// A server to throw away, on which that may be tried.
    pub(crate) scratch: Option<Place>,
}

/// A variable in a file of them.
#[derive(Clone, Debug)]
pub(crate) struct GivenToApp {
    pub(crate) file: PathBuf,
    pub(crate) variable: String,
}

/// Where a database is.
#[derive(Clone)]
pub(crate) enum Place {
    /// A server, by its connection string: a secret, which has its password.
    Postgres { url: String, origin: Origin },
    /// A file on this machine.
    Sqlite(PathBuf),
}

/// The databases the verifier can look into.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum DatabaseKind {
    /// A PostgreSQL server.
    Postgres,
    /// A SQLite file on this machine.
    Sqlite,
}

/// Without the connection string: the variable that holds it says as much to whoever set it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres { origin, .. } => f.write_str(&origin.in_a_shell()),
            Self::Sqlite(path) => path.display().fmt(f),
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}

impl DatabaseEntry {
    pub(super) fn complete(self, reading: &Reading<'_>) -> Result<Database, Mistake> {
        let place = match (
            self.kind,
            self.path,
            self.path_env,
            self.url_env,
            self.url_file,
        ) {
            (DatabaseKind::Sqlite, Some(path), None, None, None) => Place::Sqlite(path),
            (DatabaseKind::Sqlite, None, Some(name), None, None) => {
                Place::Sqlite(PathBuf::from(reading.variable(&name)?))
            }
            (DatabaseKind::Postgres, None, None, name, file)
                if name.is_some() != file.is_some() =>
            {
                let keys = ["url_env", "url_file"];
                let (origin, url) =
                    reading.secret(&self.name.span, keys, name.as_ref(), file.as_ref())?;
                Place::Postgres { url, origin }
            }
            (kind, _, _, _, _) => {
                let needs = match kind {
                    DatabaseKind::Postgres => "either `url_env` or `url_file`, and no path",
                    DatabaseKind::Sqlite => "either `path` or `path_env`",
                };
                let sentence = format!("the database `{}` needs {needs}", self.name.value);
                return Err(reading.mistake(&self.name, sentence, None));
            }
        };
        let migrations = Migrations::complete(
            self.migrations.as_ref(),
            self.tool,
            self.history.as_ref(),
            &place,
            reading,
        )?;
        let variable = self.app_env.unwrap_or_else(|| "DATABASE_URL".to_owned());
        let given_to_app = self.app_env_file.map(|file| {
            Box::new(GivenToApp {
                file: file.value,
                variable,
            })
        });
        let scratch = scratch(self.kind, self.scratch_env.as_ref(), reading)?;
        let Self {
            name,
            tables,
            migrate,
            schema,
            ..
        } = self;
        Ok(Database {
            name: name.value,
            place,
            tables,
            migrate,
            migrations: migrations.map(Box::new),
            given_to_app,
            schema,
            scratch,
        })
    }
}

fn scratch(
    kind: DatabaseKind,
    name: Option<&Placed<String>>,
    reading: &Reading<'_>,
) -> Result<Option<Place>, Mistake> {
    let Some(name) = name else {
        return Ok(None);
    };
    match kind {
        DatabaseKind::Postgres => Ok(Some(Place::Postgres {
            url: reading.variable(name)?,
            origin: Origin::Variable(name.value.clone()),
        })),
        DatabaseKind::Sqlite => {
            let sentence = "`scratch_env` is for PostgreSQL".to_owned();
            let cure = "leave it out: what SQLite is to be like is tried in memory";
            Err(reading.mistake(name, sentence, Some(cure.to_owned())))
        }
    }
}
