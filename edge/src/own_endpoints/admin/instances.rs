//! Instances: which there are, their statuses, and how they came to them.

use policy::contract::{InstanceChange, StatusChange};
use policy::door::Address;
use policy::status::Status;

use super::call::Call;
use super::given::{Mistake, body, instance_id, org_id};
use crate::authority::registry::directory::{Filter, List};
use crate::authority::registry::doors::{OrgOfInstance, Place};
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
        let (record, knocks) = self
            .registry
            .change_status(&instance_id(id)?, status, &self.occasion())
            .await?;
        self.show(&knocks).await;
        Ok(self.ok(&record))
    }

    pub(super) async fn change_instance(&self, id: &str) -> Result<Answer, Mistake> {
        let change: InstanceChange = body(self.gate).await?;
        let addresses = change.addresses.as_deref().map(addresses_of).transpose()?;
        let place = Place {
            addresses,
            org: match &change.org {
                Some(Some(org)) => OrgOfInstance::MembersOf(org_id(org)?),
                Some(None) => OrgOfInstance::Nobody,
                None => OrgOfInstance::AsItWas,
            },
        };
        let (record, knocks) = self
            .registry
            .place_instance(&instance_id(id)?, &place, &self.occasion())
            .await?;
        self.show(&knocks).await;
        Ok(self.ok(&record))
    }

    pub(super) async fn remove_instance(&self, id: &str) -> Result<Answer, Mistake> {
        let knocks = self
            .registry
            .remove_instance(&instance_id(id)?, &self.occasion())
            .await?;
        self.forget(&knocks).await;
        Ok(self.done())
    }
}

fn addresses_of(texts: &[String]) -> Result<Vec<Address>, Mistake> {
    if texts.len() > MOST_ADDRESSES {
        return Err(Mistake::Request(format!(
            "addresses has {} entries; an instance has at most {MOST_ADDRESSES}",
            texts.len()
        )));
    }
    let addresses = texts.iter().map(|text| {
        Address::new(text).ok_or_else(|| {
            Mistake::Request(format!(
                "addresses has `{text}`; give a label such as `guy` for a host below USHER_APP_DOMAIN, or a whole host such as \
                 `app.guy.example`, in lower case"
            ))
        })
    });
    addresses.collect()
}

/// Each is looked at whenever something of the instance changes.
const MOST_ADDRESSES: usize = 16;
