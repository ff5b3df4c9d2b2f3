//! What operators look up: people, orgs, invitations, sessions, events. The database writes the JSON that they read
//! (`policy::contract` says its shape), so no row is taken apart on the way.

use super::{ChangeRefused, RECORD, Registry, number, text};
use crate::database::Value;

/// Something operators list. Each is read newest or first by its key, a page at a time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum List {
    Events,
    History,
    Instances,
    Invitations,
    Members,
    Orgs,
    Sessions,
    Users,
}

/// A value that rows are compared with.
pub(crate) struct Filter {
    /// SQL with `{}` where the value's parameter goes.
    condition: &'static str,
    value: Compared,
}

enum Compared {
    Number(u64),
    Text(String),
}

impl Filter {
    pub(crate) fn text(condition: &'static str, value: &str) -> Self {
        Self {
            condition,
            value: Compared::Text(value.to_owned()),
        }
    }

    pub(crate) fn number(condition: &'static str, value: u64) -> Self {
        Self {
            condition,
            value: Compared::Number(value),
        }
    }

    fn value(&self) -> Value<'_> {
        match &self.value {
            Compared::Number(value) => number(*value),
            Compared::Text(value) => text(value),
        }
    }
}

/// What the key of a list is made of.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Order {
    Id,
    Number,
    /// Eleven digits of a time, and an id after a colon.
    TimeAndId,
}

/// How a list is read.
struct Shape {
    /// The member of the answer that holds the rows.
    name: &'static str,
    /// The JSON of one row.
    row: &'static str,
    from: &'static str,
    /// What rows are ordered by and pages are continued from: unique.
    key: &'static str,
    order: Order,
    descending: bool,
}

impl List {
    /// Whether a page can begin after this: what is no place in the list would look like its end.
    pub(crate) fn has_place(self, after: &str) -> bool {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self.shape().order {
            Order::Id => !after.is_empty(),
            Order::Number => after.len() <= 16 && digits(after),
            Order::TimeAndId => after
                .split_once(':')
                .is_some_and(|(time, id)| time.len() == 11 && digits(time) && !id.is_empty()),
        }
    }

    const fn shape(self) -> Shape {
        match self {
            Self::Events => Shape {
                name: "events",
                row: "'id', id, 'at', at, 'event', event, 'user', user_id, 'email', email, 'org', org, 'issuer', issuer,
                      'provider', provider, 'instance', instance, 'ip', ip, 'user_agent', user_agent, 'reason', reason,
                      'request_id', request_id, 'actor', actor, 'why', why, 'details', json(details)",
                from: "events",
                key: "id",
                order: Order::Number,
                descending: true,
            },
            Self::History => Shape {
                name: "history",
                row: "'version', version, 'from', from_status, 'to', to_status, 'at', at, 'actor', actor, 'why', why",
                from: "status_history",
                key: "version",
                order: Order::Number,
                descending: true,
            },
            Self::Instances => Shape {
                name: "instances",
                row: "'id', id, 'url', url, 'status', status, 'suspended_from', suspended_from, 'since', since,
                      'version', version, 'user', user_id,
                      'issuer', (SELECT issuer FROM identities WHERE identities.user_id = instances.user_id LIMIT 1),
                      'subject', (SELECT subject FROM identities WHERE identities.user_id = instances.user_id LIMIT 1),
                      'addresses', json((SELECT json_group_array(address) FROM addresses WHERE instance_id = instances.id)),
                      'org', (SELECT org_id FROM instance_orgs WHERE instance_id = instances.id)",
                from: "instances",
                key: "printf('%011d:%s', since, id)",
                order: Order::TimeAndId,
                descending: false,
            },
            Self::Invitations => Shape {
                name: "invitations",
                row: "'id', id, 'email', email, 'org', org_id, 'role', role, 'created_at', created_at,
                      'expires_at', expires_at, 'accepted_at', accepted_at, 'accepted_by', accepted_by,
                      'revoked_at', revoked_at",
                from: "invitations",
                key: "id",
                order: Order::Id,
                descending: false,
            },
            Self::Members => Shape {
                name: "members",
                row: "'user', user_id, 'email', users.email, 'role', members.role, 'since', since",
                from: "members JOIN users ON users.id = user_id",
                key: "user_id",
                order: Order::Id,
                descending: false,
            },
            Self::Orgs => Shape {
                name: "orgs",
                row: "'id', id, 'name', name, 'default_role', default_role, 'created_at', created_at,
                      'domains', json((SELECT json_group_array(domain) FROM allowed_domains WHERE org_id = orgs.id)),
                      'members', (SELECT count(*) FROM members WHERE org_id = orgs.id)",
                from: "orgs",
                key: "id",
                order: Order::Id,
                descending: false,
            },
            Self::Sessions => Shape {
                name: "sessions",
                row: "'id', id, 'user', user_id, 'issuer', issuer, 'provider', provider, 'started_at', started_at,
                      'last_activity_at', last_activity_at, 'ended_at', ended_at, 'ended_by', ended_by,
                      'duration_seconds', ifnull(ended_at, last_activity_at) - started_at,
                      'expires_at', expires_at, 'ip', ip, 'user_agent', user_agent",
                from: "sessions",
                key: "printf('%011d:%s', started_at, id)",
                order: Order::TimeAndId,
                descending: true,
            },
            Self::Users => Shape {
                name: "users",
                row: "'id', id, 'email', email, 'org', org,
                      'role', iif(role = 'platform_owner', role,
                                  ifnull((SELECT members.role FROM members WHERE user_id = users.id AND org_id = org), role)),
                      'membership', iif(requires_invitation, 'needs_invitation', 'member'), 'created_at', created_at,
                      'orgs', json((SELECT json_group_array(json_object('org', org_id, 'role', members.role))
                                    FROM members WHERE user_id = users.id)),
                      'identities', json((SELECT json_group_array(json_object('issuer', issuer, 'subject', subject))
                                          FROM identities WHERE user_id = users.id)),
                      'instance', (SELECT id FROM instances WHERE user_id = users.id),
                      'status', (SELECT status FROM instances WHERE user_id = users.id)",
                from: "users",
                key: "id",
                order: Order::Id,
                descending: false,
            },
        }
    }
}

