//! A database the verifier may look into.

mod alone;
mod migrations;
mod mongodb;
mod wanted;

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use crate::configuration::database::alone::{load, with_indexes};
pub(crate) use crate::configuration::database::migrations::{Migrations, NoHistory};
pub(crate) use crate::configuration::database::mongodb::Mongodb;
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
    /// Of MongoDB: where the indexes are written that the deployed code declares.
    pub(crate) indexes: Option<PathBuf>,
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
    /// A database of a MongoDB deployment.
    Mongodb(Box<Mongodb>),
    /// A server, by its connection string: a secret, which has its password.
    Postgres { url: String, origin: Origin },
    /// A file on this machine.
    Sqlite(PathBuf),
}

/// What is said where statements of SQL are for a database that has none.
pub(crate) const NOT_SQL: &str =
    "MongoDB is not asked in SQL; name a database of PostgreSQL or SQLite";

/// The databases the verifier can look into.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum DatabaseKind {
    /// A MongoDB deployment.
    Mongodb,
    /// A PostgreSQL server.
    Postgres,
    /// A SQLite file on this machine.
    Sqlite,
}

/// Without the connection string: the variable that holds it says as much to whoever set it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mongodb(mongodb) => f.write_str(&mongodb.origin.in_a_shell()),
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
        self.hold_keys(reading)?;
        let place = self.place(reading)?;
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
            indexes,
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
            indexes,
            scratch,
        })
    }

    fn place(&self, reading: &Reading<'_>) -> Result<Place, Mistake> {
        let (name, file) = (self.url_env.as_ref(), self.url_file.as_ref());
        let secret = || reading.secret(&self.name.span, ["url_env", "url_file"], name, file);
        let is_by_url = name.is_some() != file.is_some();
        match (self.kind, &self.path, &self.path_env) {
            (DatabaseKind::Sqlite, Some(path), None) if name.is_none() && file.is_none() => {
                Ok(Place::Sqlite(path.clone()))
            }
            (DatabaseKind::Sqlite, None, Some(path)) if name.is_none() && file.is_none() => {
                Ok(Place::Sqlite(PathBuf::from(reading.variable(path)?)))
            }
            (DatabaseKind::Postgres, None, None) if is_by_url => {
                let (origin, url) = secret()?;
                Ok(Place::Postgres { url, origin })
            }
            (DatabaseKind::Mongodb, None, None) if is_by_url => {
                let (origin, url) = secret()?;
                let mongodb = Mongodb::complete(self, url, origin, reading)?;
                Ok(Place::Mongodb(Box::new(mongodb)))
            }
            (kind, _, _) => {
                let needs = match kind {
                    DatabaseKind::Mongodb | DatabaseKind::Postgres => {
                        "either `url_env` or `url_file`, and no path"
                    }
                    DatabaseKind::Sqlite => "either `path` or `path_env`",
                };
                let sentence = format!("the database `{}` needs {needs}", self.name.value);
                Err(reading.mistake(&self.name, sentence, None))
            }
        }
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
        DatabaseKind::Mongodb | DatabaseKind::Sqlite => {
            let sentence = "`scratch_env` is for PostgreSQL".to_owned();
            let cure = "leave it out: what SQLite is to be like is tried in memory, and MongoDB has no schema";
            Err(reading.mistake(name, sentence, Some(cure.to_owned())))
        }
    }
}
