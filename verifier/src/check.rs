//! `usher check …`: one part of a platform looked at on its own, without a run.

pub(crate) mod config;
pub(crate) mod contract;
pub(crate) mod messages;
pub(crate) mod migrations;
pub(crate) mod persistence;
pub(crate) mod schema;
pub(crate) mod security;
pub(crate) mod tokens;
pub(crate) mod webhooks;

use crate::configuration::database::{Database, Place};
use crate::configuration::{Configuration, Environment};
use crate::outlet::Outlet;
use crate::redaction::{SecretName, Secrets};
use crate::report::Look;
use crate::sources::postgres;

/// How the report of a check may look.
pub(crate) fn look(outlet: &Outlet<'_>, environment: Environment<'_>) -> Look {
    let is_plain = environment("NO_COLOR").is_some_and(|set| !set.is_empty());
    Look {
        coloured: outlet.report_is_live && !is_plain,
    }
}

/// What the addresses of databases hold is shown nowhere.
pub(crate) fn remember_databases(configuration: &Configuration, secrets: &Secrets) {
    remember_all(&configuration.databases, secrets);
}

pub(crate) fn remember_all(databases: &[Database], secrets: &Secrets) {
    for database in databases {
        let places = std::iter::once(&database.place).chain(&database.scratch);
        places.for_each(|place| remember(place, secrets));
    }
}

/// A connection string, and the password in it by itself.
pub(crate) fn remember(place: &Place, secrets: &Secrets) {
    let (url, origin, password) = match place {
        Place::Mongodb(mongodb) => (&mongodb.url, &mongodb.origin, mongodb.password()),
        Place::Postgres { url, origin } => {
            let config = postgres::config(url).ok();
            let password = config.as_ref().and_then(|config| config.get_password());
            let password = password.map(|password| String::from_utf8_lossy(password).into_owned());
            (url, origin, password)
        }
        Place::Sqlite(_) => return,
    };
    secrets.remember(SecretName::Origin(origin), url);
    if let Some(password) = password {
        secrets.remember(SecretName::Origin(origin), &password);
    }
}
