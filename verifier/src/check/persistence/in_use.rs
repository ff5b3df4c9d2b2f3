//! Which database the app is given, against the one that everybody thinks it has.

mod deployment;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use tokio_postgres::config::Host;

use crate::check::persistence::Seen;
use crate::check::persistence::in_use::deployment::Deployment;
use crate::configuration::database::{Database, GivenToApp, Place};
use crate::env_file::value_of;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion};
use crate::sources::postgres;

/// Reads the file of variables that the app is started with.
pub(super) fn look(database: &Database) -> Seen {
    let Some(GivenToApp { file, variable }) = database.given_to_app.as_deref() else {
        return Seen::default();
    };
    let at = format!("`{variable}` in {}", file.display());
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return Seen::could_not(at, error.to_string()),
    };
    let Some(value) = value_of(&text, variable) else {
        return Seen::could_not(at, "the file has no such variable".to_owned());
    };
    let folder = file.parent().unwrap_or(Path::new(""));
    let wanted = match &database.place {
        Place::Mongodb(mongodb) => {
            let deployment = Deployment::of(&mongodb.url, Some(&mongodb.database));
            deployment.map(Target::Deployment)
        }
        Place::Postgres { url, .. } => Target::of(url, Path::new("")),
        Place::Sqlite(path) => Some(Target::File(absolute(path, Path::new("")))),
    };
    let (Some(given), Some(wanted)) = (Target::of(&value, folder), wanted) else {
        let why =
            "it is no address of PostgreSQL or MongoDB that names a database, nor of a SQLite file";
        return Seen::could_not(at, why.to_owned());
    };
    if let (Target::Deployment(given), Target::Deployment(wanted)) = (&given, &wanted)
        && !given.is_comparable(wanted)
    {
        let why = "one address is a name for the whole deployment, the other one names its servers";
        return Seen::could_not(at, why.to_owned());
    }
    let cause = (given != wanted).then(|| Cause {
        code: Code::OtherDatabaseInUse,
        confidence: Confidence::Certain,
        sentence: format!(
            "the app is given {given}, and not the database `{}`, which is {wanted}",
            database.name
        ),
        evidence: vec![
            Evidence::new(given.to_string(), &at),
            Evidence::new(wanted.to_string(), format!("[[databases]] `{}`", database.name)),
        ],
        fix: Fix {
            sentence: format!(
                "Give the app this database by {at}, and deploy it again; or name in usher.toml the one that it has. What was written meanwhile is in the other one."
            ),
            commands: Vec::new(),
        },
    });
    Seen {
        looked_at: vec![format!("{at}: {given}")],
        opinion: Opinion {
            causes: cause.into_iter().collect(),
            unlooked: Vec::new(),
        },
    }
}

/// A database without who asks it, and without their password.
#[derive(Debug, Eq, PartialEq)]
enum Target {
    Deployment(Deployment),
    File(PathBuf),
    Server {
        host: String,
        port: u16,
        database: String,
    },
}

impl Target {
    fn of(address: &str, folder: &Path) -> Option<Self> {
        if let Ok(config) = postgres::config(address) {
            let host = match config.get_hosts().first()? {
                // The names of this machine are one.
                Host::Tcp(name) if name == "127.0.0.1" || name == "::1" => "localhost".to_owned(),
                Host::Tcp(name) => name.to_ascii_lowercase(),
                Host::Unix(path) => path.display().to_string(),
            };
            let user = config.get_user().unwrap_or_default();
            let database = config.get_dbname().unwrap_or(user).to_owned();
            let port = config.get_ports().first().copied().unwrap_or(5432);
            return Some(Self::Server {
                host,
                port,
                database,
            });
        }
        if address.starts_with("mongodb") {
            return Deployment::of(address, None).map(Self::Deployment);
        }
        // SQLAlchemy: three slashes and a path, so that four begin an absolute one; Prisma: `file:`; sqlx: `sqlite:` and a path.
        let path = match address.split_once(':') {
            Some((scheme, rest)) if scheme == "sqlite" || scheme.starts_with("sqlite+") => rest
                .strip_prefix("///")
                .or(rest.strip_prefix("//"))
                .unwrap_or(rest),
            Some(("file", rest)) => rest.strip_prefix("//").unwrap_or(rest),
            Some((scheme, rest)) if scheme.len() > 1 && rest.starts_with("//") => return None,
            Some(_) | None => address,
        };
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        (!path.is_empty()).then(|| Self::File(absolute(Path::new(path), folder)))
    }
}

/// Without links, where it is there.
fn absolute(path: &Path, folder: &Path) -> PathBuf {
    let path = folder.join(path);
    let absolute = path.canonicalize().or_else(|_| std::path::absolute(&path));
    absolute.unwrap_or(path)
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployment(deployment) => deployment.fmt(f),
            Self::File(path) => write!(f, "the SQLite file {}", path.display()),
            Self::Server {
                host,
                port,
                database,
            } => write!(f, "the PostgreSQL database `{database}` at {host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(one: &str, other: &str) -> bool {
        let folder = Path::new("/srv/app");
        Target::of(one, folder).unwrap() == Target::of(other, folder).unwrap()
    }

    #[test]
    fn one_database_has_many_addresses() {
        assert!(same(
            "postgresql://app:p1@db.example/app",
            "postgres://me:p2@DB.example:5432/app?schema=public"
        ));
        assert!(same(
            "postgresql+asyncpg://a@127.0.0.1/app",
            "postgresql://localhost/app"
        ));
        assert!(same("sqlite:////srv/app/idp.db", "sqlite:///idp.db"));
        assert!(same("file:./idp.db?mode=rw", "/srv/app/idp.db") || cfg!(windows));
        assert!(!same("postgresql://db/app", "postgresql://db/app2"));
        assert!(!same("postgresql://db/app", "sqlite:///idp.db"));
        assert!(same(
            "mongodb://a:p@DB1.example,db2.example/app",
            "mongodb://db2.example:27017/app?tls=true"
        ));
        assert!(!same("mongodb://db/app", "mongodb://db/app2"));
        assert!(!same("mongodb://db/app", "mongodb://db2/app"));
        assert!(Target::of("mongodb://db", Path::new("")).is_none());
        assert!(Target::of("mysql://db/app", Path::new("")).is_none());
    }

    #[test]
    fn no_password_is_ever_shown() {
        let target = Target::of("postgresql://app:hunter2@db/app", Path::new("")).unwrap();
        assert_eq!(
            target.to_string(),
            "the PostgreSQL database `app` at db:5432"
        );
    }
}
