//! The keys of `[[databases]]` that only some kinds have.

use crate::configuration::database::DatabaseKind;
use crate::configuration::file::DatabaseEntry;
use crate::configuration::mistake::Mistake;
use crate::configuration::reading::Reading;

impl DatabaseEntry {
    /// Finds a key that means nothing for this kind of database.
    pub(super) fn hold_keys(&self, reading: &Reading<'_>) -> Result<(), Mistake> {
        let (unwanted, cure) = match self.kind {
            DatabaseKind::Mongodb => (
                self.only_for_sql(),
                "take it out; of MongoDB, `indexes` says what the deployed code expects",
            ),
            DatabaseKind::Postgres | DatabaseKind::Sqlite => (
                self.only_for_mongodb(),
                "take it out; of a database with tables, `schema` says what the deployed code expects",
            ),
        };
        let Some(key) = unwanted else {
            return Ok(());
        };
        let sentence = format!("`{key}` is not for a database of this kind");
        Err(reading.mistake(&self.name, sentence, Some(cure.to_owned())))
    }

    fn only_for_sql(&self) -> Option<&'static str> {
        let keys = [
            ("tables", !self.tables.is_empty()),
            ("migrate", self.migrate.is_some()),
            ("migrations", self.migrations.is_some()),
            ("tool", self.tool.is_some()),
            ("history", self.history.is_some()),
            ("schema", self.schema.is_some()),
        ];
        given(&keys)
    }

    fn only_for_mongodb(&self) -> Option<&'static str> {
        let keys = [
            ("database", self.database.is_some()),
            ("indexes", self.indexes.is_some()),
        ];
        given(&keys)
    }
}

fn given(keys: &[(&'static str, bool)]) -> Option<&'static str> {
    let given = keys.iter().find(|(_, is_given)| *is_given);
    given.map(|(key, _)| *key)
}
