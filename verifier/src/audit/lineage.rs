//! A row, the row that it belongs to, and so on up to where users begin: what is known of one user.

use rusqlite::OptionalExtension as _;
use serde_json::{Map, Value};

use crate::audit::selection::Selection;
use crate::audit::shelf::{Shelf, joined_by};
use crate::configuration::audit::Audit;

/// The rows of one user, from the one where something was found upwards.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    rows: Vec<Known>,
}

/// What is kept of a row.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) source: usize,
    pub(super) id: i64,
    key: Option<String>,
    shown: Option<String>,
    created: Option<i64>,
    tenant: Option<String>,
    pending: i64,
    pub(super) kept: Map<String, Value>,
}

impl Known {
    /// As its source writes it.
    pub(super) fn shown_key(&self) -> Option<String> {
        self.shown.clone().or_else(|| self.key.clone())
    }
}

impl Lineage {
    pub(super) fn of(
        shelf: &Shelf,
        audit: &Audit,
        source: usize,
        id: i64,
    ) -> rusqlite::Result<Self> {
        let mut rows = Vec::new();
        let mut next = Some((source, id));
        while let Some((source, id)) = next {
            let row = known(shelf, source, id)?;
            let link = audit
                .sources
                .get(source)
                .and_then(|source| source.link.as_ref());
            next = match (link, &row.key) {
                (Some(link), Some(key)) => {
                    let (to, column) = (link.to, joined_by(audit, source));
                    let query = format!("SELECT id FROM s{to} WHERE {column} = ? LIMIT 1");
                    let mut query = shelf.database.prepare_cached(&query)?;
                    let found: Option<i64> = query.query_row([key], |row| row.get(0)).optional()?;
                    found.map(|id| (to, id))
                }
                (_, _) => None,
            };
            rows.push(row);
        }
        Ok(Self { rows })
    }

    pub(super) fn row(&self) -> Option<&Known> {
        self.rows.first()
    }

    pub(super) fn tenant(&self) -> Option<&str> {
        self.rows.iter().find_map(|row| row.tenant.as_deref())
    }

    pub(super) fn created(&self) -> Option<u64> {
        let created = self.rows.iter().find_map(|row| row.created);
        created.and_then(|created| u64::try_from(created).ok())
    }

    /// Whether one of the rows says that it is right if this source has none.
    pub(super) fn says_pending(&self, source: usize) -> bool {
        self.rows.iter().any(|row| row.pending >> source & 1 == 1)
    }

    /// Whether this is about somebody who is spoken of.
    pub(super) fn is_of(&self, wanted: &Selection, kept: &Shelf) -> rusqlite::Result<bool> {
        if let Some(tenant) = &wanted.tenant
            && self.tenant() != Some(tenant)
        {
            return Ok(false);
        }
        if let Some(user) = &wanted.user
            && !self.rows.iter().any(|row| row.is_called(user))
        {
            return Ok(false);
        }
        if wanted.last.is_some() {
            let first = self.rows.last().filter(|row| row.source == 0);
            let Some(first) = first else {
                return Ok(false);
            };
            let mut query = kept
                .database
                .prepare_cached("SELECT 1 FROM newest WHERE id = ?")?;
            return query.exists([first.id]);
        }
        Ok(true)
    }
}

impl Known {
    /// Whether its key, or something that is kept of it such as an address, is this.
    fn is_called(&self, user: &str) -> bool {
        let texts = self.kept.values().filter_map(Value::as_str);
        let keys = [self.key.as_deref(), self.shown.as_deref()];
        let is_it = |text: &str| text.trim().to_lowercase() == user.trim().to_lowercase();
        keys.into_iter().flatten().chain(texts).any(is_it)
    }
}

fn known(shelf: &Shelf, source: usize, id: i64) -> rusqlite::Result<Known> {
    let query =
        format!("SELECT key, shown, created, tenant, pending, kept FROM s{source} WHERE id = ?");
    let mut query = shelf.database.prepare_cached(&query)?;
    query.query_row([id], |row| {
        let kept: Option<String> = row.get(5)?;
        let kept = kept.and_then(|kept| serde_json::from_str(&kept).ok());
        Ok(Known {
            source,
            id,
            key: row.get(0)?,
            shown: row.get(1)?,
            created: row.get(2)?,
            tenant: row.get(3)?,
            pending: row.get(4)?,
            kept: kept.unwrap_or_default(),
        })
    })
}
