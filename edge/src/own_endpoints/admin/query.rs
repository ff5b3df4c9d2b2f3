//! The query of a list: known parameters only, for a misspelt filter would list everything.

use policy::contract::directory::MOST_ROWS;
use web_sys::UrlSearchParams;

use super::call::Call;
use super::given::Mistake;
use crate::authority::registry::directory::{Filter, List};
use crate::gate::Gate;
use crate::page::Answer;

/// What every list takes besides its filters.
const PAGING: [&str; 2] = ["after", "limit"];

/// The parameters of one call.
pub(super) struct Query(UrlSearchParams);

impl Query {
    /// The query, if it has no parameters but these and those of paging, each once.
    pub(super) fn of(gate: &Gate<'_>, known: &[&str]) -> Result<Self, Mistake> {
        let url = web_sys::Url::new(gate.incoming.uri().as_str());
        let url = url.map_err(|problem| Mistake::Request(crate::fetching::text(&problem)))?;
        let parameters = url.search_params();
        let mut seen: Vec<String> = Vec::new();
        for name in parameters.keys() {
            let name = name.ok().and_then(|name| name.as_string());
            let name = name.unwrap_or_default();
            if !known.contains(&name.as_str()) && !PAGING.contains(&name.as_str()) {
                return Err(Mistake::Request(format!(
                    "the query has `{name}`; known here: {}",
                    [known, &PAGING].concat().join(", ")
                )));
            }
            if seen.contains(&name) {
                return Err(Mistake::Request(format!("the query has `{name}` twice")));
            }
            seen.push(name);
        }
        Ok(Self(parameters))
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name)
    }

    /// A value that must be one of some words.
    pub(super) fn word<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        words: &[&str],
    ) -> Result<Option<T>, Mistake> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        parse(&value).map(Some).ok_or_else(|| {
            Mistake::Request(format!(
                "the query's `{name}` is `{value}`; give one of {}",
                words.join(", ")
            ))
        })
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Mistake> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        // The registry's numbers are JavaScript's on their way there.
        let number = value.parse().ok().filter(|number| *number < 1 << 53);
        number.map(Some).ok_or_else(|| {
            Mistake::Request(format!(
                "the query's `{name}` is `{value}`; give a whole number"
            ))
        })
    }

    /// A time in whole seconds, as everywhere in this API but in `at` of an event.
    pub(super) fn seconds(&self, name: &str) -> Result<Option<u64>, Mistake> {
        let wrong = |value: &dyn std::fmt::Display| {
            Mistake::Request(format!(
                "the query's `{name}` is `{value}`; give whole seconds since the Unix epoch (an event's `at` is milliseconds)"
            ))
        };
        match self.number(name) {
            // The end of the year 9999 in seconds, and a day of 1978 in milliseconds.
            Ok(Some(seconds)) if seconds > 253_402_300_799 => Err(wrong(&seconds)),
            Ok(seconds) => Ok(seconds),
            Err(_) => Err(wrong(&self.get(name).unwrap_or_default())),
        }
    }

    fn limit(&self) -> Result<usize, Mistake> {
        let limit = self.number("limit")?.unwrap_or(MOST_ROWS as u64);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if (1..=MOST_ROWS).contains(&limit) {
            Ok(limit)
        } else {
            Err(Mistake::Request(format!(
                "the query's `limit` is `{limit}`; give 1 to {MOST_ROWS}"
            )))
        }
    }
}

impl Call<'_> {
    /// The query of this call, if it has no parameters but these and those of paging.
    pub(super) fn query(&self, known: &[&str]) -> Result<Query, Mistake> {
        Query::of(self.gate, known)
    }

    /// One page of a list.
    pub(super) async fn page(
        &self,
        list: List,
        query: &Query,
        filters: &[Filter],
    ) -> Result<Answer, Mistake> {
        let after = query.get("after");
        if let Some(after) = &after
            && !list.has_place(after)
        {
            return Err(Mistake::Request(format!(
                "the query's `after` is `{after}`, which is no place in this list; give the `next` of the page before"
            )));
        }
        let limit = query.limit()?;
        let list = self.registry.list(list, filters, after.as_deref(), limit);
        Ok(self.text(list.await?))
    }
}
