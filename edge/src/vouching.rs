//! What an app is told of whom the gate lets in: signed where there is a key to sign with, and kept for the next request.

use policy::assertion::Claims;
use policy::decision::{Decision, Judgement, Permit};
use policy::time::Moment;

use crate::clock;
use crate::gate::Gate;
use crate::introduction::Introduction;

impl Gate<'_> {
    /// An introduction from memory, or a new one; none for who is not let in.
    pub(crate) async fn vouch(
        &self,
        judgement: &Judgement<'_>,
    ) -> Result<Option<Introduction>, String> {
        let Decision::LetIn(permit) = &judgement.decision else {
            return Ok(None);
        };
        if let Some(introduction) = self.vouched(permit) {
            return Ok(Some(introduction));
        }
        let Some(keys) = &self.configuration.assertion_keys else {
            return Ok(Some(self.introduce(permit, None, clock::now())));
        };
        let (claims, now) = (
            Claims::of(permit, self.incoming.uri().origin()),
            clock::now(),
        );
        let assertion = self.isolate.assertions.mint(keys, &claims, now).await?;
        Ok(Some(self.introduce(permit, Some(&assertion), now)))
    }

    /// What memory has of it, or what can be made without waiting.
    pub(crate) fn vouched(&self, permit: &Permit<'_>) -> Option<Introduction> {
        let claims = Claims::of(permit, self.incoming.uri().origin());
        let key = permit.visitor().storage_key();
        let now = clock::now();
        let known = self.isolate.introductions.known(key, &claims, now);
        if known.is_none() && self.configuration.assertion_keys.is_none() {
            return Some(self.introduce(permit, None, now));
        }
        known
    }

    fn introduce(&self, permit: &Permit<'_>, assertion: Option<&str>, now: Moment) -> Introduction {
        let origin = self.incoming.uri().origin();
        let introduction = Introduction::of(permit, origin, assertion);
        let claims = Claims::of(permit, origin);
        let key = permit.visitor().storage_key();
        let kept = introduction.clone();
        (self.isolate.introductions).keep(key, &claims, kept, now);
        introduction
    }
}
