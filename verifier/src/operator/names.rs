//! The e-mail addresses of users that a list has by their ids only: a person looks for people.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, stream};
use policy::contract::directory::{MOST_ROWS, UserRecord};

use crate::arguments::ReportFormat;
use crate::arguments::operator::Limit;
use crate::operator::desk::{Desk, understood};
use crate::operator::users::USERS;

/// Addresses by the ids of users; none for whoever has none, or is not there any more.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, Option<String>>);

impl Names {
    /// Those of whom a list names, and of nobody else.
    pub(super) async fn of<'a>(
        desk: &Desk<'_>,
        users: impl IntoIterator<Item = Option<&'a str>>,
    ) -> Self {
        let mut names = Self::default();
        names.look_up(desk, users).await;
        names
    }

    /// Looks up who is not known yet: in one page of the users where that holds all of them, and otherwise each by id. Whoever cannot be
    /// looked up keeps their id, so that a list is shown all the same.
    pub(super) async fn look_up<'a>(
        &mut self,
        desk: &Desk<'_>,
        users: impl IntoIterator<Item = Option<&'a str>>,
    ) {
        let users = users.into_iter().flatten();
        let mut wanted: BTreeSet<&str> = match desk.connection.report {
            ReportFormat::Human => users.filter(|id| !self.0.contains_key(*id)).collect(),
            // A program is given what the API gives.
            ReportFormat::Json => return,
        };
        if wanted.len() > FEW {
            let page = Limit {
                limit: u32::try_from(MOST_ROWS).unwrap_or(u32::MAX),
            };
            let page = desk.rows(USERS, &[], page).await;
            let page: Vec<UserRecord> = page.and_then(|page| page.understood()).unwrap_or_default();
            self.0
                .extend(page.into_iter().map(|user| (user.id, user.email)));
            wanted.retain(|id| !self.0.contains_key(*id));
        }
        let found = stream::iter(wanted).map(async |id| {
            let json = desk.get(&["users", id], &[]).await.ok();
            let user = json.and_then(|json| understood::<UserRecord>(&json).ok());
            (id.to_owned(), user.and_then(|user| user.email))
        });
        let found: Vec<_> = found.buffer_unordered(AT_ONCE).collect().await;
        self.0.extend(found);
    }

    /// The address of this user, if there is one.
    pub(super) fn known(&self, user: &str) -> Option<&str> {
        self.0.get(user)?.as_deref()
    }

    /// The address where it is known, else the id.
    pub(super) fn shown(&self, user: &str) -> String {
        self.known(user).unwrap_or(user).to_owned()
    }
}

/// As many are asked for one by one rather than with everybody else.
const FEW: usize = 4;

/// As many questions at a time: quick enough for a page, and no burden to a registry.
const AT_ONCE: usize = 8;
