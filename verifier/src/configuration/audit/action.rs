//! `[[audit.actions]]`: what is done about what an audit finds.

use crate::configuration::audit::complete::{Ground, position};
use crate::configuration::audit::entry::ActionEntry;
use crate::configuration::audit::{Acted, Action, Deed, Source};
use crate::configuration::database::Place;
use crate::configuration::mistake::Mistake;
use crate::configuration::name::Name;
use crate::configuration::placed::Placed;
use crate::configuration::scope::Scope;
use crate::configuration::value::Method;

pub(super) fn complete(
    entry: Placed<ActionEntry>,
    sources: &[Source],
    ground: &Ground<'_>,
) -> Result<Action, Mistake> {
    let reading = ground.reading;
    let Placed { span, value: entry } = entry;
    let source = position(&entry.source, sources, reading)?;
    let wrong = |sentence: &str, cure: &str| {
        Err(reading.mistake_at(&span, sentence.to_owned(), Some(cure.to_owned())))
    };
    let here = sources.get(source);
    let above = here.and_then(|here| sources.get(here.link.as_ref()?.to));
    if above.is_none() && entry.class != Acted::Duplicate {
        return wrong(
            "the first source is where users begin: nothing is missing there, and nothing is too much",
            "name the source that lacks the row or has it; only class = \"duplicate\" is for the first one",
        );
    }
    let mut scope = ground.scope.clone();
    learn_own(&mut scope);
    let names = |source: Option<&Source>| -> Vec<Name> {
        let kept = source.into_iter().flat_map(|source| &source.keep);
        kept.map(|(name, _)| name.clone()).collect()
    };
    let learnt = match entry.class {
        Acted::Missing => names(above),
        Acted::Orphan | Acted::Duplicate => names(here),
        Acted::Mismatch => {
            let own = names(here);
            let own = own.iter().filter_map(own_name).chain(own_key());
            names(above).into_iter().chain(own).collect()
        }
    };
    for name in learnt {
        scope.learn(name);
    }
    let deed = match (entry.request, entry.database, entry.sql) {
        (Some(request), None, None) if entry.parameters.is_empty() => {
            let call = request.complete(reading, Method::Post, &mut scope)?;
            Deed::Request(Box::new(call))
        }
        (None, Some(database), Some(sql)) => {
            for parameter in &entry.parameters {
                scope.hold(reading, &parameter.span, parameter.value.names())?;
            }
            let parameters = entry.parameters.into_iter();
            let known = ground.database(&database)?;
            if matches!(known.place, Place::Mongodb(_)) {
                let sentence = format!(
                    "the database `{}` is of MongoDB, which has no SQL",
                    known.name
                );
                let cure = "nothing is written there by hand; give `request`, to what the app itself writes with";
                return Err(reading.mistake(&database, sentence, Some(cure.to_owned())));
            }
            Deed::Sql {
                database: Box::new(known),
                statement: sql.value,
                parameters: parameters.map(|parameter| parameter.value).collect(),
            }
        }
        (_, _, _) => {
            return wrong(
                "an action is either a request or a statement of SQL",
                "give `request`, or `database` with `sql` and its `parameters`",
            );
        }
    };
    Ok(Action {
        class: entry.class,
        source,
        deed,
    })
}

/// The names that every action has.
pub(super) fn learn_own(scope: &mut Scope) {
    for name in [KEY, TENANT, ENTRY] {
        if let Ok(name) = Name::parse(name) {
            scope.learn(name);
        }
    }
}

/// What the row itself calls what the other row has under this name.
pub(crate) fn own_name(name: &Name) -> Option<Name> {
    Name::parse(&format!("own_{}", name.as_str())).ok()
}

fn own_key() -> Option<Name> {
    Name::parse("own_key").ok()
}

pub(crate) const KEY: &str = "key";
pub(crate) const TENANT: &str = "tenant";
pub(crate) const ENTRY: &str = "entry";
