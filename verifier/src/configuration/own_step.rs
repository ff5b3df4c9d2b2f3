//! `[[steps]]` of usher.toml: requests of the operator's own, made by the logged-in user (incident I5: create a project, see it in the
//! list).

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::configuration::mistake::Mistake;
use crate::configuration::reading::Reading;
use crate::configuration::request::tables::StepTable;
use crate::configuration::request::{Call, Request};
use crate::configuration::scope::Scope;
use crate::steps::StepName;

/// A step of the operator's own.
#[derive(Clone, Debug)]
pub(crate) struct OwnStep {
    pub(crate) name: OwnStepName,
    pub(crate) request: Request,
    /// How what it creates is removed again.
    pub(crate) undo: Option<Call>,
}

/// What it is called; no other step of the run has the same name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OwnStepName(Arc<str>);

impl OwnStepName {
    pub(crate) fn of(name: &str) -> Self {
        Self(Arc::from(name))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OwnStepName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for OwnStepName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Reads the steps in their order.
pub(super) fn own_steps(
    tables: &[StepTable],
    reading: &Reading<'_>,
    scope: &mut Scope,
) -> Result<Vec<OwnStep>, Mistake> {
    let mut steps: Vec<OwnStep> = Vec::new();
    for table in tables {
        let written = &table.name;
        let name = written.value.trim();
        let mistake = |sentence: &str, cure: &str| {
            reading.mistake(written, sentence.to_owned(), Some(cure.to_owned()))
        };
        if name.is_empty() || name.chars().count() > LONGEST || name.chars().any(char::is_control) {
            return Err(mistake(
                "expected a name of 1 to 60 characters in one line",
                "say what the step does, such as `create a project`",
            ));
        }
        let is_same = |other: &str| other.eq_ignore_ascii_case(name);
        if steps.iter().any(|step| is_same(step.name.as_str())) {
            return Err(mistake(
                "another step has this name already",
                "give each step a name of its own: reports tell them apart by it",
            ));
        }
        if StepName::BUILT_IN
            .iter()
            .any(|step| is_same(step.title()) || is_same(&step.word()))
        {
            return Err(mistake(
                "a built-in step has this name already",
                "give it a name of its own: reports tell steps apart by it",
            ));
        }
        let (request, undo) = table.complete(reading, scope)?;
        steps.push(OwnStep {
            name: OwnStepName::of(name),
            request,
            undo,
        });
    }
    Ok(steps)
}

/// A line of a report has 80 columns.
const LONGEST: usize = 60;
