//! Lists, which the gate gives a page at a time.

use policy::contract::directory::MOST_ROWS;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::arguments::operator::Limit;
use crate::operator::desk::{Desk, understood};
use crate::operator::failure::Failure;

/// A list of the admin API: where it is, and the member that holds the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct List<'a> {
    pub(super) path: &'a [&'a str],
    pub(super) name: &'static str,
}

/// As many rows of a list as were asked for.
#[derive(Debug)]
pub(super) struct Rows {
    name: &'static str,
    pub(super) found: Vec<Value>,
    pub(super) total: u64,
    /// What the next page begins after, if there is one.
    next: Option<String>,
}

impl Desk<'_> {
    /// Follows the pages of a list until there are as many rows as asked for, or no more.
    pub(super) async fn rows(
        &self,
        list: List<'_>,
        filters: &[(&str, Option<&str>)],
        limit: Limit,
    ) -> Result<Rows, Failure> {
        let most = usize::try_from(limit.limit).unwrap_or(usize::MAX);
        let mut read = Rows {
            name: list.name,
            found: Vec::new(),
            total: 0,
            next: None,
        };
        loop {
            let wanted = (most - read.found.len()).min(MOST_ROWS).to_string();
            let mut query = vec![("limit", wanted.as_str())];
            query.extend(
                filters
                    .iter()
                    .filter_map(|(name, value)| Some((*name, (*value)?))),
            );
            let after = read.next.take();
            query.extend(after.as_deref().map(|after| ("after", after)));
            let page = self.get(list.path, &query).await?;
            let rows = page.get(list.name).and_then(Value::as_array);
            let total = page.get("total").and_then(Value::as_u64);
            let (Some(rows), Some(total)) = (rows, total) else {
                return Err(Failure::not_understood(list.path.join("/")));
            };
            read.total = total;
            read.found
                .extend(rows.iter().take(most - read.found.len()).cloned());
            read.next = page.get("next").and_then(Value::as_str).map(str::to_owned);
            let ends = read.next.is_none() || read.next == after || rows.is_empty();
            if ends || read.found.len() >= most {
                return Ok(read);
            }
        }
    }
}

impl Rows {
    pub(super) fn understood<T: DeserializeOwned>(&self) -> Result<Vec<T>, Failure> {
        self.found.iter().map(understood).collect()
    }

    /// Keeps the rows up to the first that is not wanted, in a list of which all that follow are not wanted either.
    pub(super) fn keep_while(&mut self, is_wanted: impl Fn(&Value) -> bool) {
        let Some(end) = self.found.iter().position(|row| !is_wanted(row)) else {
            return;
        };
        self.found.truncate(end);
        self.total = end as u64;
        self.next = None;
    }

    /// As the gate gives one page.
    pub(super) fn json(&self) -> Value {
        json!({ self.name: self.found, "total": self.total, "next": self.next })
    }

    /// What stands below the table.
    pub(super) fn foot(&self, noun: &str) -> String {
        let shown = self.found.len() as u64;
        match self.total {
            0 => format!("no {noun}\n"),
            total if self.next.is_none() && shown == total => String::new(),
            total => format!("\n{shown} of {total} {noun}; --limit {total} shows all\n"),
        }
    }
}
