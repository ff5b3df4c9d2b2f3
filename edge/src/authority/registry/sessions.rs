//! Sessions as the registry keeps them: begun by a log-in, touched now and then, ended by their owner or an operator.

use core::time::Duration;

use policy::admission::Visitor;
use policy::door::Knock;
use policy::email::Email;
use policy::event::EventKind;
use policy::session::{SessionKey, SignOuts};

use super::audit::{Entry, Occasion};
use super::{ChangeRefused, Registry, flag, number, optional, text};
use crate::database::Statement;

/// A session's last activity moves at most this often, and only with a token that an isolate verifies anew (`memory`): it is known
/// to some ten minutes.
pub(crate) const ACTIVITY: Duration = Duration::from_mins(5);

/// Of a session whose tokens are renewed elsewhere it is remembered for so long that it has ended: longer than issuers let a
/// log-in last without a new one.
const REMEMBERED: Duration = Duration::from_hours(24 * 30);

const TOUCH: &str = "
    UPDATE sessions SET last_activity_at = ?2, expires_at = max(expires_at, ?3)
    WHERE id = ?1 AND ended_at IS NULL AND last_activity_at + ?4 <= ?2";

/// Only for somebody the registry knows. Who comes again with the same session begins none.
const BEGIN: &str = "
    INSERT INTO sessions (id, user_id, issuer, provider, issued_at, started_at, last_activity_at, expires_at, renewable,
                          ip, user_agent)
    SELECT ?1, user_id, ?2, ?4, ?5, ?6, ?6, ?7, ?8, ?9, ?10 FROM identities WHERE issuer = ?2 AND subject = ?3
    ON CONFLICT DO NOTHING";

/// Seconds, as in `iat`: a log-in in this very second stays possible, and one that was known ends by its key.
const END_BEFORE: &str = "
    INSERT INTO sign_outs (user_id, before) VALUES (?1, ?2)
    ON CONFLICT (user_id) DO UPDATE SET before = max(before, excluded.before)";

const END_EVERY: &str = "
    UPDATE sessions SET ended_at = ?2, ended_by = ?3, expires_at = iif(renewable, ?2 + ?4, expires_at)
    WHERE user_id = ?1 AND ended_at IS NULL";

const END_ONE: &str = "
    UPDATE sessions SET ended_at = ?2, ended_by = ?3, expires_at = iif(renewable, ?2 + ?4, expires_at)
    WHERE id = ?1 AND ended_at IS NULL";

/// Where more have been ended one by one than a standing names, everything up to now is over, this second included: which of
/// several that ended in it are named is nobody's choice.
const END_ALL_IF_MANY: &str = "
    INSERT INTO sign_outs (user_id, before)
    SELECT ?1, ?2 + 1 WHERE (SELECT count(*) FROM sessions
                         WHERE user_id = ?1 AND ended_at IS NOT NULL AND expires_at > ?2) > ?3
    ON CONFLICT (user_id) DO UPDATE SET before = max(before, excluded.before)";

const NEW_VERSION: &str = "UPDATE users SET version = max(version + 1, ?2) WHERE id = ?1";

/// What nobody needs any more goes a little at a time, with every log-in, so that neither table grows without bound and no log-in
/// waits for a big clearing.
const CLEAR: [&str; 2] = [
    "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE at < ?1 * 1000 ORDER BY at LIMIT 100)",
    "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at < ?1 ORDER BY expires_at LIMIT 100)",
];

