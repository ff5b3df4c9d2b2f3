//! What was found, as causes: one for each kind of discrepancy of each source.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::audit::discrepancy::{Class, Discrepancy};
use crate::audit::join::is_by_key;
use crate::audit::reading::Stock;
use crate::audit::selection::Selection;
use crate::configuration::audit::{Audit, Reader, Role, Source};
use crate::configuration::config_option;
use crate::counted::counted;
use crate::findings::code::Code;
use crate::findings::{Cause, Confidence, Evidence, Fix, Opinion, Unlooked};

/// What was found, counted.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) opinion: Opinion,
    pub(crate) counts: Vec<Count>,
    pub(crate) tenants: BTreeMap<String, BTreeMap<Class, u64>>,
    pub(crate) looked_at: Vec<String>,
}

/// How often something was found in a source.
#[derive(Debug, Serialize)]
pub(crate) struct Count {
    pub(crate) source: String,
    pub(crate) class: Class,
    #[serde(rename = "count")]
    pub(crate) times: u64,
}

#[derive(Default)]
struct Kind {
    count: u64,
    examples: Vec<String>,
}

pub(crate) fn opinion(
    audit: &Audit,
    stock: &Stock,
    selection: &Selection,
) -> rusqlite::Result<Found> {
    let mut kinds: BTreeMap<(usize, Class), Kind> = BTreeMap::new();
    let mut tenants: BTreeMap<String, BTreeMap<Class, u64>> = BTreeMap::new();
    stock.shelf.each_found(|source, found| {
        let kind = kinds.entry((source, found.class)).or_default();
        kind.count += 1;
        if kind.examples.len() < EXAMPLES {
            kind.examples.push(example(&found));
        }
        if let Some(tenant) = found.tenant {
            *tenants
                .entry(tenant)
                .or_default()
                .entry(found.class)
                .or_default() += 1;
        }
        true
    })?;
    let mut opinion = Opinion {
        causes: Vec::new(),
        unlooked: unlooked(audit, stock)?,
    };
    let mut looked_at = looked_at(audit, stock, selection);
    opinion
        .unlooked
        .extend(unknown_user(audit, stock, selection)?);
    for (&(at, class), kind) in &kinds {
        let Some(source) = audit.sources.get(at) else {
            continue;
        };
        let above = source
            .link
            .as_ref()
            .and_then(|link| audit.sources.get(link.to));
        match code(source.role, class) {
            Some(code) => opinion
                .causes
                .push(cause(audit, (at, source), above, class, code, kind)),
            None => looked_at.push(format!(
                "pending: {} {} no row in {} yet, and that is right",
                counted(kind.count, "user"),
                if kind.count == 1 { "has" } else { "have" },
                source.name
            )),
        }
    }
    let counts = kinds.iter().filter_map(|(&(at, class), kind)| {
        Some(Count {
            source: audit.sources.get(at)?.name.clone(),
            class,
            times: kind.count,
        })
    });
    looked_at.extend(of_tenants(&tenants));
    Ok(Found {
        counts: counts.collect(),
        opinion,
        tenants,
        looked_at,
    })
}

const fn code(role: Role, class: Class) -> Option<Code> {
    Some(match (class, role) {
        (Class::Missing, Role::Users) | (Class::Orphan, Role::Identity) => {
            Code::IdentityWithoutUser
        }
        (Class::Missing, Role::Accounts) => Code::UserWithoutAccount,
        (Class::Missing, Role::Gate) => Code::UnknownToGate,
        (Class::Missing, Role::Identity) | (Class::Orphan, Role::Users) => {
            Code::UserWithoutIdentity
        }
        (Class::Orphan, Role::Accounts) => Code::AccountWithoutUser,
        (Class::Orphan, Role::Gate) => Code::KnownToGateOnly,
        (Class::Mismatch, _) => Code::RecordsDisagree,
        (Class::Duplicate, _) => Code::RecordDuplicated,
        (Class::Pending, _) => return None,
    })
}

