//! The live database is not what the deployed code expects (incident I3): `usher check schema`, by itself when a step failed.

use crate::configuration::database::Database;
use crate::findings::{Opinion, Unlooked};
use crate::schema::cause;
use crate::schema::expectation::expectation;

/// Looks into a database that says what is expected of it; nothing where it does not.
pub(super) async fn look(database: &Database) -> Option<Result<Opinion, Unlooked>> {
    let path = database.schema.as_ref()?;
    Some(match expectation(database, path).await {
        Ok(expected) => Ok(cause::look(database, &expected).await),
        Err(error) => Err(Unlooked {
            at: format!("what is expected of the database `{}`", database.name),
            why: error.to_string(),
        }),
    })
}