impl Registry<'_> {
    /// Notes that a log-in was used: the first time a session begins, later its last activity moves. `always` writes the event of
    /// a log-in also for somebody who has no record to hang a session on.
    pub(crate) async fn note_log_in(
        &self,
        visitor: &Visitor,
        always: bool,
        kept: Duration,
        occasion: &Occasion<'_>,
    ) -> Result<(), String> {
        let mut batch = Vec::from(self.log_in(visitor, always, occasion));
        let before = number(occasion.at.minus(kept).unix_seconds());
        for clear in CLEAR {
            let clear = self.database.prepare(clear);
            let clear = clear.bind(core::slice::from_ref(&before));
            batch.push(clear);
        }
        let written = self.database.batch(batch).await;
        written.map_err(|problem| problem.to_string())
    }

    fn log_in(&self, visitor: &Visitor, always: bool, occasion: &Occasion<'_>) -> [Statement; 3] {
        let identity = visitor.identity();
        let key = text(visitor.session().as_str());
        let now = number(occasion.at.unix_seconds());
        // Rounded up: one that was ended is named as long as its token is good (`exp` may have a fraction).
        let until_end = visitor.valid_until().plus(Duration::from_millis(999));
        let expires = number(until_end.unix_seconds());
        let entry = Entry {
            identity: Some(identity),
            email: visitor.email().map(Email::as_str),
            provider: Some(visitor.provider().word()),
            ..Entry::default()
        };
        let new = "NOT EXISTS (SELECT 1 FROM sessions WHERE id = ?17)";
        let known = "EXISTS (SELECT 1 FROM identities WHERE issuer = ?6 AND subject = ?15)";
        let condition = if always {
            new.to_owned()
        } else {
            format!("{new} AND {known}")
        };
        let event = self.event_where(
            &condition,
            core::slice::from_ref(&key),
            EventKind::LoginSuccess,
            &entry,
            occasion,
        );
        let issued_at = visitor.issued_at().unwrap_or(occasion.at);
        let begin = self.database.prepare(BEGIN).bind(&[
            key,
            text(identity.issuer.as_str()),
            text(identity.subject.as_str()),
            text(visitor.provider().word()),
            number(issued_at.unix_seconds()),
            now,
            expires,
            flag(visitor.session_outlives_token()),
            optional(occasion.ip),
            optional(occasion.user_agent),
        ]);
        let touch =
            self.database
                .prepare(TOUCH)
                .bind(&[key, now, expires, number(ACTIVITY.as_secs())]);
        [event, begin, touch]
    }

    /// Writes down that a credential was not accepted for a session. Nothing it says is believed, so nobody is
    /// named; the details are those of the log's line.
    pub(crate) async fn note_failed_log_in(
        &self,
        reason: &str,
        details: Option<&str>,
        occasion: &Occasion<'_>,
    ) -> Result<(), String> {
        let entry = Entry {
            reason: Some(reason),
            details,
            ..Entry::default()
        };
        let statement = self.event(EventKind::LoginFailed, &entry, occasion);
        let written = self.database.batch(vec![statement]).await;
        written.map_err(|problem| problem.to_string())
    }

    /// Ends all sessions of a visitor who logs out; gives everybody they are known as.
    pub(crate) async fn log_out(
        &self,
        visitor: &Visitor,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        let identity = visitor.identity();
        let entry = Entry {
            identity: Some(identity),
            email: visitor.email().map(Email::as_str),
            provider: Some(visitor.provider().word()),
            ..Entry::default()
        };
        let mut batch = vec![self.event(EventKind::Logout, &entry, occasion)];
        let mut knocks = vec![Knock::own(identity.clone())];
        if let Some(user) = self.user_of(identity).await? {
            knocks = self.knocks_of(&user).await?;
            // This very session may never have been written down; then it could not be named among those that are over.
            let [_event, begin, _touch] = self.log_in(visitor, false, occasion);
            batch.push(begin);
            batch.extend(self.sign_out(&user, "its owner", occasion));
        }
        self.database.batch(batch).await?;
        Ok(knocks)
    }

    /// Ends all sessions of a user, for an operator.
    pub(crate) async fn end_sessions(
        &self,
        user: &str,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        let knocks = self.knocks_of(user).await?;
        let entry = Entry {
            user: Some(user),
            ..Entry::default()
        };
        let mut batch = vec![self.event(EventKind::SessionsEnded, &entry, occasion)];
        batch.extend(self.sign_out(user, occasion.actor.unwrap_or_default(), occasion));
        self.database.batch(batch).await?;
        Ok(knocks)
    }

    /// Ends one session, for an operator; gives whose it was.
    pub(crate) async fn end_session(
        &self,
        session: &SessionKey,
        occasion: &Occasion<'_>,
    ) -> Result<Vec<Knock>, ChangeRefused> {
        let key = text(session.as_str());
        let owner = self
            .database
            .prepare("SELECT user_id FROM sessions WHERE id = ?1");
        let owner: Option<String> = owner
            .bind(core::slice::from_ref(&key))
            .first("user_id")
            .await?;
        let user = owner.ok_or(ChangeRefused::NotFound)?;
        let details = serde_json::json!({ "session": session.as_str() }).to_string();
        let entry = Entry {
            user: Some(&user),
            details: Some(&details),
            ..Entry::default()
        };
        let prepare = |sql: &str| self.database.prepare(sql);
        let batch = vec![
            self.event(EventKind::SessionEnded, &entry, occasion),
            prepare(END_ONE).bind(&[
                key,
                number(occasion.at.unix_seconds()),
                optional(occasion.actor),
                number(REMEMBERED.as_secs()),
            ]),
            prepare(END_ALL_IF_MANY).bind(&[
                text(&user),
                number(occasion.at.unix_seconds()),
                number(SignOuts::MOST_SESSIONS as u64),
            ]),
            prepare(NEW_VERSION).bind(&[text(&user), number(occasion.at.unix_millis())]),
        ];
        self.database.batch(batch).await?;
        self.knocks_of(&user).await
    }

    fn sign_out(&self, user: &str, by: &str, occasion: &Occasion<'_>) -> [Statement; 3] {
        let prepare = |sql: &str| self.database.prepare(sql);
        let now = number(occasion.at.unix_seconds());
        [
            prepare(END_BEFORE).bind(&[text(user), now]),
            prepare(END_EVERY).bind(&[text(user), now, text(by), number(REMEMBERED.as_secs())]),
            prepare(NEW_VERSION).bind(&[text(user), number(occasion.at.unix_millis())]),
        ]
    }
}
