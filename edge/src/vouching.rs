//! What is signed for the app of whom the gate lets in, where there is a key to sign with.

use policy::assertion::Claims;
use policy::decision::{Decision, Judgement, Permit};

use crate::clock;
use crate::gate::Gate;

/// What there is of an assertion for this request.
pub(crate) enum Vouched {
    /// One that says just this.
    As(String),
    /// This gate has no key to sign with.
    NeverHere,
    /// One has to be made.
    NotYet,
}

impl Gate<'_> {
    /// One from memory, or a new one.
    pub(crate) async fn vouch(&self, judgement: &Judgement<'_>) -> Result<Option<String>, String> {
        let (Decision::LetIn(permit), Some(keys)) =
            (&judgement.decision, &self.configuration.assertion_keys)
        else {
            return Ok(None);
        };
        if let Vouched::As(assertion) = self.vouched(permit) {
            return Ok(Some(assertion));
        }
        let claims = Claims::of(permit, self.incoming.uri().origin());
        let key = permit.visitor().storage_key();
        let minted = self
            .isolate
            .assertions
            .mint(keys, key, &claims, clock::now());
        minted.await.map(Some)
    }

    /// What memory has of it.
    pub(crate) fn vouched(&self, permit: &Permit<'_>) -> Vouched {
        if self.configuration.assertion_keys.is_none() {
            return Vouched::NeverHere;
        }
        let claims = Claims::of(permit, self.incoming.uri().origin());
        let key = permit.visitor().storage_key();
        (self.isolate.assertions.known(key, &claims, clock::now()))
            .map_or(Vouched::NotYet, Vouched::As)
    }
}
