//! `[instance]` of usher.toml: what is fetched of the user's app.

use crate::configuration::address::{UrlPath, UrlTemplate};
use crate::configuration::file::InstanceTable;
use crate::configuration::mistake::Mistake;
use crate::configuration::reading::Reading;
use crate::configuration::scope::Scope;
use crate::configuration::template::Template;

/// `[instance]`: what is fetched of the user's app.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) at: InstanceAt,
    pub(crate) contains: Option<Template>,
    pub(crate) health: Option<UrlPath>,
}

/// Where the user's app is.
#[derive(Clone, Debug)]
pub(crate) enum InstanceAt {
    /// At the front, which is the same for everybody.
    Path(UrlPath),
    /// At an address of its own.
    Url(UrlTemplate),
}

impl Instance {
    /// The path at the front; where everybody has an address of their own, there is none.
    pub(crate) fn path(&self) -> UrlPath {
        match &self.at {
            InstanceAt::Path(path) => path.clone(),
            InstanceAt::Url(_) => UrlPath::default(),
        }
    }
}

impl InstanceTable {
    pub(super) fn complete(
        self,
        reading: &Reading<'_>,
        has_gate: bool,
        scope: &Scope,
    ) -> Result<Instance, Mistake> {
        let at = match (self.path, self.url) {
            (None, None) => InstanceAt::Path(UrlPath::default()),
            (Some(path), None) => InstanceAt::Path(path.value),
            (None, Some(url)) if !has_gate => {
                scope.hold(reading, &url.span, url.value.names())?;
                InstanceAt::Url(url.value)
            }
            (None, Some(url)) => {
                let sentence = "through a gate, everybody's app is at the gate's own address";
                let cure = "give `path` in place of `url`".to_owned();
                return Err(reading.mistake(&url, sentence.to_owned(), Some(cure)));
            }
            (Some(_), Some(url)) => {
                let sentence = "[instance] has either `path` or `url`".to_owned();
                return Err(reading.mistake(&url, sentence, None));
            }
        };
        if let Some(contains) = &self.contains {
            scope.hold(reading, &contains.span, contains.value.names())?;
        }
        Ok(Instance {
            at,
            contains: self.contains.map(|contains| contains.value),
            health: self.health,
        })
    }
}
