//! The e-mail addresses of users that a list has by their ids only: a person looks for people.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use policy::contract::directory::{MOST_ROWS, UserRecord};

use crate::arguments::ReportFormat;
use crate::arguments::operator::Limit;
use crate::operator::desk::{Desk, understood};
use crate::operator::users::USERS;

/// Addresses by the ids of users.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// Looks up whom a list names, and nobody else: in one page of the users where that holds all of them, and otherwise each by id.
    /// Whoever cannot be looked up keeps their id, so that a list is shown all the same.
    pub(super) async fn of<'a>(
        desk: &Desk<'_>,
        users: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        let mut names = Self::default();
        let mut wanted: BTreeSet<&str> = match desk.connection.report {
            ReportFormat::Human => users.into_iter().flatten().collect(),
            // A program is given what the API gives.
            ReportFormat::Json => return names,
        };
        if wanted.len() > FEW {
            let page = Limit {
                limit: u32::try_from(MOST_ROWS).unwrap_or(u32::MAX),
            };
            let page = desk.rows(USERS, &[], page).await;
            let page = page.and_then(|page| page.understood());
            names.learn(page.unwrap_or_default());
            wanted.retain(|id| !names.0.contains_key(*id));
        }
        let found = stream::iter(wanted).map(async |id| {
            let json = desk.get(&["users", id], &[]).await.ok()?;
            understood::<UserRecord>(&json).ok()
        });
        let found: Vec<_> = found.buffer_unordered(AT_ONCE).collect().await;
        names.learn(found.into_iter().flatten());
        names
    }

    /// The address of this user, if there is one.
    pub(super) fn known(&self, user: &str) -> Option<&str> {
        self.0.get(user).map(String::as_str)
    }

    /// The address where it is known, else the id.
    pub(super) fn shown(&self, user: &str) -> String {
        self.known(user).unwrap_or(user).to_owned()
    }

    fn learn(&mut self, users: impl IntoIterator<Item = UserRecord>) {
        let named = users.into_iter();
        self.0
            .extend(named.filter_map(|user| Some((user.id, user.email?))));
    }
}

/// As many are asked for one by one rather than with everybody else.
const FEW: usize = 4;

/// As many questions at a time: quick enough for a page, and no burden to a registry.
const AT_ONCE: usize = 8;
