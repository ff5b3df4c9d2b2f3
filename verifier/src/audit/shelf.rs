//! Where the rows of all sources are put until they have all been read: a private database on disk, of which little is in memory
//! whatever the number of rows. It has no name, and is gone with the process (sqlite.org/inmemorydb.html, "Temporary Databases").

use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use serde_json::{Map, Value};

use crate::audit::discrepancy::Discrepancy;
use crate::configuration::audit::field::Compared;
use crate::configuration::audit::{Audit, Source};
use crate::configuration::name::text_of_value;
use crate::written_time::unix_seconds;

/// The rows of all sources, and what was found among them.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(super) database: Connection,
}

impl Shelf {
    pub(crate) fn new(audit: &Audit) -> rusqlite::Result<Self> {
        let database = Connection::open("")?;
        database.execute_batch(&format!(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = FILE;
             PRAGMA locking_mode = EXCLUSIVE;
             CREATE TABLE found (n INTEGER PRIMARY KEY, class TEXT, source INTEGER, tenant TEXT, id TEXT, what TEXT);
             CREATE TABLE newest (id INTEGER PRIMARY KEY);
             CREATE TABLE repeated (n INTEGER PRIMARY KEY, source INTEGER, id INTEGER, times INTEGER);"
        ))?;
        for at in 0..audit.sources.len() {
            let columns = columns(audit, at).join(", ");
            database.execute_batch(&format!(
                "CREATE TABLE s{at} (id INTEGER PRIMARY KEY, {columns})"
            ))?;
        }
        database.execute_batch("BEGIN")?;
        Ok(Self { database })
    }

    /// Puts rows of a source down.
    pub(crate) fn put(&self, audit: &Audit, at: usize, rows: &[Value]) -> rusqlite::Result<()> {
        let Some(source) = audit.sources.get(at) else {
            return Ok(());
        };
        let slots = vec!["?"; columns(audit, at).len()].join(", ");
        let insert = format!("INSERT INTO s{at} VALUES (NULL, {slots})");
        let mut insert = self.database.prepare_cached(&insert)?;
        let below: Vec<_> = Below::all(audit, at).collect();
        for row in rows {
            insert.execute(params_from_iter(cells(audit, at, source, &below, row)))?;
        }
        Ok(())
    }

    /// Every row of this source is there: from now on they are found by what they are joined by. Whose keys come again is noted now, while
    /// other sources are still read.
    pub(crate) fn complete(&self, audit: &Audit, at: usize) -> rusqlite::Result<()> {
        self.database
            .execute_batch(&format!("CREATE INDEX k{at} ON s{at} (key)"))?;
        for child in children(audit, at) {
            let column = joined_by(audit, child);
            if column != "key" {
                self.database
                    .execute_batch(&format!("CREATE INDEX k{at}_{child} ON s{at} ({column})"))?;
            }
        }
        self.database.execute_batch(&format!(
            "INSERT INTO repeated (source, id, times) SELECT {at}, min(id), count(*) FROM s{at} WHERE key IS NOT NULL GROUP BY key HAVING count(*) > 1"
        ))
    }

