//! Which names are known at which point of a run, so that a template that nothing will ever fill is found before anything is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::configuration::mistake::Mistake;
use crate::configuration::name::{BuiltIn, Name};
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::suggestion::closest;

/// The names that are known so far.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    known: BTreeSet<Name>,
    /// Names that cannot be captured, because they have a meaning already.
    taken: BTreeSet<Name>,
    /// Where in the file each name is captured, earlier or later.
    captured_in: BTreeMap<String, &'static str>,
}

impl Scope {
    /// With the built-in names that have a value in this deployment, and the secrets.
    pub(super) fn new(
        built_in: &[BuiltIn],
        secrets: impl IntoIterator<Item = Name>,
        captured_in: BTreeMap<String, &'static str>,
    ) -> Self {
        let secrets: BTreeSet<Name> = secrets.into_iter().collect();
        let named = |built_in: &BuiltIn| built_in.name();
        Self {
            known: built_in.iter().map(named).chain(secrets.clone()).collect(),
            taken: BuiltIn::ALL.iter().map(named).chain(secrets).collect(),
            captured_in,
        }
    }

    /// This name is known from now on.
    pub(super) fn learn(&mut self, name: Name) {
        self.known.insert(name);
    }

    /// Holds a template against what is known.
    pub(super) fn hold<'a>(
        &self,
        reading: &Reading<'_>,
        span: &Range<usize>,
        names: impl IntoIterator<Item = &'a Name>,
    ) -> Result<(), Mistake> {
        match names.into_iter().find(|name| !self.known.contains(name)) {
            None => Ok(()),
            Some(name) => {
                let (sentence, cure) = self.about(name);
                Err(reading.mistake_at(&reading.place_of(name, span), sentence, Some(cure)))
            }
        }
    }

    /// The name of a capture.
    pub(super) fn capture(
        &mut self,
        reading: &Reading<'_>,
        written: &Placed<String>,
    ) -> Result<Name, Mistake> {
        let name = Name::parse(&written.value)
            .map_err(|error| reading.mistake(written, error.to_string(), None))?;
        if self.taken.contains(&name) {
            let sentence = format!("`{name}` has a meaning already");
            let cure = "capture it under another name".to_owned();
            return Err(reading.mistake(written, sentence, Some(cure)));
        }
        self.learn(name.clone());
        Ok(name)
    }

    /// A name for a part of a row: any that does not stand for something here already.
    pub(super) fn name(
        &mut self,
        reading: &Reading<'_>,
        written: &Placed<String>,
    ) -> Result<Name, Mistake> {
        let name = Name::parse(&written.value)
            .map_err(|error| reading.mistake(written, error.to_string(), None))?;
        if self.known.contains(&name) {
            let sentence = format!("`{name}` has a meaning already");
            let cure = "give it another name".to_owned();
            return Err(reading.mistake(written, sentence, Some(cure)));
        }
        self.learn(name.clone());
        Ok(name)
    }

    /// What is wrong with a name that is not known, and the cure.
    fn about(&self, name: &Name) -> (String, String) {
        if let Some((key, cure)) = in_target(name) {
            let sentence = format!("`{name}` is used here, but [target] has no `{key}`");
            return (sentence, cure.to_owned());
        }
        if *name == BuiltIn::Token.name() {
            return (
                "`{token}` is used before the log-in has given it".to_owned(),
                "only requests after [log_in] can use it".to_owned(),
            );
        }
        if let Some(table) = self.captured_in.get(name.as_str()) {
            return (
                format!("`{name}` is not known here: it is captured in {table}"),
                "use it in requests after that one; [remove_user] can use what [register] and [log_in] capture, because it also runs when \
                 a later step failed"
                    .to_owned(),
            );
        }
        let sentence = format!("nothing fills `{name}`");
        let right = closest(name.as_str(), self.known.iter().map(Name::as_str));
        let cure = right.map_or_else(
            || {
                let known = self.known.iter().map(|known| format!("`{known}`"));
                format!(
                    "known here are {}; `capture` of an earlier request or [secrets] give more, and `{{{{` is the brace itself",
                    known.collect::<Vec<_>>().join(", ")
                )
            },
            |right| format!("did you mean `{{{right}}}`?"),
        );
        (sentence, cure)
    }
}

/// The key of `[target]` that gives this name its value, and what to do where it is not there.
fn in_target(name: &Name) -> Option<(&'static str, &'static str)> {
    if *name == BuiltIn::Identity.name() {
        return Some(("identity", "add `identity = \"https://…\"` to [target]"));
    }
    (*name == BuiltIn::Gate.name()).then_some((
        "gate",
        "say `{app}`, which is where users reach their app with or without a gate",
    ))
}
