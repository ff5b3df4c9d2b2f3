//! A database of a MongoDB deployment: the connection string, and which of the databases there.

use std::fmt;

use mongodb::options::ConnectionString;

use crate::configuration::file::DatabaseEntry;
use crate::configuration::mistake::Mistake;
use crate::configuration::reading::Reading;
use crate::configuration::secret::Origin;

/// It. The connection string is a secret, which has the password.
#[derive(Clone)]
pub(crate) struct Mongodb {
    pub(crate) url: String,
    pub(crate) origin: Origin,
    /// Which of the databases there.
    pub(crate) database: String,
    /// Whether the connection string leads to it by itself.
    pub(crate) is_named_by_url: bool,
}

impl Mongodb {
    /// Judges what the driver will be given, before anything is asked. What the driver says of a mistake is not repeated: it quotes
    /// parts of the connection string, and one of them can be the password.
    pub(super) fn complete(
        entry: &DatabaseEntry,
        url: String,
        origin: Origin,
        reading: &Reading<'_>,
    ) -> Result<Self, Mistake> {
        let mistake = |sentence: String, cure: &str| {
            reading.mistake(&entry.name, sentence, Some(cure.to_owned()))
        };
        let Ok(parsed) = ConnectionString::parse(&url) else {
            let sentence = format!("what `{origin}` holds is no connection string of MongoDB");
            return Err(mistake(sentence, EXPECTED));
        };
        let named = parsed.default_database;
        let Some(database) = entry.database.clone().or_else(|| named.clone()) else {
            let sentence = format!("`{origin}` does not say which database of the server it is");
            let cure = "put its name behind the host (mongodb://HOST:27017/NAME), or give `database = \"NAME\"`";
            return Err(mistake(sentence, cure));
        };
        let is_name =
            |character: char| !character.is_whitespace() && !"/\\.\"$\0".contains(character);
        if database.is_empty() || !database.chars().all(is_name) {
            let sentence = format!("`{database}` is no name of a database");
            return Err(mistake(
                sentence,
                "give it without spaces and without any of / \\ . \" $",
            ));
        }
        Ok(Self {
            is_named_by_url: named.as_ref() == Some(&database),
            url,
            origin,
            database,
        })
    }

    /// The password in the connection string, as the user knows it.
    pub(crate) fn password(&self) -> Option<String> {
        ConnectionString::parse(&self.url)
            .ok()?
            .credential?
            .password
    }
}

/// Without the connection string.
impl fmt::Debug for Mongodb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mongodb")
            .field("origin", &self.origin)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

const EXPECTED: &str = "expected mongodb://USER:PASSWORD@HOST:27017/DATABASE or mongodb+srv://USER:PASSWORD@HOST/DATABASE; in user and password write @ : / ? # % as %40 %3A %2F %3F %23 %25";
