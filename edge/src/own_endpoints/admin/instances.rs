//! Instances: which there are, their statuses, and how they came to them.

use policy::contract::StatusChange;
use policy::status::Status;

use super::call::Call;
use super::given::{Mistake, body, instance_id};
use crate::authority::registry::directory::{Filter, List};
use crate::page::Answer;

impl Call<'_> {
    pub(super) async fn instances(&self) -> Result<Answer, Mistake> {
        let query = self.query(&["status", "user"])?;
        let words = Status::ALL.map(Status::word);
        let status = query.word("status", |word| Status::parse(word).ok(), &words)?;
        let mut filters = Vec::new();
        if let Some(status) = status {
            filters.push(Filter::text("status = {}", status.word()));
        }
        if let Some(user) = query.get("user") {
            filters.push(Filter::text("user_id = {}", &user));
        }
        self.page(List::Instances, &query, &filters).await
    }

    pub(super) async fn instance(&self, id: &str) -> Result<Answer, Mistake> {
        Ok(self.ok(&self.registry.instance(&instance_id(id)?).await?))
    }

    pub(super) async fn history(&self, id: &str) -> Result<Answer, Mistake> {
        let query = self.query(&[])?;
        let filter = Filter::text("instance_id = {}", instance_id(id)?.as_str());
        self.page(List::History, &query, &[filter]).await
    }

    pub(super) async fn change_status(&self, id: &str) -> Result<Answer, Mistake> {
        let StatusChange { status } = body(self.gate).await?;
        let (record, owners) = self
            .registry
            .change_status(&instance_id(id)?, status, &self.occasion())
            .await?;
        self.show(&owners).await;
        Ok(self.ok(&record))
    }

    pub(super) async fn remove_instance(&self, id: &str) -> Result<Answer, Mistake> {
        let owners = self
            .registry
            .remove_instance(&instance_id(id)?, &self.occasion())
            .await?;
        self.forget(&owners).await;
        Ok(self.done())
    }
}
