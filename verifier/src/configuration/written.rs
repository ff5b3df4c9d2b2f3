//! Texts that a preset writes for the operator: addresses, headers and pointers which may name what is known.

use std::ops::Range;

use crate::configuration::address::UrlTemplate;
use crate::configuration::mistake::Mistake;
use crate::configuration::name::Name;
use crate::configuration::placed::Placed;
use crate::configuration::reading::Reading;
use crate::configuration::scope::Scope;
use crate::configuration::template::Template;
use crate::configuration::value::JsonPointer;

/// What such texts are judged by, and where a mistake in one of them is said to be.
pub(super) struct Written<'a> {
    pub(super) reading: &'a Reading<'a>,
    pub(super) scope: &'a Scope,
    /// What needs them.
    pub(super) place: &'a Range<usize>,
}

impl Written<'_> {
    pub(super) fn template(&self, at: &Placed<String>, text: &str) -> Result<Template, Mistake> {
        let template =
            Template::parse(text).map_err(|error| self.wrong(&at.span, &error.to_string()))?;
        self.scope.hold(self.reading, &at.span, template.names())?;
        Ok(template)
    }

    pub(super) fn address(
        &self,
        at: Option<&Placed<String>>,
        text: &str,
    ) -> Result<UrlTemplate, Mistake> {
        let place = at.map_or(self.place, |at| &at.span);
        let template = UrlTemplate::parse(text).map_err(|error| self.wrong(place, &error))?;
        self.scope.hold(self.reading, place, template.names())?;
        Ok(template)
    }

    pub(super) fn pointer(&self, text: &str) -> Result<JsonPointer, Mistake> {
        JsonPointer::parse(text.to_owned()).map_err(|error| self.wrong(self.place, &error))
    }

    pub(super) fn own(&self, name: &str) -> Result<Name, Mistake> {
        Name::parse(name).map_err(|error| self.wrong(self.place, &error.to_string()))
    }

    pub(super) fn wrong(&self, place: &Range<usize>, sentence: &str) -> Mistake {
        self.reading.mistake_at(place, sentence.to_owned(), None)
    }
}
