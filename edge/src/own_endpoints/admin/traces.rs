//! What visitors and operators left behind: sessions and events.

use policy::event::EventKind;
use policy::session::SessionKey;

use super::call::Call;
use super::given::{Mistake, decoded};
use crate::authority::registry::ChangeRefused;
use crate::authority::registry::directory::{Filter, List};
use crate::page::Answer;

impl Call<'_> {
    pub(super) async fn sessions(&self) -> Result<Answer, Mistake> {
        let query = self.query(&["user", "state"])?;
        let mut filters = Vec::new();
        if let Some(user) = query.get("user") {
            filters.push(Filter::text("user_id = {}", &user));
        }
        let state = |word: &str| match word {
            "open" => Some("ended_at IS NULL AND expires_at > {}"),
            "over" => Some("(ended_at IS NOT NULL OR expires_at <= {})"),
            _ => None,
        };
        if let Some(condition) = query.word("state", state, &["open", "over"])? {
            let now = crate::clock::now().unix_seconds();
            filters.push(Filter::number(condition, now));
        }
        self.page(List::Sessions, &query, &filters).await
    }

    pub(super) async fn end_session(&self, id: &str) -> Result<Answer, Mistake> {
        let session = SessionKey::parse(id).ok_or(Mistake::Refused(ChangeRefused::NotFound))?;
        let knocks = self
            .registry
            .end_session(&session, &self.occasion())
            .await?;
        self.show(&knocks).await;
        Ok(self.done())
    }

    pub(super) async fn end_sessions(&self, user: &str) -> Result<Answer, Mistake> {
        let user = decoded(user)?;
        let knocks = self.registry.end_sessions(&user, &self.occasion()).await?;
        self.show(&knocks).await;
        Ok(self.done())
    }

    pub(super) async fn events(&self) -> Result<Answer, Mistake> {
        let query = self.query(&[
            "event", "user", "email", "instance", "request", "since", "until",
        ])?;
        let mut filters = Vec::new();
        let words = EventKind::ALL.map(EventKind::word);
        if let Some(kind) = query.word("event", EventKind::parse, &words)? {
            filters.push(Filter::text("event = {}", kind.word()));
        }
        for (name, condition) in [
            ("user", "user_id = {}"),
            ("email", "email = {} COLLATE NOCASE"),
            ("instance", "instance = {}"),
            ("request", "request_id = {}"),
        ] {
            if let Some(value) = query.get(name) {
                filters.push(Filter::text(condition, &value));
            }
        }
        for (name, condition) in [("since", "at >= {} * 1000"), ("until", "at < {} * 1000")] {
            if let Some(seconds) = query.seconds(name)? {
                filters.push(Filter::number(condition, seconds));
            }
        }
        self.page(List::Events, &query, &filters).await
    }
}
