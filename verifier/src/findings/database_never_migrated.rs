//! The deployed code runs against a database that has not got its tables (incident I5).

use crate::configuration::database::{Database, Place};
use crate::counted::counted;
use crate::findings::code::Code;
use crate::findings::{
    Cause, Confidence, Evidence, Fix, Opinion, Scene, Unlooked, migrations, schema_behind,
};
use crate::outcome::Problem;
use crate::sources::postgres;
use crate::sources::sqlite::{self, SqliteError, Tables};
use crate::steps::StepName;

/// Looks into every configured database when a step that needs one failed. A step without an answer is not explained by a
/// table that is missing.
pub(crate) async fn look(scene: &Scene<'_>) -> Opinion {
    if !matches!(scene.stopped.problem, Problem::Failed(_)) {
        return Opinion::default();
    }
    let databases = &scene.deployment.configuration.databases;
    let needs = needs_of(&scene.stopped.step);
    let mut opinion = Opinion::default();
    let needs_tables = match needs {
        Needs::Nothing => return opinion,
        Needs::Migrations => false,
        Needs::Tables => true,
    };
    if databases.is_empty() && needs_tables {
        let why = "none is configured; add a [[databases]] table".to_owned();
        opinion.unlooked.push(Unlooked {
            at: "the databases".to_owned(),
            why,
        });
    }
    for database in databases {
        let seen = match schema_behind::look(database).await {
            // It looks for the tables as well.
            Some(Ok(said)) => said,
            Some(Err(unlooked)) => {
                opinion.unlooked.push(unlooked);
                tables_of(database, needs_tables).await
            }
            None => tables_of(database, needs_tables).await,
        };
        opinion = opinion.and(migrations::look(database, seen).await);
    }
    opinion
}

/// Whether the tables that the configuration lists are there.
async fn tables_of(database: &Database, needs_tables: bool) -> Opinion {
    let mut opinion = Opinion::default();
    if !needs_tables {
        return opinion;
    }
    let looked = match &database.place {
        // A collection is made by its first document.
        Place::Mongodb(_) => Ok(None),
        Place::Sqlite(path) => match sqlite::tables(path.clone()).await {
            Ok(found) => Ok(judge(database, &found)),
            Err(SqliteError::NoFile) => Ok(Some(no_file(database))),
            Err(error) => Err(error.to_string()),
        },
        Place::Postgres { url, .. } => {
            let names = postgres::tables(url).await;
            names
                .map(|names| {
                    let found = Tables {
                        names,
                        file_bytes: None,
                    };
                    judge(database, &found)
                })
                .map_err(|error| error.to_string())
        }
    };
    match looked {
        Ok(cause) => opinion.causes.extend(cause),
        Err(why) => opinion.unlooked.push(Unlooked {
            at: format!("the database `{}` ({})", database.name, database.place),
            why,
        }),
    }
    opinion
}

/// What of a database a step stands on.
enum Needs {
    Nothing,
    /// Whatever the operator's own step asks for, which no list names: `schema` and the migrations may say it.
    Migrations,
    /// Those that the configuration lists, what `schema` expects, and the migrations.
    Tables,
}

fn needs_of(step: &StepName) -> Needs {
    if matches!(step, StepName::Own(_)) {
        Needs::Migrations
    } else if step.asks_for().is_some() {
        Needs::Tables
    } else {
        Needs::Nothing
    }
}

fn judge(database: &Database, found: &Tables) -> Option<Cause> {
    let missing: Vec<_> = database
        .tables
        .iter()
        .filter(|table| !found.names.contains(table))
        .collect();
    let path = database.place.to_string();
    let named = missing
        .iter()
        .map(|table| format!("`{table}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let (noun, verb) = if missing.len() == 1 {
        ("table", "is")
    } else {
        ("tables", "are")
    };
    let seen = if found.names.is_empty() {
        "no table at all".to_owned()
    } else {
        format!("tables: {}", found.names.join(", "))
    };
    (!missing.is_empty()).then(|| Cause {
        code: Code::DatabaseNeverMigrated,
        confidence: Confidence::Certain,
        sentence: format!(
            "the {named} {noun} {verb} missing in the database in use ({path}, {})",
            counted(found.names.len() as u64, "table")
        ),
        evidence: std::iter::once(seen)
            .chain(found.file_bytes.map(|bytes| counted(bytes, "byte")))
            .map(|what| Evidence::new(what, &path))
            .collect(),
        fix: fix(
            database,
            "Apply the migrations to this very database, and on every deploy:",
        ),
    })
}

/// The file of a database is not there.
pub(crate) fn no_file(database: &Database) -> Cause {
    let path = database.place.to_string();
    Cause {
        code: Code::DatabaseNeverMigrated,
        confidence: Confidence::Certain,
        sentence: format!(
            "the database `{}` does not exist: there is no file {path}",
            database.name
        ),
        evidence: vec![Evidence::new("no such file", &path)],
        fix: fix(
            database,
            "Check that the deployed code uses this path and that it is on a volume; then apply the migrations:",
        ),
    }
}

fn fix(database: &Database, sentence: &str) -> Fix {
    match &database.migrate {
        Some(command) => Fix {
            sentence: sentence.to_owned(),
            commands: vec![command.clone()],
        },
        None => Fix {
            sentence: format!(
                "{} the command is not known here: name it as `migrate = \"…\"` in the [[databases]] table `{}`.",
                sentence, database.name
            ),
            commands: Vec::new(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database() -> Database {
        Database {
            name: "identity".into(),
            place: Place::Sqlite("/srv/idp.db".into()),
            tables: vec!["users".into()],
            migrate: Some("alembic upgrade head".into()),
            migrations: None,
            given_to_app: None,
            schema: None,
            indexes: None,
            scratch: None,
        }
    }

    fn tables(names: &[&str]) -> Tables {
        Tables {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            file_bytes: Some(0),
        }
    }

    #[test]
    fn a_missing_table_is_named_with_the_database_in_use() {
        let cause = judge(&database(), &tables(&[])).unwrap();
        assert_eq!(
            cause.sentence,
            "the `users` table is missing in the database in use (/srv/idp.db, 0 tables)"
        );
        assert_eq!(cause.fix.commands, ["alembic upgrade head"]);
    }

    #[test]
    fn a_migrated_database_explains_nothing() {
        assert!(judge(&database(), &tables(&["other", "users"])).is_none());
    }

    #[test]
    fn a_table_of_another_case_is_missing_only_if_the_name_differs() {
        assert!(judge(&database(), &tables(&["user"])).is_some());
    }
}
