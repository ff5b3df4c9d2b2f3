//! From `[audit]` as it is written to what is audited.

use serde::Deserialize;

use crate::configuration::audit::entry::{AuditTable, PendingEntry, SourceEntry};
use crate::configuration::audit::field::Compared;
use crate::configuration::audit::{Agreement, Audit, Link, PendingIf, Source};
use crate::configuration::database::Database;
use crate::configuration::file::{Budget, DatabaseEntry, GateAdmin, SecretPlace, Target};
use crate::configuration::known_to_operators::known_to_operators;
use crate::configuration::mistake::Mistake;
use crate::configuration::name::{BuiltIn, Values};
use crate::configuration::placed::{OwnKeys, Placed};
use crate::configuration::reading::Reading;
use crate::configuration::scope::Scope;
use crate::configuration::secret::{Admin, named_secrets};
use crate::configuration::suggestion::closest;

/// The rest of the file is what `usher verify` needs, and is judged there.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    target: Option<Target>,
    #[serde(default)]
    secrets: OwnKeys<Placed<SecretPlace>>,
    gate_admin: Option<Placed<GateAdmin>>,
    #[serde(default)]
    databases: Vec<DatabaseEntry>,
    #[serde(default)]
    budget: Budget,
    audit: Placed<AuditTable>,
}

/// What the sources and actions of a file have in common.
pub(super) struct Ground<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) scope: Scope,
    pub(super) values: Values,
    pub(super) admin: Option<Admin>,
    pub(super) has_gate: bool,
    databases: Vec<DatabaseEntry>,
}

impl Part {
    pub(super) fn complete(self, reading: &Reading<'_>) -> Result<Audit, Mistake> {
        let secrets = named_secrets(&self.secrets, reading)?;
        let admin = self.gate_admin.map(|admin| admin.complete(reading));
        let (values, known) = known_to_operators(self.target.as_ref(), &secrets);
        let names = secrets.iter().map(|secret| secret.name.clone());
        let ground = Ground {
            reading,
            scope: Scope::new(&known, names, std::collections::BTreeMap::new()),
            values,
            admin: admin.transpose()?,
            has_gate: known.contains(&BuiltIn::Gate),
            databases: self.databases,
        };
        let Placed { span, value: table } = self.audit;
        if !(2..=MOST_SOURCES).contains(&table.sources.len()) {
            let sentence = format!("an audit holds 2 to {MOST_SOURCES} sources against each other");
            let cure = "give [[audit.sources]] for each place that has a row for a user, the one where users begin first";
            return Err(reading.mistake_at(&span, sentence, Some(cure.to_owned())));
        }
        let mut sources = Vec::new();
        for entry in table.sources {
            let source = source(entry, &sources, &ground)?;
            sources.push(source);
        }
        let actions = table.actions.into_iter();
        let actions = actions.map(|entry| super::action::complete(entry, &sources, &ground));
        Ok(Audit {
            path: reading.path.to_owned(),
            actions: actions.collect::<Result<_, _>>()?,
            sources,
            secrets,
            admin: ground.admin,
            values: ground.values,
            request_within: self.budget.request_seconds.duration(),
        })
    }
}

