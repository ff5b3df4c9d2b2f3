//! The indexes that are there, as `listIndexes` says.

use bson::{Bson, Document, doc};
use mongodb::Database;

use crate::configuration::database::Mongodb;
use crate::indexes::prediction::Rules;
use crate::indexes::specification::{Specification, whole};
use crate::sources::mongodb::{MongodbError, database};

/// A server that answers.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) database: Database,
    /// What makes an index the one it is, in its version.
    pub(crate) rules: Rules,
}

/// The indexes of one collection.
#[derive(Debug, Default)]
pub(crate) struct Existing {
    pub(crate) all: Vec<Specification>,
    /// Nobody has ever put anything there, and nobody made an index.
    pub(crate) is_absent: bool,
}

impl Live {
    pub(crate) async fn of(place: &Mongodb) -> Result<Self, MongodbError> {
        let database = database(place).await?;
        let said = database.run_command(doc! { "buildInfo": 1 }).await?;
        let version = said.get_array("versionArray");
        let major = version.ok().and_then(|version| whole(version.first()?));
        Ok(Self {
            rules: Rules::of_version(major),
            database,
        })
    }

    /// Asked by the command itself: the driver's own list leaves options out that it does not know.
    pub(crate) async fn indexes(&self, collection: &str) -> Result<Existing, MongodbError> {
        // More than a collection can have (64), so it is one answer.
        let asked = doc! { "listIndexes": collection, "cursor": { "batchSize": 1000 } };
        let answer = self.database.run_command(asked).await;
        let answer = match answer.map_err(MongodbError::from) {
            Ok(answer) => answer,
            Err(error) if error.code() == Some(NAMESPACE_NOT_FOUND) => {
                return Ok(Existing {
                    all: Vec::new(),
                    is_absent: true,
                });
            }
            Err(error) => return Err(error),
        };
        let batch = answer.get_document("cursor");
        let batch = batch.and_then(|cursor| cursor.get_array("firstBatch"));
        let listed = batch.map_or(&[][..], Vec::as_slice);
        let documents = listed.iter().filter_map(Bson::as_document);
        Ok(Existing {
            all: documents.filter_map(Specification::of).collect(),
            is_absent: false,
        })
    }
}

impl Existing {
    /// The collation of the collection, which its index of ids shows.
    pub(crate) fn usual_collation(all: &[Specification]) -> Option<&Document> {
        let of_ids = all.iter().find(|index| index.is_of_ids());
        of_ids.and_then(|index| index.collation.as_ref())
    }
}

const NAMESPACE_NOT_FOUND: i32 = 26;
