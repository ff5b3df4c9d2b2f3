//! The users of Auth0: its search gives the first thousand rows of what is asked for and nothing behind them (auth0.com/docs, "Search
//! users"), so further on is asked for what was created from the last row on.

use std::collections::BTreeSet;

use reqwest::Url;
use serde_json::Value;

use super::{value_of, with};

/// How far the windows have come.
#[derive(Debug, Default)]
pub(super) struct Windows {
    /// Whose rows the window before this one gave, of those that this one begins with.
    given: BTreeSet<String>,
    /// From when on this window asks.
    from: String,
    /// When the last row was created, and who was created just then.
    last: String,
    at_last: BTreeSet<String>,
}

impl Windows {
    /// What it has to know of a row.
    pub(super) const MEMBERS: [&str; 2] = ["user_id", "created_at"];

    /// The next page, if there is one before the next window begins.
    pub(super) fn within(url: &Url) -> Option<Url> {
        let page: usize = value_of(url, "page")?.parse().ok()?;
        let is_last = (page + 2) * PER_PAGE > MOST_ROWS;
        (!is_last).then(|| with(url.clone(), "page", &(page + 1).to_string()))
    }

    /// The rows that no page has given yet, and where the next page is; or the moment at which too many were created.
    pub(super) fn next(
        &mut self,
        url: &Url,
        rows: Vec<Value>,
    ) -> Result<(Vec<Value>, Option<Url>), String> {
        let is_full = rows.len() >= PER_PAGE;
        let mut fresh = Vec::with_capacity(rows.len());
        for row in rows {
            let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            let (id, created) = (text("user_id").to_owned(), text("created_at"));
            if created != self.last {
                created.clone_into(&mut self.last);
                self.at_last.clear();
            }
            let is_known = created == self.from && self.given.contains(&id);
            self.at_last.insert(id);
            if !is_known {
                fresh.push(row);
            }
        }
        if !is_full {
            return Ok((fresh, None));
        }
        if let Some(next) = Self::within(url) {
            return Ok((fresh, Some(next)));
        }
        if self.last == self.from {
            return Err(self.from.clone());
        }
        self.from.clone_from(&self.last);
        self.given = std::mem::take(&mut self.at_last);
        self.at_last.clone_from(&self.given);
        let query = format!("created_at:[{} TO *]", self.from);
        let window = with(url.clone(), "q", &query);
        Ok((fresh, Some(with(window, "page", "0"))))
    }
}

/// As many as Auth0 gives in a page, and in all.
pub(crate) const PER_PAGE: usize = 100;
const MOST_ROWS: usize = 1000;