fn cause(
    audit: &Audit,
    (at, source): (usize, &Source),
    above: Option<&Source>,
    class: Class,
    code: Code,
    kind: &Kind,
) -> Cause {
    let other = above.map_or_else(String::new, |above| above.name.clone());
    let here = &source.name;
    let count = kind.count;
    let (has, them) = if count == 1 {
        ("has", "it")
    } else {
        ("have", "them")
    };
    let sentence = match class {
        Class::Missing => format!(
            "{} of {other} {has} no row in {here}.",
            counted(count, "row")
        ),
        Class::Orphan => format!(
            "{} of {here} {has} no row in {other}.",
            counted(count, "row")
        ),
        Class::Mismatch => format!(
            "{} of {here} {has} something else than the row of {other} that belongs to {them}.",
            counted(count, "row")
        ),
        Class::Duplicate => format!(
            "{} of {here} {has} more than one row.",
            counted(count, "key")
        ),
        Class::Pending => String::new(),
    };
    let place = place(match class {
        // It was seen there, and not here.
        Class::Missing => above.unwrap_or(source),
        Class::Orphan | Class::Mismatch | Class::Duplicate | Class::Pending => source,
    });
    let mut evidence: Vec<_> = kind
        .examples
        .iter()
        .map(|example| Evidence::new(example, &place))
        .collect();
    let more = count.saturating_sub(kind.examples.len() as u64);
    if more > 0 {
        evidence.push(Evidence::new(
            format!("and {more} more: `usher audit --report csv` lists all"),
            &place,
        ));
    }
    Cause {
        code,
        confidence: Confidence::Certain,
        sentence,
        evidence,
        fix: fix(audit, at, source, class, code),
    }
}

/// A plan, where there is an action for it.
fn fix(audit: &Audit, at: usize, source: &Source, class: Class, code: Code) -> Fix {
    let config = config_option(&audit.path);
    let mut actions = audit.actions.iter();
    if actions.any(|action| action.source == at && Some(action.class) == class.acted()) {
        return Fix {
            sentence: "Write a plan, read what it would do, and let it be done:".to_owned(),
            commands: vec![
                format!("usher audit {config} --plan plan.json"),
                format!("usher audit {config} --apply plan.json"),
                format!("usher audit {config} --apply plan.json --fix"),
            ],
        };
    }
    Fix {
        sentence: format!(
            "{} An [[audit.actions]] with class = \"{}\" and source = \"{}\" lets a plan do it.",
            code.entry().cure,
            class.word(),
            source.name
        ),
        commands: vec![format!("usher audit {config} --report csv > audit.csv")],
    }
}

fn example(found: &Discrepancy) -> String {
    let mut text = found
        .key
        .clone()
        .unwrap_or_else(|| "a row without a key".to_owned());
    let kept = found.of_user.iter().chain(&found.own).map(|(name, value)| {
        let value = crate::configuration::name::text_of_value(value);
        format!("{name} {value}")
    });
    let about = (found.tenant.iter().map(|tenant| format!("tenant {tenant}")))
        .chain(
            found
                .created_at_unix_seconds
                .map(|at| format!("created {}", crate::report::moment(at))),
        )
        .chain(kept);
    let about: Vec<_> = about.collect();
    if !about.is_empty() {
        text = format!("{text} ({})", about.join(", "));
    }
    for difference in &found.differs {
        let said = |value: &Option<String>| {
            value
                .clone()
                .map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
        };
        text = format!(
            "{text}: {} is {} instead of {}",
            difference.field,
            said(&difference.own),
            said(&difference.of_user)
        );
    }
    if found.rows > 1 {
        text = format!("{text}: {} rows", found.rows);
    }
    text
}

fn looked_at(audit: &Audit, stock: &Stock, selection: &Selection) -> Vec<String> {
    let sources = audit.sources.iter().zip(&stock.read);
    let mut lines: Vec<String> = sources
        .map(|(source, extent)| {
            let end = if extent.unread.is_none() {
                "all of it"
            } else {
                "not to its end"
            };
            format!(
                "{}: {} ({end}), {}",
                source.name,
                counted(extent.rows, "row"),
                place(source)
            )
        })
        .collect();
    let only = [
        selection
            .tenant
            .as_ref()
            .map(|tenant| format!("tenant {tenant}")),
        selection.last.map(|last| format!("the {last} newest")),
        selection
            .user
            .as_ref()
            .map(|user| format!("the user {user}")),
    ];
    let only: Vec<_> = only.into_iter().flatten().collect();
    if !only.is_empty() {
        lines.push(format!(
            "only {}; rows that belong to nobody else are not spoken of",
            only.join(", ")
        ));
    }
    lines
}

