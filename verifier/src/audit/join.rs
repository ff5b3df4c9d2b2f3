//! The rows of all sources, held against each other.
//!
//! Nothing is missing in a source that was not read to its end or is not understood, and nothing is too much beside one: a wrong `key`
//! must not become a plan that makes, or removes, everybody.

use rusqlite::Row;
use serde_json::Map;

use crate::audit::discrepancy::{Class, Difference, Discrepancy};
use crate::audit::lineage::Lineage;
use crate::audit::reading::Stock;
use crate::audit::selection::Selection;
use crate::audit::shelf::{Shelf, joined_by};
use crate::clock::now;
use crate::configuration::audit::{Audit, Link, Source};

/// Notes on the shelf everything that does not belong together.
pub(crate) fn join(audit: &Audit, stock: &Stock, selection: &Selection) -> rusqlite::Result<()> {
    let shelf = &stock.shelf;
    if let Some(last) = selection.last {
        shelf.database.execute(
            "INSERT INTO newest SELECT id FROM s0 WHERE created IS NOT NULL ORDER BY created DESC, id DESC LIMIT ?",
            [last],
        )?;
    }
    for (at, source) in audit.sources.iter().enumerate() {
        let edge = Edge {
            audit,
            shelf,
            selection,
            at,
            source,
        };
        edge.duplicates()?;
        let Some(link) = &source.link else {
            continue;
        };
        if stock.is_complete(at) && is_understood(stock, at)? {
            edge.missing(link)?;
        }
        let is_whole = stock.is_complete(link.to) && is_whole(audit, stock, link)?;
        edge.orphans_and_mismatches(link, is_whole)?;
    }
    shelf
        .database
        .execute_batch("CREATE INDEX found_id ON found (id)")
}

/// Whether any of the rows says whose it is.
pub(super) fn is_understood(stock: &Stock, at: usize) -> rusqlite::Result<bool> {
    let rows = stock.read.get(at).map_or(0, |extent| extent.rows);
    Ok(rows == 0 || stock.shelf.without_key(at)? < rows)
}

/// Whether all of the rows are there to which those of this source could belong.
pub(super) fn is_whole(audit: &Audit, stock: &Stock, link: &Link) -> rusqlite::Result<bool> {
    let rows = stock.read.get(link.to).map_or(0, |extent| extent.rows);
    let is_by_key = is_by_key(audit, link);
    Ok(rows > 0 && !(is_by_key && stock.shelf.without_key(link.to)? > 0))
}

/// Whether rows belong together by the key of the upper one. Without it nothing is known of that one; without any other part of a row
/// there is nothing that could belong to it.
pub(super) fn is_by_key(audit: &Audit, link: &Link) -> bool {
    let above = audit.sources.get(link.to);
    above.is_some_and(|above| above.key.field == link.matches.field)
}

/// A source, and the one that its rows belong to.
struct Edge<'a> {
    audit: &'a Audit,
    shelf: &'a Shelf,
    selection: &'a Selection,
    at: usize,
    source: &'a Source,
}

