//! A visitor whom the registry does not know is welcomed before anything is decided (incident I4): they may be invited, of an
//! org's domain, or the first owner. Everybody else costs nothing here.

use std::rc::Rc;

use policy::admission::Visitor;
use policy::decision::Found;
use policy::provisioning::FirstOwner;
use policy::sighting::Sighting;
use policy::standing::Membership;

use crate::authority::AuthorityFailure;
use crate::authority::registry::Registry;
use crate::clock;
use crate::configuration::Bindings;
use crate::events;
use crate::gate::Gate;
use crate::log_ins::Scene;
use crate::sightings::{Finding, FoundOwned, Source};
use crate::time_limit::{self, within};

impl Gate<'_> {
    /// Where the visitor stands, after what happens at first sight has happened.
    pub(crate) async fn find(&self, visitor: &Visitor) -> Finding {
        let finding = self.sightings().find(&self.knock(visitor)).await;
        let Some(first) = &self.configuration.first_sight else {
            return finding;
        };
        if !is_news(finding.found()) {
            return finding;
        }
        let result = match self.welcome(visitor, first).await {
            Ok(sighting) => FoundOwned::Answered(sighting),
            Err(AuthorityFailure::Unreadable(unreadable)) => FoundOwned::Unreadable(unreadable),
            Err(
                failure @ (AuthorityFailure::Busy(..)
                | AuthorityFailure::CredentialRefused(_)
                | AuthorityFailure::NotAsked
                | AuthorityFailure::Unreachable(_)),
            ) => {
                events::alarm("first_sight_failed", &failure.to_string());
                FoundOwned::AuthorityFailed(None)
            }
        };
        Finding {
            result,
            source: Source::Authority,
            found_at: clock::now(),
        }
    }

    async fn welcome(
        &self,
        visitor: &Visitor,
        first: &FirstOwner,
    ) -> Result<Rc<Sighting>, AuthorityFailure> {
        let seen_at = clock::now();
        let database = Bindings(self.env)
            .registry()
            .map_err(AuthorityFailure::Unreachable)?;
        let registry = Registry {
            database,
            hosts: &self.configuration.instance_hosts,
        };
        let scene = Scene::of(self.incoming);
        let occasion = scene.occasion(seen_at);
        let welcomed = registry.welcome(visitor, &self.door, first, &occasion);
        let welcomed = within(time_limit::FIRST_SIGHT, welcomed).await;
        let standing = welcomed.unwrap_or_else(|late| Err(late.into()))?;
        let sighting = Rc::new(Sighting { standing, seen_at });
        Ok(self
            .isolate
            .memory
            .remember_sighting(sighting, clock::now()))
    }
}

/// Whether the authority has just said that it does not know them, or that they need an invitation, which they may have by now.
pub(crate) fn is_news(found: Found<'_>) -> bool {
    match found {
        Found::Answered(sighting) => match sighting.standing.membership {
            Membership::NeedsInvitation | Membership::Stranger => true,
            Membership::Member { .. } => false,
        },
        Found::AuthorityFailed(_) | Found::Remembered(_) | Found::Unreadable(_) => false,
    }
}