    /// How many rows of a source have no key.
    pub(super) fn without_key(&self, at: usize) -> rusqlite::Result<u64> {
        let query = format!("SELECT count(*) FROM s{at} WHERE key IS NULL");
        let count: i64 = self.database.query_row(&query, (), |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    pub(crate) fn note(&self, source: usize, found: &Discrepancy) -> rusqlite::Result<()> {
        let what = serde_json::to_string(found).unwrap_or_default();
        let mut insert = self
            .database
            .prepare_cached("INSERT INTO found VALUES (NULL, ?, ?, ?, ?, ?)")?;
        insert.execute((
            found.class.word(),
            i64::try_from(source).unwrap_or_default(),
            found.tenant.as_deref(),
            found.id(),
            what,
        ))?;
        Ok(())
    }

    /// Everything that was found, in the order of the sources, to be asked for one by one.
    pub(crate) fn each_found(
        &self,
        mut tell: impl FnMut(usize, Discrepancy) -> bool,
    ) -> rusqlite::Result<()> {
        let mut query = self
            .database
            .prepare("SELECT source, what FROM found ORDER BY n")?;
        let mut rows = query.query(())?;
        while let Some(row) = rows.next()? {
            let (source, what): (i64, String) = (row.get(0)?, row.get(1)?);
            let Ok(found) = serde_json::from_str(&what) else {
                continue;
            };
            if !tell(usize::try_from(source).unwrap_or_default(), found) {
                break;
            }
        }
        Ok(())
    }
}

/// The columns of a source's table, but its id.
fn columns(audit: &Audit, at: usize) -> Vec<String> {
    let mut columns: Vec<String> = [
        "key TEXT",
        "shown TEXT",
        "created INTEGER",
        "tenant TEXT",
        "pending INTEGER",
        "kept TEXT",
    ]
    .map(str::to_owned)
    .into();
    let own = audit.sources.get(at).map_or(0, |source| source.agree.len());
    columns.extend((0..own).map(|n| format!("h{n} TEXT")));
    for child in children(audit, at) {
        if joined_by(audit, child) != "key" {
            columns.push(format!("{} TEXT", joined_by(audit, child)));
        }
        let agreed = audit
            .sources
            .get(child)
            .map_or(0, |child| child.agree.len());
        columns.extend((0..agreed).map(|n| format!("t{child}_{n} TEXT")));
    }
    columns
}

/// A source whose rows belong to those that are put down.
struct Below<'a> {
    source: &'a Source,
    /// What of the row is the key there, unless it is the key here as well.
    matches: Option<&'a Compared>,
}

impl<'a> Below<'a> {
    fn all(audit: &'a Audit, at: usize) -> impl Iterator<Item = Self> {
        children(audit, at).filter_map(move |child| {
            let source = audit.sources.get(child)?;
            let link = source.link.as_ref()?;
            let is_key = joined_by(audit, child) == "key";
            Some(Self {
                source,
                matches: (!is_key).then_some(&link.matches),
            })
        })
    }
}

fn cells(audit: &Audit, at: usize, source: &Source, below: &[Below<'_>], row: &Value) -> Vec<Cell> {
    let text = |text: Option<String>| text.map_or(Cell::Null, Cell::Text);
    let key = source.key.of(row);
    let shown = source.key.field.of(row).map(text_of_value);
    let created = source
        .created
        .as_ref()
        .and_then(|field| unix_seconds(field.of(row)?));
    let created = created.and_then(|created| i64::try_from(created).ok());
    let tenant = source
        .tenant
        .as_ref()
        .and_then(|field| Some(text_of_value(field.of(row)?)));
    let mut cells = vec![
        // What is written as it is compared need not be there twice.
        text(key.clone()),
        text(shown.filter(|shown| Some(shown) != key.as_ref())),
        created.map_or(Cell::Null, Cell::Integer),
        text(tenant),
        Cell::Integer(pending(audit, at, row)),
        text(kept(source, row)),
    ];
    cells.extend(source.agree.iter().map(|agree| text(agree.here.of(row))));
    for below in below {
        cells.extend(below.matches.map(|matches| text(matches.of(row))));
        let agreed = below.source.agree.iter();
        cells.extend(agreed.map(|agree| text(agree.there.of(row))));
    }
    cells
}

/// What actions need of the row.
fn kept(source: &Source, row: &Value) -> Option<String> {
    if source.keep.is_empty() {
        return None;
    }
    let kept = source.keep.iter();
    let kept =
        kept.filter_map(|(name, field)| Some((name.as_str().to_owned(), field.of(row)?.clone())));
    Some(Value::Object(kept.collect::<Map<_, _>>()).to_string())
}

/// Of which sources this row says that it is right if they have no row: a bit for each.
fn pending(audit: &Audit, at: usize, row: &Value) -> i64 {
    let mut bits = 0;
    for (child, source) in audit.sources.iter().enumerate() {
        let of_this = source
            .pending_if
            .iter()
            .filter(|pending| pending.source == at);
        let mut signs =
            of_this.filter_map(|pending| Some((pending.field.of(row)?, &pending.equals)));
        if signs.any(|(found, wanted)| is_same(found, wanted)) {
            bits |= 1_i64 << child;
        }
    }
    bits
}

/// SQLite has no truth values: there, 0 is false.
fn is_same(found: &Value, wanted: &Value) -> bool {
    match wanted {
        Value::Bool(wanted) => {
            crate::configuration::audit::field::Way::Truth.of(&text_of_value(found))
                == wanted.to_string()
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            text_of_value(found) == text_of_value(wanted)
        }
    }
}

/// The sources whose rows belong to rows of this one.
pub(super) fn children(audit: &Audit, at: usize) -> impl Iterator<Item = usize> {
    let sources = audit.sources.iter().enumerate();
    sources.filter_map(move |(child, source)| (source.link.as_ref()?.to == at).then_some(child))
}

/// The column of the other source's table that holds this one's key.
pub(super) fn joined_by(audit: &Audit, child: usize) -> String {
    let link = audit
        .sources
        .get(child)
        .and_then(|source| source.link.as_ref());
    let above = link.and_then(|link| audit.sources.get(link.to));
    let is_its_key = link
        .zip(above)
        .is_some_and(|(link, above)| link.matches == above.key);
    if is_its_key {
        "key".to_owned()
    } else {
        format!("l{child}")
    }
}

/// 16 MiB: the indexes of a hundred thousand users fit, and no more is ever used.
const CACHE_KIB: u32 = 16 * 1024;