impl Edge<'_> {
    /// Rows that should have one here.
    fn missing(&self, link: &Link) -> rusqlite::Result<()> {
        let (at, to, column) = (self.at, link.to, joined_by(self.audit, self.at));
        let absent = format!("NOT EXISTS (SELECT 1 FROM s{at} c WHERE c.key = p.{column})");
        let query = if is_by_key(self.audit, link) {
            format!("SELECT id FROM s{to} p WHERE p.{column} IS NOT NULL AND {absent}")
        } else {
            format!("SELECT id FROM s{to} p WHERE p.{column} IS NULL OR {absent}")
        };
        let mut query = self.shelf.database.prepare(&query)?;
        let mut rows = query.query(())?;
        while let Some(row) = rows.next()? {
            let lineage = Lineage::of(self.shelf, self.audit, to, row.get(0)?)?;
            let class = if self.is_pending(&lineage) {
                Class::Pending
            } else {
                Class::Missing
            };
            let Some(of_user) = lineage.row() else {
                continue;
            };
            let mut found = self.found(class, of_user.shown_key(), &lineage);
            found.of_user.clone_from(&of_user.kept);
            self.note(&found, &lineage)?;
        }
        Ok(())
    }

    fn is_pending(&self, lineage: &Lineage) -> bool {
        let is_young = || {
            let now = now().unix_seconds();
            lineage
                .created()
                .is_some_and(|created| created.saturating_add(self.source.grace_seconds) > now)
        };
        lineage.says_pending(self.at) || (self.source.grace_seconds > 0 && is_young())
    }

    /// Rows here that belong to nobody, where everybody is known, and rows that say something else than those they belong to: each row is
    /// looked for once.
    fn orphans_and_mismatches(&self, link: &Link, is_whole: bool) -> rusqlite::Result<()> {
        let (at, to, column) = (self.at, link.to, joined_by(self.audit, self.at));
        let pairs =
            (0..self.source.agree.len()).map(|n| (format!("p.t{at}_{n}"), format!("c.h{n}")));
        let pairs: Vec<_> = pairs.collect();
        let differ = pairs
            .iter()
            .map(|(there, here)| format!("(p.id IS NOT NULL AND {there} IS NOT {here})"));
        let wanted: Vec<_> = is_whole
            .then(|| "p.id IS NULL".to_owned())
            .into_iter()
            .chain(differ)
            .collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let ids = ["c.id", "p.id"];
        let read = pairs.iter().flat_map(|(there, here)| [there, here]);
        let read: Vec<_> = ids.into_iter().chain(read.map(String::as_str)).collect();
        let query = format!(
            "SELECT {} FROM s{at} c LEFT JOIN s{to} p ON p.{column} = c.key WHERE {} ORDER BY p.id IS NOT NULL, c.id, p.id",
            read.join(", "),
            wanted.join(" OR ")
        );
        let mut query = self.shelf.database.prepare(&query)?;
        let mut rows = query.query(())?;
        while let Some(row) = rows.next()? {
            let lineage = Lineage::of(self.shelf, self.audit, at, row.get(0)?)?;
            let Some(own) = lineage.row() else {
                continue;
            };
            let above: Option<i64> = row.get(1)?;
            let class = above.map_or(Class::Orphan, |_| Class::Mismatch);
            let mut found = self.found(class, own.shown_key(), &lineage);
            found.own.clone_from(&own.kept);
            if let Some(above) = above {
                let above = Lineage::of(self.shelf, self.audit, to, above)?;
                found.of_user = above.row().map(|row| row.kept.clone()).unwrap_or_default();
                found.differs = self.differences(row)?;
            }
            self.note(&found, &lineage)?;
        }
        Ok(())
    }

    /// What a row and the one that it belongs to say differently; they stand in turns behind the two numbers.
    fn differences(&self, row: &Row<'_>) -> rusqlite::Result<Vec<Difference>> {
        let mut differences = Vec::new();
        for (n, agree) in self.source.agree.iter().enumerate() {
            let difference = Difference {
                field: agree.here.field.as_str().to_owned(),
                of_user: row.get(2 + 2 * n)?,
                own: row.get(3 + 2 * n)?,
            };
            if difference.of_user != difference.own {
                differences.push(difference);
            }
        }
        Ok(differences)
    }

    /// Keys that more than one row has.
    fn duplicates(&self) -> rusqlite::Result<()> {
        let at = self.at;
        let query = format!("SELECT id, times FROM repeated WHERE source = {at} ORDER BY n");
        let mut query = self.shelf.database.prepare(&query)?;
        let mut rows = query.query(())?;
        while let Some(row) = rows.next()? {
            let lineage = Lineage::of(self.shelf, self.audit, at, row.get(0)?)?;
            let Some(own) = lineage.row() else {
                continue;
            };
            let mut found = self.found(Class::Duplicate, own.shown_key(), &lineage);
            found.own.clone_from(&own.kept);
            found.rows = u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default();
            self.note(&found, &lineage)?;
        }
        Ok(())
    }

    fn found(&self, class: Class, key: Option<String>, lineage: &Lineage) -> Discrepancy {
        Discrepancy {
            class,
            source: self.source.name.clone(),
            key,
            tenant: lineage.tenant().map(str::to_owned),
            created_at_unix_seconds: lineage.created(),
            differs: Vec::new(),
            rows: 1,
            of_user: Map::new(),
            own: Map::new(),
        }
    }

    fn note(&self, found: &Discrepancy, lineage: &Lineage) -> rusqlite::Result<()> {
        if lineage.is_of(self.selection, self.shelf)? {
            self.shelf.note(self.at, found)?;
        }
        Ok(())
    }
}
