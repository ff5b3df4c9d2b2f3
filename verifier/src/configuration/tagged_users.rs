//! `[tagged_users]` of usher.toml: how users whom a run created are found and removed when nothing of that run is left but them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::configuration::email_template::EmailTemplate;
use crate::configuration::list::List;
use crate::configuration::mistake::Mistake;
use crate::configuration::name::{BuiltIn, Name};
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::reading::Reading;
use crate::configuration::request::Call;
use crate::configuration::request::tables::{CallTable, ListTable};
use crate::configuration::scope::Scope;
use crate::configuration::value::{JsonPointer, Method};

/// Where users are listed, and how one of them is removed by somebody else.
#[derive(Clone, Debug)]
pub(crate) struct TaggedUsers {
    pub(crate) list: List,
    /// Where a row has the user's address: whose is none of a run is left alone.
    pub(crate) email: JsonPointer,
    /// Where a row says since when there is such a user.
    pub(crate) created: JsonPointer,
    /// What the removal needs to know of a row.
    pub(crate) keep: Vec<(Name, JsonPointer)>,
    pub(crate) remove: Call,
}

/// For `usher cleanup`: users of runs whose journal is lost, found by their addresses.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TaggedUsersTable {
    /// Where users are listed; GET unless said otherwise.
    list: ListTable,
    /// A JSON pointer within a row: the address of the user.
    email: JsonPointer,
    /// A JSON pointer within a row: since when there is such a user, as RFC 3339 or in seconds or milliseconds since 1970.
    created: JsonPointer,
    /// What the removal needs of a row: each a name, and a JSON pointer within the row.
    #[serde(default)]
    keep: OwnKeys<Placed<JsonPointer>>,
    /// How one of them is removed, without their password; DELETE unless said otherwise. `{email}`, `{run}` and what is kept are theirs.
    remove: CallTable,
}

impl TaggedUsersTable {
    pub(super) fn complete(
        table: &Placed<Self>,
        reading: &Reading<'_>,
        email: &EmailTemplate,
        mut scope: Scope,
    ) -> Result<TaggedUsers, Mistake> {
        if !email.is_recognisable() {
            let sentence = "users cannot be told from real people by their addresses".to_owned();
            let cure = "begin `email` in [users] with a word, such as `usher-{run}@example.com`";
            return Err(reading.mistake_at(&table.span, sentence, Some(cure.to_owned())));
        }
        let table = &table.value;
        let list = table.list.complete(reading, &mut scope)?;
        for built_in in [BuiltIn::Email, BuiltIn::Run] {
            scope.learn(built_in.name());
        }
        let mut keep = Vec::new();
        for (name, pointer) in &table.keep.0 {
            keep.push((scope.capture(reading, name)?, pointer.value.clone()));
        }
        Ok(TaggedUsers {
            list,
            email: table.email.clone(),
            created: table.created.clone(),
            keep,
            remove: table.remove.complete(reading, Method::Delete, &mut scope)?,
        })
    }

    pub(super) fn captured(&self) -> impl Iterator<Item = &str> {
        let kept = self.keep.0.iter().map(|(name, _)| name.value.as_str());
        (self.list.captured())
            .chain(self.remove.captured())
            .chain(kept)
    }
}
