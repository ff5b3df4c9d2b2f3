//! The live database is not what the deployed code expects (incidents I2, I3): `usher check schema`, by itself when a step failed.

use crate::configuration::database::Database;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Opinion, Unlooked};
use crate::indexes;
use crate::schema::cause;
use crate::schema::expectation::expectation;

/// Looks into a database that says what is expected of it; nothing where it does not.
pub(super) async fn look(database: &Database) -> Option<Result<Opinion, Unlooked>> {
    let unread = |why: String| Unlooked {
        at: format!("what is expected of the database `{}`", database.name),
        why,
    };
    if let Some(seen) = indexes::look(database).await {
        let seen = seen.map(|mut opinion| {
            opinion.causes.iter_mut().for_each(as_an_explanation);
            opinion
        });
        return Some(seen.map_err(|error| unread(error.to_string())));
    }
    let path = database.schema.as_ref()?;
    Some(match expectation(database, path).await {
        Ok(expected) => Ok(cause::look(database, &expected).await),
        Err(error) => Err(unread(error.to_string())),
    })
}

/// An index that is merely not there makes nothing fail by itself.
fn as_an_explanation(cause: &mut Cause) {
    if cause.code == Code::IndexMissing {
        cause.confidence = Confidence::Likely;
    }
}
