//! Standings: what the platform says of a person, in one call.

use policy::contract::StandingRequest;

use super::call::Call;
use super::given::{Mistake, believable, body, identity_of_query};
use crate::page::Answer;

impl Call<'_> {
    pub(super) async fn standing(&self) -> Result<Answer, Mistake> {
        Ok(self.ok(&self
            .registry
            .standing_record(&identity_of_query(self.gate)?)
            .await?))
    }

    pub(super) async fn put_standing(&self) -> Result<Answer, Mistake> {
        let record: StandingRequest = body(self.gate).await?;
        let identity = believable(self.gate, &record)?;
        let (result, knocks) = self
            .registry
            .put_standing(&identity, &record, &self.occasion())
            .await?;
        self.show(&knocks).await;
        Ok(self.ok(&result))
    }

    pub(super) async fn remove_standing(&self) -> Result<Answer, Mistake> {
        let identity = identity_of_query(self.gate)?;
        let knocks = self
            .registry
            .remove_standing(identity, &self.occasion())
            .await?;
        self.forget(&knocks).await;
        Ok(self.done())
    }
}