fn of_tenants(tenants: &BTreeMap<String, BTreeMap<Class, u64>>) -> Vec<String> {
    let mut lines: Vec<String> = (tenants.iter().take(MOST_TENANTS))
        .map(|(tenant, counts)| {
            let counts: Vec<_> = counts
                .iter()
                .map(|(class, count)| format!("{count} {}", class.word()))
                .collect();
            format!("tenant {tenant}: {}", counts.join(", "))
        })
        .collect();
    if tenants.len() > MOST_TENANTS {
        lines.push(format!(
            "and {} more tenants: `usher audit --report json` lists all",
            tenants.len() - MOST_TENANTS
        ));
    }
    lines
}

fn unlooked(audit: &Audit, stock: &Stock) -> rusqlite::Result<Vec<Unlooked>> {
    let sources = audit.sources.iter().zip(&stock.read);
    let unread = sources.filter_map(|(source, extent)| {
        let why = extent.unread.as_ref()?;
        Some(Unlooked {
            at: source.name.clone(),
            why: format!("{why}; nothing is called missing there, and nothing too much beside it"),
        })
    });
    Ok(unread.chain(not_understood(audit, stock)?).collect())
}

/// Sources whose rows are there, and cannot be told from each other.
fn not_understood(audit: &Audit, stock: &Stock) -> rusqlite::Result<Vec<Unlooked>> {
    let mut unlooked = Vec::new();
    for (at, source) in audit.sources.iter().enumerate() {
        let is_by_its_key = |child: &Source| {
            let link = child.link.as_ref();
            link.is_some_and(|link| link.to == at && is_by_key(audit, link))
        };
        let leads = source.link.is_none() || audit.sources.iter().any(is_by_its_key);
        let without = stock.shelf.without_key(at)?;
        let rows = stock.read.get(at).map_or(0, |extent| extent.rows);
        let key = source.key.field.as_str();
        let why = if rows == 0 && source.link.is_none() && stock.is_complete(at) {
            "there is no row at all, so there was nothing to hold against".to_owned()
        } else if without > 0 && (leads || without == rows) {
            format!(
                "{} of {rows} without anything at `{key}`, the key; nothing is called too much beside it",
                counted(without, "row")
            )
        } else {
            continue;
        };
        unlooked.push(Unlooked {
            at: source.name.clone(),
            why,
        });
    }
    Ok(unlooked)
}

/// Whoever is asked for and is nowhere.
fn unknown_user(
    audit: &Audit,
    stock: &Stock,
    selection: &Selection,
) -> rusqlite::Result<Option<Unlooked>> {
    let Some(user) = &selection.user else {
        return Ok(None);
    };
    for (at, _) in audit.sources.iter().enumerate() {
        let query = format!(
            "SELECT 1 FROM s{at} WHERE key = ?1 OR lower(key) = lower(?1) OR EXISTS (SELECT 1 FROM json_each(kept) WHERE lower(value) = lower(?1)) LIMIT 1"
        );
        if stock
            .shelf
            .database
            .prepare(&query)?
            .exists([user.trim()])?
        {
            return Ok(None);
        }
    }
    Ok(Some(Unlooked {
        at: format!("the user {user}"),
        why: "no source has a row with this key, and none keeps it of a row (`keep`)".to_owned(),
    }))
}

/// Where the rows came from.
fn place(source: &Source) -> String {
    match &source.reader {
        Reader::Csv(path) | Reader::Ndjson(path) | Reader::Json { path, .. } => {
            path.display().to_string()
        }
        Reader::Http(_) => format!("the list of {}", source.name),
        Reader::Pds { .. } => "com.atproto.sync.listRepos".to_owned(),
        Reader::Mongodb {
            place, collection, ..
        } => format!("{collection} of {}", place.origin.in_a_shell()),
        Reader::Sql { place, .. } => place.to_string(),
    }
}

const EXAMPLES: usize = 5;
const MOST_TENANTS: usize = 20;