fn source(
    entry: Placed<SourceEntry>,
    before: &[Source],
    ground: &Ground<'_>,
) -> Result<Source, Mistake> {
    let reading = ground.reading;
    let Placed { span, value: entry } = entry;
    if before.iter().any(|source| source.name == entry.name.value) {
        let sentence = format!("there are two sources with the name `{}`", entry.name.value);
        return Err(reading.mistake(&entry.name, sentence, Some("give each its own".to_owned())));
    }
    let reader = super::reader::complete(&entry, &span, ground)?;
    let key = entry.key.complete();
    let link = link(entry.joins.as_ref(), entry.matches, &key, before, reading)?;
    if link.is_none()
        && (!entry.agree.is_empty() || !entry.pending_if.is_empty() || entry.grace.is_some())
    {
        let sentence = "the first source is where users begin: it belongs to none".to_owned();
        let cure = "take `joins`, `matches`, `agree`, `pending_if` and `grace` out, or put it after the source that it belongs to";
        return Err(reading.mistake(&entry.name, sentence, Some(cure.to_owned())));
    }
    let mut scope = ground.scope.clone();
    super::action::learn_own(&mut scope);
    let keep = entry.keep.0.iter();
    let keep = keep.map(|(name, field)| Ok((scope.name(reading, name)?, field.clone())));
    let keep = keep.collect::<Result<_, Mistake>>()?;
    let agree = entry.agree.into_iter().map(|agree| Agreement {
        there: Compared {
            field: agree.with.unwrap_or_else(|| agree.field.clone()),
            way: agree.way,
        },
        here: Compared {
            field: agree.field,
            way: agree.way,
        },
    });
    let pending = entry.pending_if.into_iter();
    let pending = pending.map(|pending| pending_if(pending, link.as_ref(), before, reading));
    Ok(Source {
        name: entry.name.value,
        role: entry.role,
        reader,
        agree: agree.collect(),
        created: entry.created,
        tenant: entry.tenant,
        keep,
        pending_if: pending.collect::<Result<_, _>>()?,
        grace_seconds: entry.grace.map_or(0, |grace| grace.0.seconds),
        key,
        link,
    })
}

/// To whose rows those of a source belong.
fn link(
    joins: Option<&Placed<String>>,
    matches: Option<super::field::Field>,
    key: &Compared,
    before: &[Source],
    reading: &Reading<'_>,
) -> Result<Option<Link>, Mistake> {
    let to = match joins {
        None => 0,
        Some(name) => position(name, before, reading)?,
    };
    Ok(before.get(to).map(|other| Link {
        to,
        matches: Compared {
            field: matches.unwrap_or_else(|| other.key.field.clone()),
            // What does not count here cannot count there: nothing would ever match.
            way: key.way,
        },
    }))
}

fn pending_if(
    entry: PendingEntry,
    link: Option<&Link>,
    before: &[Source],
    reading: &Reading<'_>,
) -> Result<PendingIf, Mistake> {
    let source = match &entry.source {
        None => 0,
        Some(name) => {
            let source = position(name, before, reading)?;
            let up = |at: &usize| Some(before.get(*at)?.link.as_ref()?.to);
            let mut above = std::iter::successors(link.map(|link| link.to), up);
            if !above.any(|above| above == source) {
                let sentence = format!("these rows do not belong to rows of `{}`", name.value);
                let cure = "name the source that `joins` names, or one that this one belongs to";
                return Err(reading.mistake(name, sentence, Some(cure.to_owned())));
            }
            source
        }
    };
    Ok(PendingIf {
        source,
        field: entry.field,
        equals: entry.equals,
    })
}

/// The place of the source with this name among those.
pub(super) fn position(
    name: &Placed<String>,
    sources: &[Source],
    reading: &Reading<'_>,
) -> Result<usize, Mistake> {
    let found = sources.iter().position(|source| source.name == name.value);
    found.ok_or_else(|| {
        let sentence = format!("there is no source `{}` up to here", name.value);
        let right = closest(
            &name.value,
            sources.iter().map(|source| source.name.as_str()),
        );
        let cure = right.map_or_else(
            || "name a source that stands before it".to_owned(),
            |right| format!("did you mean `{right}`?"),
        );
        reading.mistake(name, sentence, Some(cure))
    })
}

impl Ground<'_> {
    /// The database with this name.
    pub(super) fn database(&self, name: &Placed<String>) -> Result<Database, Mistake> {
        let mut known = self.databases.iter();
        let found = known.find(|known| known.name.value == name.value);
        let Some(found) = found else {
            let sentence = format!("there is no [[databases]] with the name `{}`", name.value);
            let names = self.databases.iter().map(|known| known.name.value.as_str());
            let cure = closest(&name.value, names).map_or_else(
                || "add one, or give the name of one that is there".to_owned(),
                |right| format!("did you mean `{right}`?"),
            );
            return Err(self.reading.mistake(name, sentence, Some(cure)));
        };
        found.clone().complete(self.reading)
    }
}

/// As many as fit into a number that says of a row whose absence it explains.
const MOST_SOURCES: usize = 32;