impl Registry<'_> {
    /// The one row that matches as JSON text.
    pub(crate) async fn only(&self, list: List, filter: Filter) -> Result<String, ChangeRefused> {
        let Shape { row, from, .. } = list.shape();
        let condition = filter.condition.replace("{}", "?1");
        let sql = format!("SELECT json_object({row}) AS record FROM {from} WHERE {condition}");
        let statement = self.database.prepare(&sql).bind(&[filter.value()]);
        let record: Option<String> = statement.first(RECORD).await?;
        record.ok_or(ChangeRefused::NotFound)
    }

    /// One page of a list as JSON text: the rows, how many there are in all, and what the next page begins after.
    pub(crate) async fn list(
        &self,
        list: List,
        filters: &[Filter],
        after: Option<&str>,
        limit: usize,
    ) -> Result<String, ChangeRefused> {
        let shape = list.shape();
        let (beyond, order, back) = if shape.descending {
            ("<", "DESC", "ASC")
        } else {
            (">", "ASC", "DESC")
        };
        let mut values = vec![number(limit as u64)];
        let mut matching = "true".to_owned();
        for filter in filters {
            values.push(filter.value());
            matching.push_str(" AND ");
            matching.push_str(
                &filter
                    .condition
                    .replace("{}", &format!("?{}", values.len())),
            );
        }
        let Shape {
            name,
            row,
            from,
            key,
            ..
        } = shape;
        let mut page = matching.clone();
        if let Some(after) = after {
            values.push(text(after));
            let position = values.len();
            let value = match shape.order {
                Order::Number => format!("CAST(?{position} AS INTEGER)"),
                Order::Id | Order::TimeAndId => format!("?{position}"),
            };
            page = format!("{page} AND {key} {beyond} {value}");
        }
        // One row more than is shown says whether there is a next page.
        let sql = format!(
            "WITH page AS (SELECT {key} AS page_key, json_object({row}) AS page_row FROM {from} WHERE {page}
                           ORDER BY page_key {order} LIMIT ?1 + 1),
                  shown AS (SELECT * FROM page ORDER BY page_key {order} LIMIT ?1)
             SELECT json_object(
                 '{name}', (SELECT json_group_array(json(page_row)) FROM shown),
                 'total', (SELECT count(*) FROM {from} WHERE {matching}),
                 'next', iif((SELECT count(*) FROM page) > ?1,
                             (SELECT CAST(page_key AS TEXT) FROM shown ORDER BY page_key {back} LIMIT 1),
                             NULL)) AS record"
        );
        let statement = self.database.prepare(&sql).bind(&values);
        let record: Option<String> = statement.first(RECORD).await?;
        record.ok_or(ChangeRefused::NotFound)
    }
}
