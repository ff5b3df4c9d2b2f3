//! What is written down: one row for each log-in and each change, in the same transaction as the change itself.

use policy::event::EventKind;
use policy::standing::Identity;
use policy::time::Moment;

use super::{Registry, number, optional, text};
use crate::database::{Statement, Value};

/// Where and for whom something was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion<'a> {
    pub(crate) at: Moment,
    pub(crate) request_id: &'a str,
    pub(crate) ip: Option<&'a str>,
    pub(crate) user_agent: Option<&'a str>,
    /// Which operator did it; nobody where a visitor did.
    pub(crate) actor: Option<&'a str>,
    /// What the operator gave as the reason.
    pub(crate) why: Option<&'a str>,
}

/// What is written down about one thing.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Entry<'a> {
    /// The user it is about, by id, or by their identity.
    pub(crate) user: Option<&'a str>,
    pub(crate) identity: Option<&'a Identity>,
    pub(crate) email: Option<&'a str>,
    pub(crate) org: Option<&'a str>,
    pub(crate) provider: Option<&'a str>,
    pub(crate) instance: Option<&'a str>,
    /// Why it failed.
    pub(crate) reason: Option<&'a str>,
    /// Anything else, as JSON.
    pub(crate) details: Option<&'a str>,
}

const EVENT: &str = "
    INSERT INTO events (at, event, user_id, email, org, issuer, provider, instance, ip, user_agent, reason, request_id,
                        actor, why, details)
    SELECT ?1, ?2, coalesce(?3, (SELECT user_id FROM identities WHERE issuer = ?6 AND subject = ?15)), ?4, ?5, ?6, ?7, ?8,
           ?9, ?10, ?11, ?12, ?13, ?14, ?16";

impl Registry<'_> {
    /// The statement that writes it down.
    pub(super) fn event(
        &self,
        kind: EventKind,
        entry: &Entry<'_>,
        occasion: &Occasion<'_>,
    ) -> Statement {
        self.event_where("true", &[], kind, entry, occasion)
    }

    /// The same where a condition holds. It may read `?3`, the user, and its own values from `?17` on.
    pub(super) fn event_where(
        &self,
        condition: &str,
        more: &[Value<'_>],
        kind: EventKind,
        entry: &Entry<'_>,
        occasion: &Occasion<'_>,
    ) -> Statement {
        let statement = self.database.prepare(&format!("{EVENT} WHERE {condition}"));
        let mut values = vec![
            number(occasion.at.unix_millis()),
            text(kind.word()),
            optional(entry.user),
            optional(entry.email),
            optional(entry.org),
            optional(entry.identity.map(|identity| identity.issuer.as_str())),
            optional(entry.provider),
            optional(entry.instance),
            optional(occasion.ip),
            optional(occasion.user_agent),
            optional(entry.reason),
            text(occasion.request_id),
            optional(occasion.actor),
            optional(occasion.why),
            optional(entry.identity.map(|identity| identity.subject.as_str())),
            optional(entry.details),
        ];
        values.extend(more);
        statement.bind(&values)
    }
}
