//! Standings: what the platform says of a person, in one call.

use policy::contract::StandingRecord;
use policy::door::Knock;
use policy::standing::Identity;

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
        let record: StandingRecord = body(self.gate).await?;
        let identity = believable(self.gate, &record)?;
        let result = self
            .registry
            .put_standing(&identity, &record, &self.occasion())
            .await?;
        self.show_all(&self.doors_of(&identity).await).await;
        Ok(self.ok(&result))
    }

    pub(super) async fn remove_standing(&self) -> Result<Answer, Mistake> {
        let identity = identity_of_query(self.gate)?;
        // Read before: afterwards nobody knows them.
        let knocks = self.doors_of(&identity).await;
        self.registry
            .remove_standing(&identity, &self.occasion())
            .await?;
        self.forget_all(&knocks).await;
        Ok(self.done())
    }

    /// Every door this person may know; that of their own instance at least.
    async fn doors_of(&self, identity: &Identity) -> Vec<Knock> {
        let known = async {
            let user = self.registry.user_of(identity).await.ok()??;
            self.registry.knocks_of(&user).await.ok()
        };
        known
            .await
            .unwrap_or_else(|| vec![Knock::own(identity.clone())])
    }
}
